"""A need at volunteers (志愿): offered with what it takes, volunteers assigned with the reasons, accepted, released."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.need import NeedFact, Route
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.volunteering import (
    Means,
    NeedMet,
    ServiceCorrected,
    ServiceRecorded,
    TaskOffered,
    TaskWithdrawn,
    VolunteerAccepted,
    VolunteerAssigned,
    VolunteerReleased,
)
from services.needs.rules.need import MOST_STEPS, Need
from services.needs.rules.volunteers.resident_unit import Text
from services.needs.rules.volunteers.volunteer import (
    MOST_ENGAGEMENTS,
    Engagement,
    Volunteer,
    levels_apart,
    must_be_category,
)

MOST_DAYS = 366
"""ahead"""
MOST_MINUTES = 24 * 60


class TaskPhase(StrEnum):
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    DONE = "done"


class MemberPhase(StrEnum):
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    SERVED = "served"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    volunteer_id: UUID
    phase: MemberPhase = MemberPhase.ASSIGNED
    minutes: int = 0
    """recorded"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerTask(State):
    """Has the id of its need."""

    told: TaskOffered
    phase: TaskPhase = TaskPhase.OFFERED
    members: tuple[Member, ...] = ()

    def must_be_open(self) -> None:
        if self.phase is not TaskPhase.OFFERED:
            raise Refused("task_elsewhere", need=self.told.tracking_number, phase=self.phase)

    def member(self, volunteer_id: UUID, *phases: MemberPhase) -> Member:
        found = next((one for one in self.members if one.volunteer_id == volunteer_id), None)
        if found is None:
            raise Refused("not_on_the_task", field="volunteer_id", volunteer=str(volunteer_id))
        if phases and found.phase not in phases:
            raise Refused("member_elsewhere", field="volunteer_id", volunteer=str(volunteer_id), phase=found.phase)
        return found


class OfferTask(Command):
    need_id: NeedId
    skill: Annotated[str | None, Field(max_length=50)] = None
    """of the rulebook's `need.categories`; none: the need's own category"""
    day: date
    wanted: Annotated[int, Field(ge=1, le=20)]
    minutes: Annotated[int, Field(ge=15, le=MOST_MINUTES)]
    """expected of each"""


class WithdrawTask(Command):
    need_id: NeedId
    reason: Text
    """public"""


class OfMember(Command):
    need_id: NeedId
    volunteer_id: UUID


class AssignVolunteer(OfMember):
    """A person decides; the suggestions only explain."""


class AcceptTask(OfMember):
    """The volunteer said yes at the counter."""


class ReleaseVolunteer(OfMember):
    reason: Text
    """public"""


def must_go_to_volunteers(need: Need) -> None:
    """Routed 志愿, with nobody else, and not met."""
    need.must_be_free()
    if need.route is not Route.VOLUNTEER:
        raise Refused("need_not_volunteer", need=need.tracking_number)


def task_refs(command: OfferTask | WithdrawTask, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (VolunteerTask, command.need_id))


def member_refs(command: OfMember, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (VolunteerTask, command.need_id), (Volunteer, command.volunteer_id))


def offer(world: World, command: OfferTask, context: Context) -> list[Fact]:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    must_go_to_volunteers(need)
    skill = command.skill or need.category
    must_be_category(skill, context, "skill")
    latest = context.today + timedelta(days=MOST_DAYS)
    if not context.today <= command.day <= latest:
        raise Refused("task_day", status=422, field="day", latest=latest)
    return [
        TaskOffered(
            community_id=need.community_id,
            need_id=command.need_id,
            tracking_number=need.tracking_number,
            skill=skill,
            division=need.division,
            day=command.day,
            wanted=command.wanted,
            minutes=command.minutes,
            on=context.today,
            offered_by=PartyId(context.by.person_id),
        )
    ]


def withdraw(world: World, command: WithdrawTask, context: Context) -> list[Fact]:
    task = own_task(world, command.need_id, context)
    task.must_be_open()
    if task.members:
        raise Refused("task_has_members", count=len(task.members))
    must_be_public(command.reason, "reason")
    return [
        TaskWithdrawn(
            community_id=task.told.community_id,
            need_id=command.need_id,
            reason=command.reason,
            on=context.today,
            withdrawn_by=PartyId(context.by.person_id),
        )
    ]


def assign(world: World, command: AssignVolunteer, context: Context) -> list[Fact]:
    """Never beyond the time the volunteer offers; the reasons stand in the fact."""
    task, volunteer = own_member(world, command, context)
    told = task.told
    task.must_be_open()
    volunteer.must_be_there()
    if len(task.members) >= told.wanted:
        raise Refused("task_full", wanted=told.wanted)
    if any(one.volunteer_id == command.volunteer_id for one in task.members):
        raise Refused("on_the_task", field="volunteer_id", volunteer=str(command.volunteer_id))
    if len(world.get(Need, command.need_id).steps) >= MOST_STEPS:
        raise Refused("too_many_steps", need=told.tracking_number, most=MOST_STEPS)
    left = volunteer.left_in_week(told.day)
    if left < told.minutes or len(volunteer.engagements) >= MOST_ENGAGEMENTS:
        raise Refused("no_time_left", field="volunteer_id", left=left, minutes=told.minutes)
    return [
        VolunteerAssigned(
            community_id=told.community_id,
            need_id=command.need_id,
            volunteer_id=command.volunteer_id,
            skilled=told.skill in volunteer.skills,
            minutes_left=left,
            levels_apart=levels_apart(volunteer.division, told.division),
            on=context.today,
            assigned_by=PartyId(context.by.person_id),
        )
    ]


def accept(world: World, command: AcceptTask, context: Context) -> list[Fact]:
    task, volunteer = own_member(world, command, context)
    task.must_be_open()
    task.member(command.volunteer_id, MemberPhase.ASSIGNED)
    volunteer.must_be_there()
    return [
        VolunteerAccepted(
            community_id=task.told.community_id,
            need_id=command.need_id,
            volunteer_id=command.volunteer_id,
            on=context.today,
            recorded_by=PartyId(context.by.person_id),
        )
    ]


def release(world: World, command: ReleaseVolunteer, context: Context) -> list[Fact]:
    task, _ = own_member(world, command, context)
    task.must_be_open()
    task.member(command.volunteer_id, MemberPhase.ASSIGNED, MemberPhase.ACCEPTED)
    must_be_public(command.reason, "reason")
    return [
        VolunteerReleased(
            community_id=task.told.community_id,
            need_id=command.need_id,
            volunteer_id=command.volunteer_id,
            reason=command.reason,
            on=context.today,
            released_by=PartyId(context.by.person_id),
        )
    ]


def own_task(world: World, need_id: NeedId, context: Context) -> VolunteerTask:
    task = world.get(VolunteerTask, need_id)
    context.by.must_be(task.told.community_id)
    return task


def own_member(world: World, command: OfMember, context: Context) -> tuple[VolunteerTask, Volunteer]:
    """Both of the same community."""
    task = own_task(world, command.need_id, context)
    volunteer = world.get(Volunteer, command.volunteer_id)
    context.by.must_be(volunteer.community_id)
    return task, volunteer


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if isinstance(fact, TaskOffered):
        return (VolunteerTask(id=fact.need_id, told=fact),)
    if not isinstance(fact, NeedFact) or not isinstance(fact, _FACTS):
        return ()
    if isinstance(fact, NeedMet) and fact.means is not Means.VOLUNTEERS:
        return ()
    task = world.get(VolunteerTask, fact.need_id)
    if isinstance(fact, TaskWithdrawn):
        return (replace(task, phase=TaskPhase.WITHDRAWN),)
    if isinstance(fact, NeedMet):
        return (replace(task, phase=TaskPhase.DONE),)
    volunteer = world.get(Volunteer, fact.volunteer_id)
    return replace(task, members=_members(task, fact)), replace(volunteer, engagements=_engaged(task, volunteer, fact))


_OfMember = VolunteerAssigned | VolunteerAccepted | VolunteerReleased | ServiceRecorded | ServiceCorrected
_FACTS = TaskWithdrawn | NeedMet | _OfMember


def _members(task: VolunteerTask, fact: _OfMember) -> tuple[Member, ...]:
    rest, id = tuple(one for one in task.members if one.volunteer_id != fact.volunteer_id), fact.volunteer_id
    match fact:
        case VolunteerAssigned():
            return (*rest, Member(volunteer_id=id))
        case VolunteerAccepted():
            return (*rest, Member(volunteer_id=id, phase=MemberPhase.ACCEPTED))
        case VolunteerReleased():
            return rest
        case ServiceRecorded() | ServiceCorrected():
            return (*rest, Member(volunteer_id=id, phase=MemberPhase.SERVED, minutes=fact.minutes))


def _engaged(task: VolunteerTask, volunteer: Volunteer, fact: _OfMember) -> tuple[Engagement, ...]:
    """The last one for this need is meant: a need that was offered again has only one that is open."""
    told = task.told
    rest = tuple(one for one in volunteer.engagements if one.need_id != fact.need_id)
    known = next((one for one in volunteer.engagements if one.need_id == fact.need_id), None)
    match fact:
        case VolunteerAssigned():
            new = Engagement(
                need_id=fact.need_id, tracking_number=told.tracking_number, day=told.day, expected=told.minutes
            )
            return (*rest, new)
        case VolunteerReleased():
            return rest
        case ServiceRecorded() if known is not None:
            recorded = {"minutes": fact.minutes, "recorded_by": fact.recorded_by}
            done = replace(known, beneficiary_id=fact.beneficiary_id, **recorded)  # type: ignore[arg-type]
            return (*rest, done)
        case ServiceCorrected() if known is not None:
            return (*rest, replace(known, minutes=fact.minutes, recorded_by=fact.corrected_by))
        case _:
            return volunteer.engagements
