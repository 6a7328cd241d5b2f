"""What was done for the money: milestones and how far they came, visits, and units of work accepted."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from schemas.contract import (
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneDeemedAccepted,
    MilestoneReturned,
    MilestoneSubmitted,
)
from schemas.delivery import VisitsRecorded, VisitsVoided
from schemas.fact import Fact
from schemas.ids import EventId
from schemas.model import Model
from schemas.money import Money
from schemas.work import UnitsDone, WorkAccepted
from services.audit.rules.standing import Project


class Reached(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"


_STEPS: Mapping[type[Fact], Reached] = {
    MilestoneSubmitted: Reached.SUBMITTED,
    MilestoneReturned: Reached.RETURNED,
    MilestoneConfirmed: Reached.CONFIRMED,
    MilestoneAccepted: Reached.ACCEPTED,
}
DELIVERED: frozenset[type[Fact]] = frozenset(
    (*_STEPS, MilestoneDeemedAccepted, VisitsRecorded, VisitsVoided, WorkAccepted)
)


class MilestoneTold(Model):
    milestone: Milestone
    reached: Reached | None
    """the last word; none where visits were recorded for it and it was not submitted yet"""
    at: datetime | None
    event_id: EventId | None
    """that says so"""
    deemed: bool
    """accepted because nobody answered in time"""
    visits: int
    """without those that were voided"""
    minutes: int


class Delivered(Model):
    milestones: tuple[MilestoneTold, ...]
    visits: int
    minutes: int
    """of all visits together"""
    units: tuple[UnitsDone, ...]
    """of work paid by the unit, as the buyer accepted them last"""
    fee: Money | None
    """for these units; none where the work is not paid by the unit, or nothing was accepted yet"""


def delivered(project: Project) -> Delivered:
    milestones = tuple(told for each in Milestone if (told := _milestone(project, each)) is not None)
    accepted = project.last(WorkAccepted)
    return Delivered(
        milestones=milestones,
        visits=sum(one.visits for one in milestones),
        minutes=sum(one.minutes for one in milestones),
        units=accepted.units if accepted else (),
        fee=accepted.fee if accepted else None,
    )


def _milestone(project: Project, milestone: Milestone) -> MilestoneTold | None:
    own = [entry for entry in project.entries if getattr(entry.fact, "milestone", None) is milestone]
    steps = [entry for entry in own if type(entry.fact) in _STEPS]
    recorded = [entry.fact for entry in own if isinstance(entry.fact, VisitsRecorded)]
    voided = [entry.fact for entry in own if isinstance(entry.fact, VisitsVoided)]
    if not steps and not recorded:
        return None
    last = steps[-1] if steps else None
    return MilestoneTold(
        milestone=milestone,
        reached=_STEPS[type(last.fact)] if last else None,
        at=last.at if last else None,
        event_id=last.event_id if last else None,
        deemed=any(isinstance(entry.fact, MilestoneDeemedAccepted) for entry in own),
        visits=sum(fact.visits for fact in recorded) - sum(fact.visits for fact in voided),
        minutes=sum(fact.minutes for fact in recorded) - sum(fact.minutes for fact in voided),
    )
