"""Step 1: who may act, and who said so."""

from dataclasses import replace

import pytest

from deploy.demo.story import choosing
from deploy.demo.story.registering import give_key, known, party, register, verify
from schemas.party import PartyKind
from schemas.role import Role
from tests.journey.town import Town, a_need, an_entry, players, refused


@pytest.mark.parametrize(
    ("code", "rule", "why"),
    [
        ("52320508TWNX000181", "GB 32100-2015 4.2", "第18位校验码"),
        ("52320508TWNX00010K", "GB 11714-1997", "组织机构代码"),  # its outer check character is right
        ("31320508TWNX00018C", "102号", "机构类别"),
        ("52999999TWNX00018C", "GB/T 2260", "行政区划码"),
    ],
)
async def test_a_credit_code_is_refused_for_the_part_that_is_wrong(town: Town, code: str, rule: str, why: str) -> None:
    with refused("uscc_wrong", rule) as problem:
        await register(town.api, town.registry, an_entry(PartyKind.ORGANIZATION, code))

    assert why in problem.value.detail


async def test_a_code_of_another_kind_of_party_is_refused(town: Town) -> None:
    with refused("uscc_of_another_kind"):
        await register(town.api, town.registry, an_entry(PartyKind.FUNDER, town.credit_code("52")))


async def test_an_unverified_party_cannot_act_until_another_registrar_verifies_it(town: Town) -> None:
    entry = an_entry(PartyKind.COMMUNITY, town.credit_code("55"))
    id = await register(town.api, town.registry, entry)
    staff = await give_key(town.api, town.registry, id, Role.COMMUNITY, "社区工作者")
    await known(town.api, staff)

    with refused("party_not_verified"):
        await choosing.post_need(town.api, staff, a_need())
    with refused("own_registration", "不相容岗位"):
        await verify(town.api, replace(town.registry, verifies=town.registry.enters), id)
    await verify(town.api, town.registry, id)
    await known(town.api, staff)

    assert (await choosing.post_need(town.api, staff, a_need())).community_id == id


async def test_a_community_a_funder_organizations_and_social_workers_stand_in_the_registry(town: Town) -> None:
    of = await players(town)

    people = (of.community, of.buyer.drafter, *of.providers)
    found = [await party(town.api, person.party_id) for person in people]

    assert [one.kind for one in found] == ["community", "funder", "organization", "organization", "social_worker"]
    assert all(one.verified for one in found)
    assert [one.name is None for one in found] == [False, False, False, False, True]  # a person's name stays inside
