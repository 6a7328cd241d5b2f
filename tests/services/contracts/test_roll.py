"""An opinion is the committee's when enough of the members on its roll signed it; who they are nobody is told."""

import json
from hashlib import sha256
from typing import Any

import pytest

from schemas.delivery import OpinionSigned
from schemas.party import PartyKind
from schemas.role import Role
from services.contracts import SERVICE, rules
from services.contracts.rules.roll import QUORUM, roll_digest
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import BOOK, FUNDER, PROJECT, PROVIDER, Awarded, an_award, signed
from tests.services.contracts.seated import ROLL, SIGNED, TOKENS
from tests.services.contracts.test_service import a_project
from tests.services.contracts.test_witnesses import a_committee
from tests.support.fixtures import Running
from tests.support.pure import refused

OF_2026_4 = next(book for book in shipped() if (book.id, book.version) == ("example/below-limit", "2026.4"))


def test_two_of_three_sign_and_the_fact_says_so_without_a_token() -> None:
    story = signed()

    said = story.opine()

    [fact] = [one for one in said if isinstance(one, OpinionSigned)]
    assert (fact.signed, fact.listed, fact.roll_digest) == (2, 3, roll_digest(ROLL))
    [opinion] = story.contract.opinions
    assert (opinion.signed, opinion.listed) == (2, 3)
    assert not any(secret in one.model_dump_json() for one in said for secret in (*TOKENS, *ROLL))


@pytest.mark.parametrize("tokens", [[], TOKENS[:1], [TOKENS[0]] * 3], ids=["none", "one", "one thrice"])
def test_below_the_quorum_it_is_refused_by_the_rulebook_and_nothing_is_kept(tokens: list[str]) -> None:
    story = signed()

    with refused("opinion_below_quorum", source=BOOK.source(QUORUM).text, status=422) as caught:
        story.opine(tokens=tokens)

    assert caught.value.field == "tokens"
    assert (caught.value.details["least"], caught.value.details["listed"]) == (2, 3)
    assert story.contract.opinions == ()


@pytest.mark.parametrize(("listed", "least"), [(3, 2), (4, 3), (5, 3), (50, 26)])
def test_more_than_half_is_enough_for_any_size_of_committee(listed: int, least: int) -> None:
    tokens = [f"member-{number:020}" for number in range(listed)]
    story = signed()
    story.world.put(rules.Seats(id=PROJECT, members=frozenset(sha256(one.encode()).hexdigest() for one in tokens)))

    with refused("opinion_below_quorum"):
        story.opine(tokens=tokens[: least - 1])
    story.opine(tokens=tokens[:least])


def test_a_token_that_is_not_on_the_roll_and_a_committee_without_one_are_refused() -> None:
    story = signed()
    with refused("token_not_on_roll", status=422) as caught:
        story.opine(tokens=[*SIGNED, "somebody-else-0123456789"])
    assert caught.value.details["unknown"] == 1

    story.world.put(rules.Seats(id=PROJECT))
    with refused("committee_not_listed"):
        story.opine()


def test_a_project_under_the_edition_before_counts_nobody_as_ever() -> None:
    assert QUORUM in BOOK.rules
    assert QUORUM not in OF_2026_4.rules
    story = Awarded()
    story.rulebook = OF_2026_4
    story.hear(an_award())
    story.endorse(PROVIDER)
    story.endorse(FUNDER)

    said = story.opine(tokens=[])

    assert not [one for one in said if isinstance(one, OpinionSigned)]
    assert story.contract.opinions[0].signed is None


@pytest.mark.timeout(90)
async def test_at_the_doors_a_registrar_lists_the_committee_and_n_of_m_sign(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        await project.signed()
        committee = await a_committee(system)
        registrar = await system.person(PartyKind.REGISTRAR, Role.REGISTRAR)
        roll = f"/v1/committees/{committee.party_id}/roll"
        door = f"{project.at}/opinions"
        body: dict[str, Any] = {
            "kind": "concern",
            "milestone": "mid_term",
            "addressed_to": "provider",
            "text": "缺签到表",
        }

        own = await system.post(roll, {"members": ROLL}, committee)
        wrong = [
            await system.post(path, {"members": members}, registrar)
            for path, members in (
                (roll, [ROLL[0], *ROLL]),
                (roll, ROLL[:2]),
                (f"/v1/committees/{project.provider.party_id}/roll", ROLL),
            )
        ]
        too_few = await system.post(door, body | {"tokens": SIGNED[:1]}, committee)
        kept = await system.fetch("SELECT FROM contracts.outbox WHERE type = $1", "opinion.filed")
        filed = await system.post(door, body | {"tokens": SIGNED}, committee)

        assert (own.status, own.json["title"]) == (403, "wrong_role")
        assert [(one.status, one.json["title"]) for one in wrong] == [
            (422, "member_listed_twice"),
            (422, "invalid_field"),
            (422, "no_committee"),
        ]
        assert (too_few.status, too_few.json["title"], too_few.json["field"]) == (422, "opinion_below_quorum", "tokens")
        assert "名册 3 名成员中只有 1 名签署,至少须 2 名" in too_few.json["detail"]
        assert kept == []
        assert (filed.status, filed.json["signed"], filed.json["listed"]) == (201, 2, 3)
        [fact] = await system.facts("contracts", OpinionSigned.type)
        assert (fact["data"]["signed"], fact["data"]["listed"]) == (2, 3)
        assert TOKENS[0] not in json.dumps([filed.json, fact])
