"""What registry remembers of the records of organizations, communities and social workers: with both dates, and who
entered each.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.community import BodyRecord, FiguresRecord, PostRecord
from schemas.deciding import State, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import (
    CapabilityRecord,
    CapacityRecord,
    DirectoryRecord,
    DocumentRecord,
    EndCause,
    GradeRecord,
    ListRecord,
)
from schemas.worker import RenewalRecord

MOST_SUBJECTS = 200
"""An answer shows the record of each subject that holds, so that their number has a limit; a platform limit, no law."""
MOST_ENDINGS = 20
"""endings of one record that were turned down; a platform limit, no law"""


class Standing(StrEnum):
    VERIFIED = "verified"
    SUSPENDED = "suspended"


class StandingRecord(Model):
    """Registry's own: what was decided on whether the party may act."""

    kind: Literal["standing"] = "standing"
    standing: Standing

    @property
    def subject(self) -> str:
        return self.kind


AnyContent = Annotated[
    GradeRecord
    | ListRecord
    | CapabilityRecord
    | CapacityRecord
    | DirectoryRecord
    | DocumentRecord
    | StandingRecord
    | FiguresRecord
    | BodyRecord
    | PostRecord
    | RenewalRecord,
    Field(discriminator="kind"),
]


class Entered(Model):
    """By whom and when; and by whom else, when it was recorded thereby. None: it waits."""

    by: UUID
    at: datetime
    confirmed_by: UUID | None = None
    recorded_on: date | None = None
    """the day in China from which it is known"""


class Ending(Model):
    """A record holds no longer from `on`."""

    on: date
    cause: EndCause
    reason: str
    document: str | None
    entered: Entered


class Rejection(Model):
    """The second person did not agree: to the record, or to this ending of it."""

    ending: Ending | None
    reason: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(State):
    """`number` counts an organization's records in the order in which they were entered."""

    party_id: PartyId
    number: int
    content: AnyContent
    subject: str
    valid_from: date
    valid_until: date | None
    ground: str
    document: str | None
    removable_from: date | None
    """of a credit list: the earliest day it comes off without being remedied"""
    entered: Entered
    recorded_on: date | None
    """as in `entered`"""
    ending: Ending | None = None
    rejections: tuple[Rejection, ...] = ()

    @property
    def rejected(self) -> bool:
        return any(one.ending is None for one in self.rejections)

    @property
    def waits(self) -> bool:
        """For another person to confirm it, or its ending."""
        if self.recorded_on is None:
            return not self.rejected
        return self.ending is not None and self.ending.entered.recorded_on is None

    @property
    def ended(self) -> bool:
        return self.ending is not None and self.ending.entered.recorded_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier(State):
    """What an organization's records have in common; `id` is the organization. Locked by whoever enters one."""

    records: int = 0
    subjects: frozenset[str] = field(default_factory=frozenset)
    waiting: frozenset[str] = field(default_factory=frozenset)
    """subjects with an entry that nobody has confirmed or turned down yet"""
    incubation: UUID | None = None
    """the one that runs"""


class RecordEntered(Note):
    record_id: UUID
    party_id: PartyId
    number: int
    content: AnyContent
    valid_from: date
    valid_until: date | None
    ground: str
    document: str | None
    removable_from: date | None
    entered: Entered


class RecordConfirmed(Note):
    record_id: UUID
    by: UUID
    on: date


class EndingEntered(Note):
    record_id: UUID
    ending: Ending


class EndingConfirmed(Note):
    record_id: UUID
    by: UUID
    on: date


class RecordRejected(Note):
    """What waits of it."""

    record_id: UUID
    reason: str
    by: UUID
    at: datetime


def dossier_of(world: World, party_id: UUID) -> Dossier:
    return world.find(Dossier, party_id) or Dossier(id=party_id)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case RecordEntered():
            return _entered(world, fact)
        case RecordConfirmed():
            record = world.get(Record, fact.record_id)
            entered = record.entered.model_copy(update={"confirmed_by": fact.by, "recorded_on": fact.on})
            return (replace(record, entered=entered, recorded_on=fact.on), _settled(world, record))
        case EndingEntered():
            return (replace(world.get(Record, fact.record_id), ending=fact.ending),)
        case EndingConfirmed():
            record = world.get(Record, fact.record_id)
            assert record.ending is not None, f"no ending of record {record.id} waits"
            entered = record.ending.entered.model_copy(update={"confirmed_by": fact.by, "recorded_on": fact.on})
            return (replace(record, ending=record.ending.model_copy(update={"entered": entered})),)
        case RecordRejected():
            return _rejected(world, fact)
        case _:
            return ()


def _entered(world: World, fact: RecordEntered) -> tuple[State, ...]:
    subject, dossier = fact.content.subject, dossier_of(world, fact.party_id)
    record = Record(
        id=fact.record_id,
        party_id=fact.party_id,
        number=fact.number,
        content=fact.content,
        subject=subject,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        ground=fact.ground,
        document=fact.document,
        removable_from=fact.removable_from,
        entered=fact.entered,
        recorded_on=fact.entered.recorded_on,
    )
    waiting = dossier.waiting if fact.entered.recorded_on else dossier.waiting | {subject}
    kept = replace(dossier, records=fact.number, subjects=dossier.subjects | {subject}, waiting=waiting)
    return (record, kept)


def _rejected(world: World, fact: RecordRejected) -> tuple[State, ...]:
    record = world.get(Record, fact.record_id)
    rejection = Rejection(ending=record.ending, reason=fact.reason, by=fact.by, at=fact.at)
    kept = replace(record, ending=None, rejections=(*record.rejections, rejection))
    return (kept,) if rejection.ending is not None else (kept, _settled(world, record))


def _settled(world: World, record: Record) -> Dossier:
    dossier = dossier_of(world, record.party_id)
    return replace(dossier, waiting=dossier.waiting - {record.subject})
