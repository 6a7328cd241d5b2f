"""Who judges the bids of a tender: a committee by the provincial library's record, or by a draw anyone can re-run."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.project import ProjectFact


class Seat(StrEnum):
    EXPERT = "expert"
    BUYER = "buyer"
    """the buyer's representative"""


class Member(Model):
    evaluator_id: PartyId
    seat: Seat


class Ground(StrEnum):
    """Why an evaluator recuses: 政府采购法实施条例 第九条."""

    EMPLOYMENT = "employment"
    CONTROL = "control"
    KINSHIP = "kinship"
    DISPUTE = "dispute"


class Passed(StrEnum):
    """Why somebody of the pool was passed over."""

    RECUSED = "recused"
    """declared so"""
    TIED = "tied"
    """registry knows a tie to a bidder, or it bids itself"""
    TERMS = "terms"
    """drafted or approved the terms"""
    STANDING = "standing"
    """not verified, or suspended"""


class PassedOver(Model):
    evaluator_id: PartyId
    why: Passed


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CommitteeImported(ProjectFact):
    """The record of the provincial library's draw, as the buyer entered it; in place of any committee before."""

    type: ClassVar[str] = "committee.imported"

    record_number: str
    drawn_on: date
    pool: str
    """the library's name for what it drew from"""
    members: tuple[Member, ...]
    entered_by: PartyId


class DrawCommitted(ProjectFact):
    """Before the deadline for bids: the pool, how many are drawn, and the digest of a secret told at the draw."""

    type: ClassVar[str] = "draw.committed"

    pool: tuple[PartyId, ...]
    seats: int
    representative: PartyId | None
    """of the buyer; not drawn"""
    commitment: Digest
    committed_by: PartyId


class ExpertsDrawn(ProjectFact):
    """All that is needed to draw again, see `services.tenders.rules.committee.lot`.

    A later one replaces who recused: same seed, same order, more of the pool passed over.
    """

    type: ClassVar[str] = "experts.drawn"

    secret: Digest
    digests: tuple[str, ...]
    """of the bids that stood at the deadline, sorted"""
    seed: Digest
    order: tuple[PartyId, ...]
    """the whole pool"""
    passed: tuple[PassedOver, ...]
    members: tuple[Member, ...]


class ExpertRecused(ProjectFact):
    """One of the pool or the committee steps back. To which bidder the tie is stays its own business."""

    type: ClassVar[str] = "expert.recused"

    evaluator_id: PartyId
    ground: Ground
    ended_on: date | None
    """when the relation ended; none: it has not"""
