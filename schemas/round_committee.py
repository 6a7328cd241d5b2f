"""Who scores the applications of a venture round: drawn from a published pool so that anybody can draw again."""

from datetime import date
from typing import ClassVar

from schemas.committee import Digest, Ground, PassedOver
from schemas.ids import PartyId
from schemas.round import RoundFact


class RoundDrawCommitted(RoundFact):
    """Before the deadline for applications: the pool, how many are drawn, and the digest of a secret."""

    type: ClassVar[str] = "round_draw.committed"

    pool: tuple[PartyId, ...]
    seats: int
    commitment: Digest
    committed_by: PartyId


class RoundExpertsDrawn(RoundFact):
    """With the applications that stood at the deadline, all that is needed to draw again.

    A later one replaces who recused: same seed, same order, more of the pool passed over.
    """

    type: ClassVar[str] = "round_experts.drawn"

    secret: Digest
    seed: Digest
    order: tuple[PartyId, ...]
    """the whole pool"""
    passed: tuple[PassedOver, ...]
    members: tuple[PartyId, ...]


class RoundExpertRecused(RoundFact):
    """One of the pool or the committee steps back. To which applicant the tie is stays its own business."""

    type: ClassVar[str] = "round_expert.recused"

    evaluator_id: PartyId
    ground: Ground
    ended_on: date | None
    """when the relation ended; none: it has not"""
