"""What the community confirmed and the buyer leaves unanswered counts as accepted when the window is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.contract import Milestone, MilestoneAccepted, MilestoneDeemedAccepted
from schemas.deciding import SYSTEM
from schemas.fact import Fact
from schemas.model import Model
from services.contracts.rules import Stage
from services.contracts.rules.annex import ACCEPTANCE_DAYS
from tests.services.contracts.awarded import BOOK, COMMUNITY, FUNDER, PROVIDER, Awarded, accepted, an_award, signed
from tests.support.pure import refused

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL
WINDOW = timedelta(days=BOOK.integer("contracts.acceptance_days"))
A_MOMENT = timedelta(microseconds=1)


def confirmed() -> Awarded:
    story = signed()
    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    return story


def facts(said: list[Model]) -> list[Fact]:
    return [one for one in said if isinstance(one, Fact)]


def test_the_buyers_time_runs_from_the_communitys_confirmation() -> None:
    story = signed()
    story.submit(MID_TERM)
    assert story.timers == {}

    story.confirm(MID_TERM)

    assert story.timers == {"accept.mid_term": story.at + WINDOW}


def test_at_the_end_of_the_window_it_is_said_why_it_counts_as_accepted_and_that_it_is() -> None:
    story = confirmed()
    due = story.at + WINDOW

    deemed, accepted_, _ = facts(story.ring(WINDOW))

    assert isinstance(deemed, MilestoneDeemedAccepted)
    assert (deemed.milestone, deemed.acceptance_due, deemed.days) == (MID_TERM, due, WINDOW.days)
    assert deemed.source == BOOK.source("contracts.acceptance_days").text
    assert deemed.rulebook == story.contract.agreement.rulebook
    assert isinstance(accepted_, MilestoneAccepted)
    assert accepted_.accepted_by == SYSTEM
    delivery = story.contract.deliveries[MID_TERM]
    assert (delivery.stage, delivery.deemed) == (Stage.ACCEPTED, True)
    assert story.contract.dates["mid_term.accepted"] == due
    assert story.timers == {}
    story.submit(FINAL)


def test_a_moment_before_the_end_nothing_is_deemed_and_the_timer_stays() -> None:
    story = confirmed()

    assert story.ring(WINDOW - A_MOMENT) == []
    assert story.timers == {"accept.mid_term": story.at + A_MOMENT}


def test_an_edition_of_the_rulebook_that_sets_no_window_leaves_the_buyer_all_the_time() -> None:
    story = Awarded()
    story.rulebook = replace(BOOK, rules={path: rule for path, rule in BOOK.rules.items() if path != ACCEPTANCE_DAYS})
    story.hear(an_award())
    story.endorse(FUNDER)
    story.endorse(PROVIDER)
    story.submit(MID_TERM)
    story.confirm(MID_TERM)

    assert story.timers == {}
    assert story.contract.paper_digest is not None


@pytest.mark.parametrize("late", [-A_MOMENT, A_MOMENT], ids=["in time", "before the timer rang"])
def test_a_buyer_who_accepts_has_accepted_and_a_later_ring_changes_nothing(late: timedelta) -> None:
    story = confirmed()
    story.at += WINDOW + late

    story.accept(MID_TERM)

    assert not story.contract.deliveries[MID_TERM].deemed
    assert story.contract.deliveries[MID_TERM].accepted_by == FUNDER.person_id
    assert story.ring(WINDOW) == []


def test_returning_stops_the_clock_and_a_new_confirmation_starts_it_anew() -> None:
    story = confirmed()
    story.at += WINDOW - A_MOMENT
    story.send_back(MID_TERM, FUNDER)

    assert story.timers == {}
    assert story.contract.deliveries[MID_TERM].acceptance_due is None
    assert story.ring(WINDOW) == []

    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    assert story.timers == {"accept.mid_term": story.at + WINDOW}
    assert story.ring(WINDOW - A_MOMENT) == []
    assert isinstance(story.ring(A_MOMENT)[0], MilestoneDeemedAccepted)


def test_what_waits_for_the_community_is_never_deemed_accepted() -> None:
    story = signed()
    story.submit(MID_TERM)

    assert story.ring(WINDOW * 10) == []
    story.send_back(MID_TERM, COMMUNITY)
    assert story.ring(WINDOW * 10) == []


def test_after_the_window_the_buyer_cannot_return_it_although_the_timer_has_yet_to_ring() -> None:
    story = confirmed()
    story.at += WINDOW

    with refused("acceptance_overdue", source="视为验收"):
        story.send_back(MID_TERM, FUNDER)


def test_the_final_milestone_has_a_window_of_its_own() -> None:
    story = accepted(MID_TERM)
    story.submit(FINAL)
    story.confirm(FINAL)

    assert [fact.type for fact in facts(story.ring(WINDOW))] == [
        "milestone.deemed_accepted",
        "milestone.accepted",
        "milestone.report_made",
    ]
    assert story.contract.deliveries[FINAL].deemed
    assert not story.contract.deliveries[MID_TERM].deemed


def test_an_agreement_that_printed_no_window_has_none() -> None:
    story = signed()
    story.world.put(replace(story.contract, annex=None))
    story.submit(MID_TERM)

    story.confirm(MID_TERM)

    assert story.timers == {}
    assert story.ring(WINDOW * 10) == []
    story.send_back(MID_TERM, FUNDER)


def test_a_ring_without_an_agreement_changes_nothing() -> None:
    assert Awarded().ring(WINDOW) == []
