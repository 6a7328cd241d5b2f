"""Volunteers: registered at the counter, offering skills and time, leaving at will. Who one is, stays sealed.

The number of a volunteer is the number of an applicant who asked for nothing: one place for personal data, one way to
erase them. What was done stays with the number, so that every sum stays right.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact, Note
from schemas.ids import NeedId, PartyId
from schemas.intake import ApplicantErased
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from schemas.volunteering import (
    VolunteerOffered,
    VolunteerRegistered,
    VolunteerWithdrawn,
)
from services.needs.rules.intake import RULEBOOK
from services.needs.rules.window import Applicant, EraseApplicant, Person

GUARDIAN = Source("个人信息保护法第三十一条(不满十四周岁的,须经监护人同意)", Certainty.LAW)
"""Personal data of a child under 14 need a guardian's consent."""
MOST_ENGAGEMENTS = 5000
"""of one volunteer"""
MOST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """One task of a volunteer."""

    need_id: NeedId
    tracking_number: str
    day: date
    expected: int
    minutes: int | None = None
    """once recorded"""
    recorded_by: PartyId | None = None
    """who wrote the minutes last"""
    beneficiary_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer(State):
    community_id: PartyId
    division: str
    person_id: PartyId | None
    registered_on: date
    skills: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    minutes_a_week: int = 0
    withdrawn_on: date | None = None
    erased_on: date | None = None
    engagements: tuple[Engagement, ...] = ()

    @property
    def minutes(self) -> int:
        """Recorded, in all."""
        return sum(one.minutes or 0 for one in self.engagements)

    @property
    def done(self) -> tuple[Engagement, ...]:
        return tuple(one for one in self.engagements if one.minutes is not None)

    def left_in_week(self, day: date) -> int:
        """Minutes not yet given away in the calendar week (ISO 8601) of `day`; never less than 0."""
        week = day.isocalendar()[:2]
        given = (one for one in self.engagements if one.day.isocalendar()[:2] == week)
        return max(0, self.minutes_a_week - sum(one.expected if one.minutes is None else one.minutes for one in given))

    def must_be_there(self) -> None:
        if self.erased_on is not None:
            raise Refused("applicant_erased", applicant=str(self.id), on=str(self.erased_on))
        if self.withdrawn_on is not None:
            raise Refused("volunteer_withdrawn", volunteer=str(self.id), on=self.withdrawn_on)


class Offer(Model):
    skills: Annotated[tuple[Annotated[str, Field(max_length=50)], ...], Field(max_length=20)] = ()
    """of the rulebook's `need.categories`"""
    other: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=50, pattern=r"\S")], ...], Field(max_length=20)
    ] = ()
    """public"""
    minutes_a_week: Annotated[int, Field(ge=15, le=MOST_MINUTES)]


class RegisterVolunteer(Offer, Command):
    """What staff write down at the counter, with the real name (实名)."""

    community_id: PartyId
    person: Person
    division: Annotated[str, Field(max_length=20)]
    under_14: bool = False
    guardian_consents: bool = False
    person_id: PartyId | None = None


class SealedVolunteer(Offer, Command):
    """`RegisterVolunteer` as it reaches the transaction: name and telephone as ciphertext, in hexadecimal."""

    community_id: PartyId
    division: str
    under_14: bool
    guardian_consents: bool
    person_id: PartyId | None
    volunteer_id: UUID
    key: str
    sealed: str


class ChangeOffer(Offer, Command):
    volunteer_id: UUID


class WithdrawVolunteer(Command):
    volunteer_id: UUID


class VolunteerKept(Note):
    """Rows of needs, never a fact."""

    community_id: PartyId
    volunteer_id: UUID
    key: str
    sealed: str


def levels_apart(one: str, other: str) -> int:
    """0 in the same community (or a code within the other), 1 street, 2 county, 3 farther."""
    for apart, digits in enumerate((12, 9, 6)):
        if one[:digits] == other[:digits] and min(len(one), len(other)) >= digits:
            return apart
    return 3


def register_refs(command: SealedVolunteer, cause: UUID) -> tuple[Ref, ...]:
    id = command.volunteer_id
    return ((Party, command.community_id), (Applicant, id), (Volunteer, id))


def register(world: World, command: SealedVolunteer, context: Context) -> list[Model]:
    context.by.must_be(command.community_id)
    if fault := division.check(command.division):
        raise fault.refused("division_wrong", "division")
    if command.under_14 and not command.guardian_consents:
        raise Refused("guardian_consents_first", GUARDIAN, status=422, field="guardian_consents")
    registered = VolunteerRegistered(
        community_id=command.community_id,
        volunteer_id=command.volunteer_id,
        division=command.division,
        under_14=command.under_14,
        person_id=command.person_id,
        on=context.today,
        registered_by=PartyId(context.by.person_id),
    )
    kept = VolunteerKept(**command.model_dump(include={"community_id", "volunteer_id", "key", "sealed"}))
    return [registered, _offered(command, command.community_id, command.volunteer_id, context), kept]


def change_refs(command: ChangeOffer | WithdrawVolunteer, cause: UUID) -> tuple[Ref, ...]:
    return ((Volunteer, command.volunteer_id),)


def change(world: World, command: ChangeOffer, context: Context) -> list[Fact]:
    volunteer = own_volunteer(world, command.volunteer_id, context)
    volunteer.must_be_there()
    return [_offered(command, volunteer.community_id, command.volunteer_id, context)]


def withdraw(world: World, command: WithdrawVolunteer, context: Context) -> list[Fact]:
    volunteer = own_volunteer(world, command.volunteer_id, context)
    volunteer.must_be_there()
    return [
        VolunteerWithdrawn(community_id=volunteer.community_id, volunteer_id=command.volunteer_id, on=context.today)
    ]


def erase_refs(command: EraseApplicant, cause: UUID) -> tuple[Ref, ...]:
    """Somebody who asked, or a volunteer: the number tells."""
    return ((Applicant, command.applicant_id), (Volunteer, command.applicant_id))


def own_volunteer(world: World, id: UUID, context: Context) -> Volunteer:
    volunteer = world.get(Volunteer, id)
    context.by.must_be(volunteer.community_id)
    return volunteer


def must_be_category(name: str, context: Context, field: str) -> None:
    rulebook = context.rulebooks.named(RULEBOOK)
    categories = rulebook.value("need.categories")
    if name not in categories:
        known = ", ".join(f"{name} {zh}" for name, zh in categories.items())
        raise Refused("unknown_category", rulebook.source("need.categories"), status=422, field=field, known=known)


def _offered(offer: Offer, community_id: PartyId, id: UUID, context: Context) -> VolunteerOffered:
    for place, skill in enumerate(offer.skills):
        must_be_category(skill, context, f"skills.{place}")
    must_be_public(offer.other, "other")
    return VolunteerOffered(
        community_id=community_id,
        volunteer_id=id,
        skills=tuple(dict.fromkeys(offer.skills)),
        other=offer.other,
        minutes_a_week=offer.minutes_a_week,
        on=context.today,
    )


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case VolunteerRegistered():
            new = Volunteer(
                id=fact.volunteer_id,
                community_id=fact.community_id,
                division=fact.division,
                person_id=fact.person_id,
                registered_on=fact.on,
            )
            return (new,)
        case VolunteerKept():
            return (
                Applicant(
                    id=fact.volunteer_id,
                    community_id=fact.community_id,
                    key=fact.key,
                    sealed=fact.sealed,
                    asked=(),
                ),
            )
        case ApplicantErased():
            erased = world.find(Volunteer, fact.applicant_id)
            return () if erased is None else (replace(erased, erased_on=fact.on, other=(), person_id=None),)
        case VolunteerOffered():
            volunteer = world.get(Volunteer, fact.volunteer_id)
            minutes = fact.minutes_a_week
            return (replace(volunteer, skills=fact.skills, other=fact.other, minutes_a_week=minutes),)
        case VolunteerWithdrawn():
            return (replace(world.get(Volunteer, fact.volunteer_id), withdrawn_on=fact.on),)
        case _:
            return ()
