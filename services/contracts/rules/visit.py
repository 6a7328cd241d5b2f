"""Visits: who served whom, when and where. The one served is a token's digest, never a person."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID, uuid5

from schemas.canonical import canonical
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.deciding import State
from schemas.delivery import VoidReason
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId

_DIARIES = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000006")


class VisitKind(StrEnum):
    HOME = "home"
    """上门"""
    CENTRE = "centre"
    """到站点"""
    ACTIVITY = "activity"
    """集体活动"""
    PHONE = "phone"
    """电话"""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(State):
    """One row. `number` counts from 1 in its batch; `token` is the SHA-256 (hex) of a beneficiary's token."""

    batch_id: UUID
    project_id: ProjectId
    provider_id: PartyId
    milestone: Milestone
    number: int
    worker_id: PartyId
    token: str
    starts_at: datetime
    ends_at: datetime
    """exclusive"""
    division: str
    kind: VisitKind

    @property
    def minutes(self) -> int:
        return minutes_between(self.starts_at, self.ends_at)

    @property
    def diaries(self) -> tuple[UUID, ...]:
        return tuple(diaries_of(self.worker_id, self.token, self.starts_at, self.ends_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBatch(State):
    """What was handed in at once, all or nothing, under the provider's own `reference`."""

    project_id: ProjectId
    milestone: Milestone
    reference: str
    rows_digest: str
    """SHA-256 of the canonical JSON of the rows: the same batch again changes nothing"""
    visits: int
    minutes: int
    tokens: int
    recorded_by: PartyId
    voided: VoidReason | None = None


@dataclass(frozen=True, slots=True)
class VisitTotals:
    """Of the visits that count: how many, their minutes, how many different tokens and workers."""

    visits: int = 0
    minutes: int = 0
    tokens: int = 0
    workers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSums(State):
    """The totals of a project, added up from its rows when it is loaded; the id is the project's."""

    of: Mapping[Milestone, VisitTotals] = field(default_factory=dict)


class VisitsCounted(Note):
    """What the visits add up to at the submission; after it none is recorded or voided."""

    project_id: ProjectId
    milestone: Milestone
    totals: VisitTotals


@dataclass(frozen=True, slots=True)
class Engagement:
    """Somebody is at a place for a while."""

    starts_at: datetime
    ends_at: datetime
    division: str

    def overlaps(self, other: "Engagement") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary(State):
    """One day of a worker or a token, over all projects of one provider. It stands for no row of its own."""

    engagements: tuple[Engagement, ...]


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes; what is begun does not count."""
    return (ends_at - starts_at) // timedelta(minutes=1)


def worker_diaries(worker_id: UUID, starts_at: datetime, ends_at: datetime) -> Iterator[UUID]:
    return _diaries(f"worker/{worker_id}", starts_at, ends_at)


def token_diaries(token: str, starts_at: datetime, ends_at: datetime) -> Iterator[UUID]:
    return _diaries(f"token/{token}", starts_at, ends_at)


def diaries_of(worker_id: UUID, token: str, starts_at: datetime, ends_at: datetime) -> Iterator[UUID]:
    yield from worker_diaries(worker_id, starts_at, ends_at)
    yield from token_diaries(token, starts_at, ends_at)


def _diaries(whose: str, starts_at: datetime, ends_at: datetime) -> Iterator[UUID]:
    """A visit is no longer than a day, so the days of its beginning and its end are all it touches."""
    for day in sorted({day_of(starts_at), day_of(ends_at)}):
        yield uuid5(_DIARIES, f"{whose}/{day}")


class Row(Protocol):
    """What of a visit its digest is over."""

    @property
    def division(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def kind(self) -> VisitKind: ...
    @property
    def token(self) -> str: ...
    @property
    def worker_id(self) -> PartyId: ...


def row_of(visit: Row) -> dict[str, Any]:
    """As it stands in digests: times in UTC."""
    return {
        "division": visit.division,
        "ends_at": visit.ends_at.astimezone(UTC).isoformat(),
        "kind": visit.kind,
        "starts_at": visit.starts_at.astimezone(UTC).isoformat(),
        "token": visit.token,
        "worker_id": str(visit.worker_id),
    }


def chained(digest: str, visits: Iterable[Row]) -> str:
    """The digest after these rows: SHA-256(digest so far ‖ canonical row), row by row."""
    for visit in visits:
        digest = sha256(digest.encode() + canonical(row_of(visit))).hexdigest()
    return digest
