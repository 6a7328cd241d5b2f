"""From opening to award: the tender's terms, sealed bids, scores and ranking."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from schemas.clauses import NO_CLAUSES, Clauses
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model, up_to
from schemas.money import Money
from schemas.project import Brief, ProjectFact, Refusal
from schemas.quotation import Quotation
from schemas.term import PlannedTerm
from schemas.tranche import TranchePlan

Points = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2), up_to(1000)]
"""Score points, two decimals, exact."""


class Criterion(Model):
    """One quality criterion and the most points it can bring."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    points: Points


class Terms(Model):
    """What the tender fixes for itself within the rulebook's bounds; price points and criteria make 100."""

    price_points: Points
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=20)]
    tranche_plan: TranchePlan
    requirements: Annotated[str, Field(min_length=1, max_length=5000)]
    clauses: Clauses = NO_CLAUSES
    term: PlannedTerm | None = None
    """none: the rulebook's usual one"""


class TenderOpened(ProjectFact):
    """The project is open for bids until `closes_at`, which is exclusive."""

    type: ClassVar[str] = "tender.opened"
    version: ClassVar[int] = 3

    brief: Brief
    ceiling: Money
    terms: Terms
    closes_at: datetime
    rulebook: str


class BidSealed(ProjectFact):
    """A sealed bid is in: its id and the SHA-256 of the plain content with its salt; never the bidder."""

    type: ClassVar[str] = "bid.sealed"

    bid_id: BidId
    digest: str


class BidWithdrawn(ProjectFact):
    type: ClassVar[str] = "bid.withdrawn"

    bid_id: BidId


class TenderClosed(ProjectFact):
    type: ClassVar[str] = "tender.closed"

    bids: int


class TenderVoided(ProjectFact):
    """No award comes of this tender; the reservation is to be released. Sealed bids stay sealed."""

    type: ClassVar[str] = "tender.voided"

    code: str
    source: str


class BidContent(Model):
    """What a bidder seals. `salt` is 32 random bytes in hex, so that nobody finds the price by guessing at the digest.

    The digest of a bid is the SHA-256 of this in canonical JSON (`schemas.canonical`); a bid without a priced list has
    no field for one there.
    """

    project_id: ProjectId
    bidder_id: PartyId
    price: Annotated[Money, Field(repr=False)]
    proposal: Annotated[str, Field(repr=False)]
    salt: Annotated[str, Field(repr=False)]
    quotation: Annotated[Quotation | None, Field(repr=False)] = None

    @model_serializer(mode="wrap")
    def _as_sealed(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """As digests from before there were priced lists were made."""
        fields: dict[str, Any] = plain(self)
        if self.quotation is None:
            del fields["quotation"]
        return fields


class OpenedBid(Model):
    """A bid after opening. `digest` lets anyone check the `BidContent` it was made of against what was sealed."""

    bid_id: BidId
    bidder_id: PartyId
    price: Money
    proposal: str
    salt: str
    digest: str


class BidsOpened(ProjectFact):
    """What was sealed. Very many bids come as several such facts, each small enough for the broker."""

    type: ClassVar[str] = "bids.opened"

    bids: tuple[OpenedBid, ...]


class Verdict(Model):
    """Whether a bid takes part, why, and how its bidder stood on the day of signing."""

    bid_id: BidId
    bidder_verified: bool
    bidder_suspended: bool
    certificate_until: date | None
    """until when a social worker's certificate is registered; none for an organization"""
    qualified: bool
    reason: str


class BidsQualified(ProjectFact):
    """A person checked every bidder's standing and signed."""

    type: ClassVar[str] = "bids.qualified"

    signed_by: PartyId
    verdicts: tuple[Verdict, ...]


class BidScore(Model):
    """One evaluator's points for one bid, by criterion id."""

    bid_id: BidId
    points: dict[str, Points]


class ScoresEntered(ProjectFact):
    type: ClassVar[str] = "scores.entered"

    evaluator_id: PartyId
    scores: tuple[BidScore, ...]


class RankableBid(Model):
    """A qualified bid as matching needs it; `quality` holds each evaluator's total over the criteria."""

    bid_id: BidId
    bidder_id: PartyId
    price: Money
    quality: tuple[Points, ...]


class ScoringClosed(ProjectFact):
    """All scores are in; matching may rank."""

    type: ClassVar[str] = "scoring.closed"

    price_points: Points
    bids: tuple[RankableBid, ...]
    rulebook: str


class RankedBid(Model):
    """A place in the ranking with its arithmetic: price ÷ base × points, mean of the quality totals."""

    rank: int
    bid_id: BidId
    bidder_id: PartyId
    price: Money
    price_points: Points
    quality_points: Points
    total: Points
    arithmetic: str


class BidsRanked(ProjectFact):
    """Advice by the comprehensive scoring method (综合评分法); 财政部令第87号 第五十五条 gives the price formula."""

    type: ClassVar[str] = "bids.ranked"

    base_price: Money
    ranking: tuple[RankedBid, ...]


class AwardProposed(ProjectFact):
    """Matching proposes the first of the ranking. People decide."""

    type: ClassVar[str] = "award.proposed"

    bid_id: BidId
    bidder_id: PartyId
    price: Money


class RankingRefused(Refusal):
    type: ClassVar[str] = "ranking.refused"


class AwardConfirmed(ProjectFact):
    """The buyer chose; carries all that an agreement is drafted from."""

    type: ClassVar[str] = "award.confirmed"
    version: ClassVar[int] = 3

    brief: Brief
    bid_id: BidId
    provider_id: PartyId
    price: Money
    proposal_digest: str
    """the digest of the chosen bid, as it was sealed"""
    terms: Terms
    chosen_by: PartyId
    rulebook: str
