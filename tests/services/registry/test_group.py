"""A group on record (备案) has a hub, and acts through it."""

from datetime import timedelta

from schemas import uscc
from schemas.eligible import bidder_kind, circle_of, unmet
from schemas.ids import PartyId
from schemas.role import Role
from schemas.standing import Party
from services.kit.rulebooks import shipped
from services.registry.api.organization_type import type_of
from services.registry.rules.group import group_of
from tests.services.registry.records import GRADE, MEALS, SERIOUS, Filed
from tests.services.registry.stories import ONE
from tests.support.pure import NOON, refused


def a_hub(story: Filed) -> Party:
    return story.verify(story.register())


def test_a_group_is_entered_under_its_hub_and_verified_by_another_registrar() -> None:
    story = Filed()
    hub = a_hub(story)
    group = story.group(hub)

    assert (group.hub_id, group.uscc, group.verified) == (hub.id, None, False)
    with refused("own_registration", status=403):
        story.verify(group, by=ONE)
    assert story.verify(group).verified


def test_one_filing_is_one_group() -> None:
    story = Filed()
    hub = a_hub(story)
    group = story.group(hub)

    assert group.id == group_of("示例街道", "备〔2026〕3号")
    with refused("group_registered"):
        story.group(hub, name="另一名称")
    assert story.group(hub, filing_number="备〔2026〕4号").id != group.id


def test_a_group_holds_no_keys_and_is_no_bidder_under_any_edition() -> None:
    story = Filed()
    group = story.verify(story.group(a_hub(story)))

    with refused("group_has_no_keys", status=422):
        story.issue(group, Role.PROVIDER, person_name="示例员工", expires_at=NOON + timedelta(days=1))
    assert bidder_kind(group) is None
    for book in shipped():
        if "tender.bidder_standing" in book.rules:
            no = unmet(group, circle_of(PartyId(ONE.party_id), book), NOON.date(), ())
            assert no is not None
            assert no.code == "not_a_provider"


def test_a_hub_is_a_verified_social_organization() -> None:
    story = Filed()

    with refused("party_not_verified", status=403):
        story.group(story.register())
    enterprise = story.verify(story.register(uscc=uscc.make("91", "320508", "00012345")))
    with refused("not_a_hub", source="豫民文〔2021〕235号", status=422):
        story.group(enterprise)
    group = story.verify(story.group(story.verify(story.register(uscc=uscc.make("51", "320508", "00012345")))))
    with refused("not_a_hub", status=422):
        story.group(group, filing_number="备〔2026〕5号")


def test_the_name_and_filing_of_a_group_name_nobodys_number() -> None:
    story = Filed()

    with refused("personal_data", status=422):
        story.group(a_hub(story), filing_number="13812345678")


def test_a_group_has_abilities_but_no_grade_and_stands_on_no_list() -> None:
    story = Filed()
    group = story.verify(story.group(a_hub(story)))

    assert story.enter(group, MEALS).recorded_on is not None
    with refused("not_evaluated", status=422):
        story.enter(group, GRADE)
    with refused("group_not_listed", status=422):
        story.enter(group, SERIOUS)


def test_the_type_of_an_organization_is_told_in_words_by_its_code() -> None:
    story = Filed()
    hub = story.verify(story.register())
    found = [type_of(hub), type_of(story.group(hub))]
    found += [type_of(story.register(uscc=uscc.make(code, "320508", "00012345"))) for code in ("51", "53", "91", "12")]

    assert [one.zh for one in found if one is not None] == [
        "民办非企业单位（社会服务机构）",
        "备案的社区社会组织",
        "社会团体",
        "基金会",
        "企业",
        "事业单位",
    ]
    assert [one.category for one in found if one is not None] == ["52", None, "51", "53", "91", "12"]
