"""Whom a social worker works for: stated, agreed to, ended; full time in one place at a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas import uscc
from schemas.days import end_of
from schemas.deciding import Due
from schemas.ids import PartyId
from schemas.model import Model
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.worker import EmploymentConfirmed, EmploymentEnded
from services.registry.rules import employment as rules
from services.registry.rules.employment import Career, EmploymentPhase, Job, career_of
from tests.services.registry.stories import Registered
from tests.support.pure import PROGRAM, an_actor, refused

TODAY = date(2026, 3, 2)


class Employed(Registered):
    """A social worker and two organizations."""

    def __init__(self) -> None:
        super().__init__()
        self.worker = self.verify(self.register("social_worker"))
        self.one = self.verify(self.register())
        self.other = self.verify(self.register(uscc=uscc.make("52", "320508", "00012345")))
        self.own = an_actor(Role.PROVIDER, self.worker.id)

    def state(self, employer: Party | None = None, by: Actor | None = None, **changes: Any) -> Job:
        employer = employer or self.one
        fields: dict[str, Any] = {"worker_id": self.worker.id, "employer_id": employer.id}
        fields |= {"full_time": True, "first": date(2026, 1, 5)}
        command = rules.StateEmployment(**fields | changes)
        said = self.command(
            rules.state_refs, rules.state_employment, command, by or an_actor(Role.PROVIDER, employer.id)
        )
        assert [type(one) for one in said] == [rules.JobChanged]
        return said[0].job  # type: ignore[attr-defined, no-any-return]

    def answer(self, command: Any, decide: Any, job: Job, by: Actor | None = None, **fields: Any) -> list[Model]:
        body = command(worker_id=PartyId(self.worker.id), employment_id=job.employment_id, **fields)
        return self.command(rules.answer_refs, decide, body, by or self.own)

    def confirm(self, job: Job, by: Actor | None = None) -> list[Model]:
        return self.answer(rules.ConfirmEmployment, rules.confirm_employment, job, by)

    def deny(self, job: Job, by: Actor | None = None) -> list[Model]:
        return self.answer(rules.DenyEmployment, rules.deny_employment, job, by)

    def end(self, job: Job, on: date = TODAY, by: Actor | None = None) -> list[Model]:
        return self.answer(rules.EndEmployment, rules.end_employment, job, by, on=on)

    def agreed(self, employer: Party | None = None, **changes: Any) -> Job:
        job = self.state(employer, **changes)
        self.confirm(job)
        return self.now(job)

    def now(self, job: Job) -> Job:
        found = self.career.job(job.employment_id)
        assert found is not None
        return found

    @property
    def career(self) -> Career:
        return career_of(self.world, self.worker.id)

    @property
    def employers(self) -> frozenset[UUID]:
        return self.world.get(Party, self.worker.id).employers


def test_an_employment_counts_once_the_worker_agrees() -> None:
    story = Employed()
    job = story.state()

    assert (job.phase, story.employers) == (EmploymentPhase.STATED, frozenset())
    _, told = story.confirm(job)
    assert isinstance(told, EmploymentConfirmed)
    assert (told.party_id, told.employer_id, told.full_time, told.last) == (story.worker.id, story.one.id, True, None)
    assert story.now(job).phase is EmploymentPhase.AGREED
    assert story.employers == {story.one.id}


def test_an_employment_that_the_worker_denies_never_was_and_may_be_stated_again() -> None:
    story = Employed()
    for _ in range(3):
        job = story.state()
        assert len(story.deny(job)) == 1

    assert (story.now(job).phase, story.employers) == (EmploymentPhase.DENIED, frozenset())
    assert len(story.career.jobs) == 1
    with refused("employment_answered"):
        story.confirm(job)


def test_only_the_worker_answers_only_the_organization_states_and_both_end() -> None:
    story = Employed()
    employer, stranger = an_actor(Role.PROVIDER, story.one.id), an_actor(Role.PROVIDER, story.other.id)
    job = story.state()

    for step in (story.confirm, story.deny):
        with refused("not_your_party", status=403):
            step(job, by=employer)
    with refused("not_your_party", status=403):
        story.state(story.other, by=story.own)
    story.confirm(job)
    with refused("not_your_party", status=403):
        story.end(job, by=stranger)
    _, told = story.end(job, by=employer)
    assert isinstance(told, EmploymentEnded)
    assert (told.on, story.now(job).last, story.employers) == (TODAY, TODAY - timedelta(days=1), frozenset())
    assert story.end(story.agreed(first=TODAY), by=story.own)


def test_an_employer_takes_back_what_was_not_agreed_to() -> None:
    story = Employed()
    job = story.state()

    assert len(story.end(job, by=an_actor(Role.PROVIDER, story.one.id))) == 1
    assert story.now(job).phase is EmploymentPhase.DENIED


def test_a_second_full_time_with_a_day_in_common_is_refused_when_stated_and_when_confirmed() -> None:
    story = Employed()
    waiting = story.state(story.other)
    story.agreed(last=date(2026, 6, 30))

    with refused("full_time_already"):
        story.confirm(waiting)
    story.deny(waiting)
    with refused("full_time_already"):
        story.state(story.other, first=date(2026, 6, 30))
    assert story.agreed(story.other, first=date(2026, 7, 1)).phase is EmploymentPhase.AGREED


def test_what_ended_still_stands_against_a_full_time_that_reaches_back() -> None:
    story = Employed()
    story.end(story.agreed(), on=date(2026, 2, 1))

    with refused("full_time_already"):
        story.state(story.other, first=date(2026, 1, 31))
    assert story.agreed(story.other, first=date(2026, 2, 1)).first == date(2026, 2, 1)


def test_part_times_may_overlap_and_are_shown() -> None:
    story = Employed()
    full, part = story.agreed(), story.agreed(story.other, full_time=False)

    assert story.career.overlapping(full) == (part,)
    assert story.career.overlapping(part) == (full,)


@pytest.mark.parametrize(
    ("first", "last", "overlap"),
    [
        (date(2026, 1, 1), date(2026, 1, 4), False),
        (date(2026, 1, 1), date(2026, 1, 5), True),
        (date(2026, 2, 1), None, True),
        (date(2026, 3, 1), None, False),
    ],
)
def test_two_employments_overlap_by_a_day_in_common(first: date, last: date | None, overlap: bool) -> None:
    def job(first: date, last: date | None) -> Job:
        who = PartyId(uuid4())
        phase = EmploymentPhase.AGREED
        return Job(employment_id=uuid4(), employer_id=who, full_time=False, first=first, last=last, phase=phase)

    standing = job(date(2026, 1, 5), date(2026, 2, 28))
    assert standing.overlaps(job(first, last)) is job(first, last).overlaps(standing) is overlap
    assert not standing.overlaps(job(date(2026, 2, 1), date(2026, 1, 31))), "one that never began has no day"


def test_an_agreed_last_day_ends_it_by_itself_the_day_after() -> None:
    story = Employed()
    job = story.agreed(last=date(2026, 6, 30))
    assert story.career.due() == {str(job.employment_id): end_of(date(2026, 6, 30))}
    story.at = datetime(2026, 6, 30, 16, tzinfo=UTC)

    due = Due(ref=(Career, story.worker.id), name=str(job.employment_id), at=story.at)
    story.world.ask(rules.career_refs(due, uuid4()))
    _, told = story.do(rules.run_out, due, PROGRAM)

    assert isinstance(told, EmploymentEnded)
    assert (told.on, story.now(job).last) == (date(2026, 7, 1), date(2026, 6, 30))
    assert (story.career.due(), story.employers) == ({}, frozenset())
    assert story.do(rules.run_out, due, PROGRAM) == []


def test_who_declared_a_tie_to_the_employer_recuses_after_the_employment_too() -> None:
    story = Employed()
    job = story.agreed()
    story.tie(story.worker, story.one)
    story.end(job)

    assert story.employers == {story.one.id}


def test_one_organization_states_one_employment_of_a_worker_at_a_time() -> None:
    story = Employed()
    job = story.state()
    with refused("employed_there"):
        story.state(full_time=False)
    story.confirm(job)
    with refused("employed_there"):
        story.state(first=date(2027, 1, 1))


def test_an_end_lies_between_the_first_day_and_today() -> None:
    story = Employed()
    job = story.agreed(first=date(2026, 2, 2), last=date(2026, 2, 20))
    for on in (date(2026, 2, 1), date(2026, 2, 21)):
        with refused("leaves_on_another_day", status=422):
            story.end(job, on)
    story.end(job, date(2026, 2, 2))
    with refused("employment_answered"):
        story.end(job)
    later = story.agreed(story.other, first=date(2026, 4, 1))
    with refused("leaves_on_another_day", status=422):
        story.end(later)
    story.end(later, date(2026, 4, 1))
    assert story.now(later).last == date(2026, 3, 31)


def test_an_organization_employs_and_a_social_worker_is_employed() -> None:
    story = Employed()
    with refused("employs_nobody", status=403):
        story.state(story.verify(story.register("community")))
    with refused("no_social_worker", status=422):
        story.state(worker_id=story.other.id)
    with refused("ends_before_it_begins", status=422):
        story.state(last=date(2026, 1, 4))
    story.suspend(story.worker)
    with refused("party_suspended", status=403):
        story.state()


def test_a_career_has_a_limit_and_an_employment_of_another_worker_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Employed()
    job = story.state()
    other = story.register("social_worker")
    own = an_actor(Role.PROVIDER, other.id)
    command = rules.ConfirmEmployment(worker_id=PartyId(other.id), employment_id=job.employment_id)
    with refused("not_found", status=404):
        story.command(rules.answer_refs, rules.confirm_employment, command, own)
    monkeypatch.setattr("services.registry.rules.employment.MOST_JOBS", 1)
    with refused("too_many_employments"):
        story.state(story.other)
