"""Visits: who, whom as a token, when, where by division, hours; in batches, all or none."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.contract import Milestone
from schemas.delivery import VisitsRecorded, VisitsVoided
from schemas.fact import Fact
from schemas.model import Model
from schemas.role import Actor, Role
from services.contracts import rules
from services.contracts.rules.visit import row_of
from services.contracts.rules.visiting import MOST_PER_BATCH
from tests.services.contracts.awarded import COMMUNITY, PROJECT, PROVIDER, Awarded, accepted, drafted, signed
from tests.services.contracts.reading import read
from tests.support.pure import NOON, an_actor, refused

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL
WORKER, OTHER_WORKER = UUID(int=1), UUID(int=2)
HERE = "320508001001"
HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


def token(number: int) -> str:
    return f"{number:064x}"


def a_visit(starts_at: datetime = NOON + HOUR, *, minutes: int = 60, **changes: Any) -> dict[str, Any]:
    ends_at = starts_at + timedelta(minutes=minutes)
    row = {"worker_id": WORKER, "token": token(1), "division": HERE, "kind": "home"}
    return row | {"starts_at": starts_at, "ends_at": ends_at} | changes


def recording(*visits: dict[str, Any], reference: str = "week-1", milestone: str = "mid_term") -> rules.RecordVisits:
    body = {"project_id": PROJECT, "milestone": milestone, "reference": reference, "visits": visits}
    return rules.RecordVisits.model_validate(body)


def record(story: Awarded, *visits: dict[str, Any], by: Actor = PROVIDER, **batch: Any) -> list[Model]:
    command = recording(*visits, **batch)
    return story.do(rules.record, command, by, refs=rules.record_refs(command, uuid4()))


def void(story: Awarded, batch_id: UUID, by: Actor = PROVIDER) -> list[Model]:
    body = {"project_id": PROJECT, "batch_id": batch_id, "reason": "mistaken"}
    command = rules.VoidVisits.model_validate(body)
    return story.do(rules.void, command, by, refs=rules.void_refs(command, uuid4()))


def delivering() -> Awarded:
    """Signed yesterday."""
    story = signed()
    story.at += A_DAY
    return story


def test_a_batch_is_one_fact_with_counts_and_a_digest_and_each_row_is_kept() -> None:
    story = delivering()

    said = record(story, a_visit(), a_visit(NOON + 3 * HOUR, minutes=65, token=token(2)))

    fact = said[0]
    assert isinstance(fact, VisitsRecorded)
    assert (fact.visits, fact.minutes, fact.tokens) == (2, 125, 2)
    assert fact.recorded_by == PROVIDER.person_id
    assert [one for one in said if isinstance(one, Fact)] == [fact]
    kept = story.world.each(rules.Visit)
    assert {(visit.number, visit.minutes, visit.token) for visit in kept} == {(1, 60, token(1)), (2, 65, token(2))}
    assert token(1) not in fact.model_dump_json()


def test_the_digest_is_a_chain_over_all_that_was_ever_recorded() -> None:
    one, other = delivering(), delivering()
    first = record(one, a_visit())[0]
    record(other, a_visit(token=token(9)))

    again = a_visit(NOON + 5 * HOUR)
    second = record(one, again, reference="week-2")[0]
    elsewhere = record(other, again, reference="week-2")[0]

    digests = [fact.digest for fact in (first, second, elsewhere) if isinstance(fact, VisitsRecorded)]
    assert len(set(digests)) == 3
    assert one.contract.visits_digest == digests[1]


def test_the_same_batch_again_changes_nothing_and_a_different_one_under_its_name_is_refused() -> None:
    story = delivering()
    record(story, a_visit())

    shifted = a_visit((NOON + HOUR).astimezone(tz=None))
    assert record(story, shifted) == []
    with refused("batch_differs"):
        record(story, a_visit(minutes=61))
    story.submit(MID_TERM)
    assert record(story, a_visit()) == []


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (a_visit(minutes=0), "visit_too_short", "visits.1.ends_at"),
        (a_visit(minutes=-5), "visit_too_short", "visits.1.ends_at"),
        (a_visit(NOON + HOUR, ends_at=NOON + HOUR + timedelta(seconds=59)), "visit_too_short", "visits.1.ends_at"),
        (a_visit(NOON - 2 * A_DAY, minutes=24 * 60 + 1), "visit_too_long", "visits.1.ends_at"),
        (a_visit(NOON + A_DAY - HOUR, minutes=61), "visit_in_the_future", "visits.1.ends_at"),
        (a_visit(NOON - timedelta(minutes=1)), "visit_before_signing", "visits.1.starts_at"),
        (a_visit(division="320508001002"), "visit_elsewhere", "visits.1.division"),
        (a_visit(division="320508001"), "visit_elsewhere", "visits.1.division"),
        (a_visit(division="990508001001"), "division_wrong", "visits.1.division"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_number_and_nothing_is_written(
    row: dict[str, Any], code: str, field: str
) -> None:
    story = delivering()

    with refused(code, status=422) as caught:
        record(story, a_visit(NOON + 9 * HOUR, token=token(7)), row)

    assert caught.value.field == field
    assert caught.value.details.get("row", 2) == 2
    assert story.contract.visits_digest == ""


def test_a_visit_may_last_a_day_and_end_just_now() -> None:
    story = delivering()

    fact = record(story, a_visit(NOON, minutes=24 * 60))[0]

    assert isinstance(fact, VisitsRecorded)
    assert fact.minutes == 1440


@pytest.mark.parametrize("shift", [30, 59, -59, 0])
def test_a_worker_is_not_in_two_places_at_once(shift: int) -> None:
    story = delivering()
    beside = a_visit(NOON + 2 * HOUR + timedelta(minutes=shift), token=token(2))

    with refused("worker_is_busy") as caught:
        record(story, a_visit(NOON + 2 * HOUR), beside)

    assert caught.value.field == "visits.1.worker_id"


@pytest.mark.parametrize("shift", [60, -60])
def test_one_visit_may_begin_when_the_other_ends(shift: int) -> None:
    beside = a_visit(NOON + 2 * HOUR + timedelta(minutes=shift), token=token(2))

    assert record(delivering(), a_visit(NOON + 2 * HOUR), beside)


def test_a_visit_over_midnight_meets_one_of_the_next_day() -> None:
    story = delivering()
    night = NOON + 11 * HOUR  # 23:00 in China
    story.at += A_DAY

    with refused("worker_is_busy"):
        record(story, a_visit(night, minutes=180), a_visit(night + 2 * HOUR, token=token(2)))


def test_a_beneficiary_may_be_served_by_two_but_not_at_two_places_at_once() -> None:
    story = delivering()
    brief = story.contract.agreement.brief.model_copy(update={"division": "320508001"})
    story.world.put(replace(story.contract, agreement=story.contract.agreement.model_copy(update={"brief": brief})))
    together = a_visit(worker_id=OTHER_WORKER)
    assert record(story, a_visit(), together)

    with refused("token_is_elsewhere"):
        record(
            story,
            a_visit(NOON + 4 * HOUR),
            a_visit(NOON + 4 * HOUR, worker_id=OTHER_WORKER, division="320508001002"),
            reference="week-2",
        )


def test_what_was_recorded_before_keeps_a_worker_busy() -> None:
    story = delivering()
    command = recording(a_visit())
    story.world.ask(rules.record_refs(command, uuid4()))
    busy = rules.Engagement(NOON + HOUR, NOON + 2 * HOUR, HERE)
    diaries = [ref[1] for ref in rules.record_refs(command, uuid4()) if ref[0] is rules.Diary]
    for id in diaries:
        story.world.put(rules.Diary(id=id, engagements=(busy,)))

    with refused("worker_is_busy"):
        record(story, a_visit(NOON + HOUR + timedelta(minutes=30)))


def test_only_the_provider_records_between_signing_and_submission() -> None:
    with refused("not_your_party", status=403):
        record(delivering(), a_visit(), by=an_actor(Role.PROVIDER))
    with refused("visits_before_signing"):
        record(drafted(), a_visit())
    story = delivering()
    story.submit(MID_TERM)
    with refused("visits_after_submission"):
        record(story, a_visit())
    story.send_back(MID_TERM, COMMUNITY)
    assert record(story, a_visit())


def test_a_batch_is_voided_by_its_recorder_before_the_submission_and_its_reference_stays_taken() -> None:
    story = delivering()
    fact = record(story, a_visit())[0]
    assert isinstance(fact, VisitsRecorded)
    colleague = replace(PROVIDER, person_id=uuid4())

    with refused("batch_of_another", status=403):
        void(story, fact.batch_id, colleague)
    with refused("not_found", status=404):
        void(story, uuid4())
    said = void(story, fact.batch_id)[0]

    assert isinstance(said, VisitsVoided)
    assert (said.visits, said.minutes, said.reason) == (1, 60, "mistaken")
    with refused("batch_voided"):
        void(story, fact.batch_id)
    with refused("batch_voided"):
        record(story, a_visit())
    assert record(story, a_visit(), reference="week-1b")


def test_what_was_submitted_on_the_strength_of_a_batch_is_not_voided_any_more() -> None:
    story = delivering()
    fact = record(story, a_visit())[0]
    assert isinstance(fact, VisitsRecorded)
    story.submit(MID_TERM)

    with refused("visits_after_submission"):
        void(story, fact.batch_id)


def test_the_totals_are_taken_at_the_submission_and_stand_in_the_report() -> None:
    story = delivering()
    totals = rules.VisitTotals(visits=12, minutes=725, tokens=5, workers=2)
    story.world.put(rules.VisitSums(id=PROJECT, of={MID_TERM: totals}))
    story.submit(MID_TERM)
    story.confirm(MID_TERM)
    story.accept(MID_TERM)

    assert story.contract.visits == {MID_TERM: totals}
    found = read(story.world.get(rules.Paper, rules.report_id(PROJECT, MID_TERM)).body)
    assert [row[1] for row in found.tables["visits"]] == ["12", "12:05", "5", "2"]


def test_a_delivery_without_visits_says_none() -> None:
    story = accepted(MID_TERM)

    found = read(story.world.get(rules.Paper, rules.report_id(PROJECT, MID_TERM)).body)
    assert [row[1] for row in found.tables["visits"]] == ["0", "0:00", "0", "0"]


def test_a_batch_has_a_limit() -> None:
    with pytest.raises(ValueError, match="500"):
        recording(*[a_visit()] * (MOST_PER_BATCH + 1))


def test_a_row_in_a_digest_has_its_times_in_utc_whatever_zone_it_came_in() -> None:
    story = delivering()
    record(story, a_visit())
    (visit,) = story.world.each(rules.Visit)

    assert row_of(visit)["starts_at"] == "2026-03-02T05:00:00+00:00"
