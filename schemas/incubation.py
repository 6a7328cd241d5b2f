"""孵化: a hub takes in a young organization or a group on record, supports it, and lets it go when it stands."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId
from schemas.organization import Digest, Words
from schemas.party import PartyFact


class SupportKind(StrEnum):
    TRAINING = "training"
    """能力培训"""
    MENTORING = "mentoring"
    """督导、辅导"""
    SPACE = "space"
    """场地"""
    FUNDS = "funds"
    """资金对接"""
    GOVERNANCE = "governance"
    """章程、财务、登记代办"""


class IncubationEntered(PartyFact):
    """Of the organization that is taken in (`party_id`)."""

    type: ClassVar[str] = "incubation.entered"

    incubation_id: UUID
    hub_id: PartyId
    entered_on: date
    planned_until: date
    goal: Words


class IncubationSupported(PartyFact):
    """What the hub gave on one day; hours are whole."""

    type: ClassVar[str] = "incubation.supported"

    incubation_id: UUID
    on: date
    kind: SupportKind
    hours: Annotated[int, Field(ge=0, le=24)]
    note: Words


class IncubationGraduated(PartyFact):
    """出壳: it stands by itself; `became_id` is what it registered as, where that is another party."""

    type: ClassVar[str] = "incubation.graduated"

    incubation_id: UUID
    on: date
    result: Words
    document: Digest | None
    became_id: PartyId | None


class IncubationLeft(PartyFact):
    """It ended without graduation."""

    type: ClassVar[str] = "incubation.left"

    incubation_id: UUID
    on: date
    reason: Words
