"""Needs that are one: joined and parted again by people, each with its number; and what a grid patrol reports."""

from datetime import date
from typing import Annotated, ClassVar, NewType
from uuid import UUID

from pydantic import Field

from schemas.ids import NeedId, PartyId
from schemas.need import NeedFact
from schemas.party import DivisionCode

ReportId = NewType("ReportId", UUID)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class NeedMerged(NeedFact):
    """Staff found two needs to be one. The number of the one that joins answers with the story of the other."""

    type: ClassVar[str] = "need.merged"

    need_id: NeedId
    into: NeedId
    on: date
    reason: str


class NeedSeparated(NeedFact):
    type: ClassVar[str] = "need.separated"

    need_id: NeedId
    parted_from: NeedId
    on: date
    reason: str


class GridReported(NeedFact):
    """A patrol (网格员巡查) found something: it becomes a need, or joins one that is known."""

    type: ClassVar[str] = "grid.reported"

    report_id: ReportId
    grid: str
    """number of the grid, as the community counts them"""
    division: DivisionCode
    patrolled_on: date
    reported_by: PartyId
    finding: str
    photos: tuple[Sha256, ...]
    need_id: NeedId
    joined: bool
    """the need was known before"""
