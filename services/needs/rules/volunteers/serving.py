"""What volunteers did: minutes, confirmed by somebody else, corrected by a second person; never for money."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import NeedId, PartyId
from schemas.money import Money
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.volunteering import Means, NeedMet, ServiceCorrected, ServiceRecorded
from services.needs.rules.need import Need
from services.needs.rules.volunteers.resident_unit import Text
from services.needs.rules.volunteers.task import (
    MOST_MINUTES,
    MemberPhase,
    OfMember,
    VolunteerTask,
    member_refs,
    own_member,
    own_task,
)
from services.needs.rules.volunteers.volunteer import Volunteer
from services.needs.rules.window import Applicant, Person, person_place

WITHOUT_PAY = Source("志愿服务条例第三条(自愿、无偿)", Certainty.LAW)
"""Volunteering is voluntary and without pay (自愿、无偿)."""


class RecordService(OfMember):
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)]
    applicant_id: UUID | None = None
    """the number of the applicant who confirms it; none: the member of staff who writes it down does"""
    charged: Money | None = None
    """none, ever"""


class CorrectService(OfMember):
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)]
    reason: Text
    """public"""


class CloseTask(Command):
    need_id: NeedId
    text: Text
    """public: what came of it"""


def record_refs(command: RecordService, cause: UUID) -> tuple[Ref, ...]:
    who: tuple[Ref, ...] = ((Applicant, command.volunteer_id),)
    if command.applicant_id is not None:
        who = (*who, (Applicant, command.applicant_id))
    return (*member_refs(command, cause), *who)


def record(world: World, command: RecordService, context: Context) -> list[Fact]:
    task, volunteer = own_member(world, command, context)
    if command.charged is not None:
        raise Refused("volunteers_are_free", WITHOUT_PAY, status=422, field="charged")
    task.must_be_open()
    task.member(command.volunteer_id, MemberPhase.ACCEPTED)
    if context.today < task.told.day:
        raise Refused("day_to_come", day=task.told.day)
    _confirmed_by_another(world, command, volunteer, context)
    return [
        ServiceRecorded(
            community_id=task.told.community_id,
            need_id=command.need_id,
            volunteer_id=command.volunteer_id,
            tracking_number=task.told.tracking_number,
            day=task.told.day,
            minutes=command.minutes,
            beneficiary_id=command.applicant_id,
            on=context.today,
            recorded_by=PartyId(context.by.person_id),
        )
    ]


def _confirmed_by_another(world: World, command: RecordService, volunteer: Volunteer, context: Context) -> None:
    """Whoever writes it down is somebody else, and so is the applicant, who asked for this need."""
    _must_be_another(volunteer, context)
    if command.applicant_id is None:
        return
    applicant = world.find(Applicant, command.applicant_id)
    asked = applicant is not None and command.need_id in {one.need_id for one in applicant.asked}
    if applicant is None or applicant.community_id != volunteer.community_id or not asked:
        raise Refused("did_not_ask", status=422, field="applicant_id", applicant=str(command.applicant_id))
    if applicant.erased_on is not None:
        raise Refused("applicant_erased", applicant=str(applicant.id), on=str(applicant.erased_on))
    own = world.find(Applicant, command.volunteer_id)
    if own is not None and own.sealed and _who(own, context) == _who(applicant, context):
        raise Refused("confirms_own_hours", field="applicant_id")


def _who(applicant: Applicant, context: Context) -> tuple[str, str]:
    """Name and digits of the telephone: whom the two numbers of one person have in common."""
    sealed, key = bytes.fromhex(applicant.sealed), bytes.fromhex(applicant.key)
    person = Person.model_validate_json(context.vault.open(key, sealed, person_place(applicant.id)))
    return person.name.strip(), "".join(filter(str.isdecimal, person.phone))


def _must_be_another(volunteer: Volunteer, context: Context) -> None:
    if volunteer.person_id == context.by.person_id:
        raise Refused("confirms_own_hours", field="volunteer_id")


def correct(world: World, command: CorrectService, context: Context) -> list[Fact]:
    """Also after the task is done; the record shows the last word."""
    task, volunteer = own_member(world, command, context)
    member = task.member(command.volunteer_id, MemberPhase.SERVED)
    _must_be_another(volunteer, context)
    known = next(one for one in volunteer.engagements if one.need_id == command.need_id)
    if known.recorded_by == context.by.person_id:
        raise Refused("second_person_corrects", field="minutes")
    if member.minutes == command.minutes:
        raise Refused("minutes_unchanged", status=422, field="minutes", minutes=command.minutes)
    must_be_public(command.reason, "reason")
    return [
        ServiceCorrected(
            community_id=task.told.community_id,
            need_id=command.need_id,
            volunteer_id=command.volunteer_id,
            before=member.minutes,
            minutes=command.minutes,
            reason=command.reason,
            on=context.today,
            corrected_by=PartyId(context.by.person_id),
        )
    ]


def close_refs(command: CloseTask, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id), (VolunteerTask, command.need_id))


def close(world: World, command: CloseTask, context: Context) -> list[Fact]:
    """Once the hours of everybody on it are recorded."""
    task = own_task(world, command.need_id, context)
    task.must_be_open()
    missing = [one for one in task.members if one.phase is not MemberPhase.SERVED]
    if missing or not task.members:
        raise Refused("hours_missing", count=len(missing))
    must_be_public(command.text, "text")
    return [
        NeedMet(
            community_id=task.told.community_id,
            need_id=command.need_id,
            means=Means.VOLUNTEERS,
            volunteers=len(task.members),
            minutes=sum(one.minutes for one in task.members),
            resource_id=None,
            text=command.text,
            on=context.today,
            confirmed_by=PartyId(context.by.person_id),
        )
    ]
