"""The record of the library's draw is checked before anybody scores: number, experts' share, recusal."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from schemas.committee import CommitteeImported, Passed
from schemas.ids import PartyId
from schemas.money import Money
from schemas.party import PartyKind
from tests.services.tenders.conducting import BEFORE, Conducting, committee_of, edition, open_bidding
from tests.services.tenders.stories import CEILING, DRAFTER
from tests.support.pure import refused

PRICES = (88_000_00, 95_000_00, 82_000_00)
LARGE = Money(10_000_000_00)


def statutory(ceiling: Money = CEILING) -> Conducting:
    """Under the committee rules of open bidding, opened with three bids; the ceiling as agreed."""
    story = Conducting()
    story.with_bids(*PRICES)
    draft = story.project.agreed.model_copy(update={"ceiling": ceiling})
    story.world.put(replace(story.project, draft=draft))
    story.rulebook = open_bidding(story.rulebook)
    return story


def test_a_committee_of_five_with_four_experts_is_imported_and_only_it_scores() -> None:
    story = statutory()
    experts, [own] = story.experts(4), story.experts(1)
    [imported] = story.record(experts, [own])
    story.qualify()

    assert isinstance(imported, CommitteeImported)
    assert committee_of(story.project) == {one.party_id for one in (*experts, own)}
    with refused("not_in_committee", source="第四十七条", status=403):
        story.score(story.an_evaluator())
    for member in (*experts, own):
        story.score(member)
    assert story.close_scoring()


@pytest.mark.parametrize(
    ("experts", "own", "code"),
    [
        (3, 0, "committee_size"),
        (4, 0, "committee_size"),
        (4, 2, "committee_size"),
        (3, 2, "too_few_experts"),
        (5, 3, "committee_size"),
        (4, 3, "too_few_experts"),
    ],
)
def test_a_committee_of_another_size_or_with_too_few_experts_is_refused(experts: int, own: int, code: str) -> None:
    story = statutory()

    with refused(code, source="第四十七条", status=422):
        story.record(story.experts(experts), story.experts(own))


def test_from_ten_million_on_seven_are_needed() -> None:
    for ceiling, needed in ((Money(LARGE.fen - 1), 5), (LARGE, 7)):
        story = statutory(ceiling)
        if needed == 7:
            with refused("committee_size", source="1000 万元", status=422):
                story.record(story.experts(5))
        assert story.record(story.experts(needed))


def test_consultation_is_judged_by_three() -> None:
    story = Conducting()
    story.with_bids(*PRICES)

    with refused("too_few_experts", source="214号"):
        story.record(story.experts(1), story.experts(2))
    assert story.record(story.experts(2), story.experts(1)), "two of three are two thirds exactly"


def test_nobody_scores_and_scoring_is_not_closed_without_the_committee_that_is_required() -> None:
    story = statutory()
    story.qualify()

    with refused("committee_missing", source="第四十七条"):
        story.score(story.an_evaluator())
    with refused("committee_missing"):
        story.close_scoring()


def test_scoring_waits_for_every_member() -> None:
    story = statutory()
    experts = story.experts(5)
    story.record(experts)
    story.qualify()
    for one in experts[:4]:
        story.score(one)

    with refused("member_has_not_scored"):
        story.close_scoring()


def test_a_statutory_purchase_has_no_draw_of_our_own() -> None:
    story = Conducting().opened()
    assert isinstance(story, Conducting)
    story.rulebook = open_bidding(story.rulebook)

    with refused("committee_by_another_way", source="专家库"):
        story.commit(story.experts(7), 5)


def test_a_bidders_employee_a_drafter_and_the_unverified_may_not_sit() -> None:
    story = statutory()
    good = story.experts(4)
    tied = story.an_evaluator(ties={story.bids[2].bidder_id})
    unverified, suspended, bidder = *story.experts(2), story.a_bidder()
    story.changes(unverified.party_id, verified=False)
    story.changes(suspended.party_id, suspended=True)
    drafter = replace(DRAFTER, party_id=PartyId(DRAFTER.person_id))
    story.knows(drafter.party_id, PartyKind.EVALUATOR, None)
    for one, why in (
        (tied, Passed.TIED),
        (unverified, Passed.STANDING),
        (suspended, Passed.STANDING),
        (bidder, Passed.STANDING),
        (drafter, Passed.TERMS),
    ):
        with refused("member_unfit", source="实施条例 第九条", status=422) as caught:
            story.record([*good, one])
        assert caught.value.details["why"] is why
        assert caught.value.field == "members.4.evaluator_id"


def test_who_recused_is_replaced_and_neither_sits_nor_scores_again() -> None:
    story = statutory()
    experts = story.experts(5)
    story.record(experts)
    story.qualify()
    story.recuse(experts[0])

    with refused("recused_already"):
        story.score(experts[0])
    with refused("member_unfit"):
        story.record(experts)
    for one in experts[1:]:
        story.score(one)
    with refused("committee_size"):
        story.close_scoring()
    [other] = story.experts(1)
    story.record([*experts[1:], other])
    story.score(other)
    assert story.close_scoring()


def test_no_score_is_removed_by_another_record() -> None:
    story = statutory()
    experts = story.experts(5)
    story.record(experts)
    story.qualify()
    story.score(experts[0])

    with refused("member_has_scored"):
        story.record([*experts[1:], *story.experts(1)])
    with refused("already_scored"):
        story.recuse(experts[0])


def test_a_record_names_nobody_twice_no_day_to_come_and_nobodys_telephone() -> None:
    story = statutory()
    experts = story.experts(4)

    with refused("member_twice", status=422):
        story.record([*experts, experts[0]])
    with refused("drawn_in_future", status=422):
        story.record(story.experts(5), drawn_on=date(2026, 3, 12))
    with refused("personal_data", status=422):
        story.record(story.experts(5), pool="联系 13812345678")


@pytest.mark.parametrize(("ended_on", "counts"), [(date(2023, 3, 9), True), (date(2023, 3, 8), False)])
def test_a_relation_counts_for_three_years_after_its_end(ended_on: date, counts: bool) -> None:
    """The tender closes on 9 March 2026."""
    story = statutory()
    experts = story.experts(5)
    story.record(experts)

    if counts:
        assert story.recuse(experts[0], ended_on=ended_on)
    else:
        with refused("tie_long_over", source="实施条例第九条"):
            story.recuse(experts[0], ended_on=ended_on)
    with refused("ended_in_future", status=422):
        story.recuse(experts[1], ended_on=date(2026, 4, 1))


def test_only_who_is_named_recuses_and_only_for_itself() -> None:
    story = statutory()
    experts = story.experts(5)
    story.record(experts)

    with refused("not_your_party", status=403):
        story.recuse(story.an_evaluator())
    with refused("not_your_party", status=403):
        story.recuse(replace(experts[0], party_id=PartyId(uuid4()), person_id=experts[1].person_id))


def test_a_project_under_the_edition_before_goes_on_without_a_committee() -> None:
    story = Conducting()
    story.rulebook = edition(BEFORE)
    story.with_bids(*PRICES).qualify()

    with refused("no_committee_rules"):
        story.record(story.experts(3))
    for one in story.experts(3):
        story.score(one)
    assert story.close_scoring()


def test_where_a_committee_is_optional_any_evaluator_scores_until_there_is_one() -> None:
    story = Conducting()
    story.with_bids(*PRICES).qualify()
    early = story.an_evaluator()
    story.score(early)

    with refused("member_has_scored"):
        story.record(story.experts(3))
    story.record([early, *story.experts(2)])
    with refused("not_in_committee"):
        story.score(story.an_evaluator())


def test_the_record_is_of_an_opened_tender() -> None:
    story = Conducting()
    story.reserved()
    with refused("wrong_phase"):
        story.record(story.experts(3))
