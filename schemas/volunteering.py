"""Volunteers (志愿者) and what they do for a need: always free of charge, with the minutes and who confirmed them.

A volunteer is a random number. Name and telephone lie sealed beside those of applicants, and are erased the same way.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import NeedId, PartyId
from schemas.need import NeedFact
from schemas.party import DivisionCode
from schemas.sharing import ResourceId


class Means(StrEnum):
    """What met a need."""

    VOLUNTEERS = "volunteers"
    RESOURCE = "resource"


class VolunteerRegistered(NeedFact):
    type: ClassVar[str] = "volunteer.registered"

    volunteer_id: UUID
    division: DivisionCode
    """where the volunteer lives"""
    under_14: bool
    """then a guardian has consented"""
    person_id: PartyId | None
    """of one who also works here under a key, and so never confirms the own hours"""
    on: date
    registered_by: PartyId


class VolunteerOffered(NeedFact):
    """What a volunteer can do and for how long; the last word counts."""

    type: ClassVar[str] = "volunteer.offered"

    volunteer_id: UUID
    skills: tuple[str, ...]
    """of the rulebook's `need.categories`"""
    other: tuple[str, ...]
    """in the volunteer's own words"""
    minutes_a_week: int
    on: date


class VolunteerWithdrawn(NeedFact):
    """At will; what was done stays on record."""

    type: ClassVar[str] = "volunteer.withdrawn"

    volunteer_id: UUID
    on: date


class TaskOffered(NeedFact):
    """A need that goes to volunteers. The task has the id of the need."""

    type: ClassVar[str] = "task.offered"

    need_id: NeedId
    tracking_number: str
    skill: str
    """of the rulebook's `need.categories`"""
    division: DivisionCode
    day: date
    wanted: int
    """volunteers"""
    minutes: int
    """expected of each"""
    on: date
    offered_by: PartyId


class TaskWithdrawn(NeedFact):
    """Nobody was on it; it may be offered again."""

    type: ClassVar[str] = "task.withdrawn"

    need_id: NeedId
    reason: str
    on: date
    withdrawn_by: PartyId


class VolunteerAssigned(NeedFact):
    type: ClassVar[str] = "volunteer.assigned"

    need_id: NeedId
    volunteer_id: UUID
    skilled: bool
    minutes_left: int
    """that week, before this task"""
    levels_apart: int
    """0: the same community, 1: the same street, 2: the same county, 3: farther"""
    on: date
    assigned_by: PartyId


class VolunteerAccepted(NeedFact):
    """Said at the counter, and written down by staff."""

    type: ClassVar[str] = "volunteer.accepted"

    need_id: NeedId
    volunteer_id: UUID
    on: date
    recorded_by: PartyId


class VolunteerReleased(NeedFact):
    """Declined, or cannot come; before anything was recorded."""

    type: ClassVar[str] = "volunteer.released"

    need_id: NeedId
    volunteer_id: UUID
    reason: str
    on: date
    released_by: PartyId


class ServiceRecorded(NeedFact):
    type: ClassVar[str] = "service.recorded"

    need_id: NeedId
    volunteer_id: UUID
    tracking_number: str
    day: date
    minutes: int
    beneficiary_id: UUID | None
    """the applicant who confirmed it; none: staff did"""
    on: date
    recorded_by: PartyId


class ServiceCorrected(NeedFact):
    """By another person than the one who recorded it last."""

    type: ClassVar[str] = "service.corrected"

    need_id: NeedId
    volunteer_id: UUID
    before: int
    minutes: int
    reason: str
    on: date
    corrected_by: PartyId


class NeedMet(NeedFact):
    """By volunteers, with their minutes in all, or by something a resident unit shares."""

    type: ClassVar[str] = "need.met"

    need_id: NeedId
    means: Means
    volunteers: int
    minutes: int
    resource_id: ResourceId | None
    text: str
    on: date
    confirmed_by: PartyId


class CertificateIssued(NeedFact):
    """A certificate of the volunteer's record, free of charge. The name stands on the paper and nowhere here."""

    type: ClassVar[str] = "volunteer_certificate.issued"

    certificate_id: UUID
    volunteer_id: UUID
    number: str
    services: int
    minutes: int
    until: date
    """the last day that was counted"""
    digest: str
    """SHA-256 of the paper, which holds a code only this installation can compute: no name can be guessed from it"""
    on: date
    issued_by: PartyId
