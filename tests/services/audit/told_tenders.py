"""The middle of a story: from the proposal to the award."""

from decimal import Decimal

from schemas.fact import Fact
from schemas.project import BudgetReserved, ProjectApproved, ProjectProposed
from schemas.tender import (
    AwardConfirmed,
    AwardProposed,
    BidScore,
    BidSealed,
    BidsOpened,
    BidsQualified,
    BidsRanked,
    OpenedBid,
    RankableBid,
    RankedBid,
    ScoresEntered,
    ScoringClosed,
    TenderClosed,
    TenderOpened,
    Verdict,
)
from tests.services.audit.parts import BOOK, CEILING, DIGEST, NOON, PRICE, Parts


class TenderTold(Parts):
    def _tender(self) -> list[tuple[str, Fact]]:
        p = self.project
        opened = OpenedBid(
            bid_id=self.bid, bidder_id=self.provider, price=PRICE, proposal="好", salt="00", digest=DIGEST
        )
        return [
            ("tenders", ProjectProposed(project_id=p, brief=self.brief)),
            (
                "tenders",
                ProjectApproved(
                    project_id=p,
                    brief=self.brief,
                    ceiling=CEILING,
                    shares=self.shares(60_000, 40_000),
                    drafted_by=self.person,
                    approved_by=self.other,
                    rulebook=BOOK,
                ),
            ),
            ("funds", BudgetReserved(project_id=p, ceiling=CEILING, shares=self.shares(60_000, 40_000))),
            (
                "tenders",
                TenderOpened(
                    project_id=p, brief=self.brief, ceiling=CEILING, terms=self.terms, closes_at=NOON, rulebook=BOOK
                ),
            ),
            ("tenders", BidSealed(project_id=p, bid_id=self.bid, digest=DIGEST)),
            ("tenders", TenderClosed(project_id=p, bids=1)),
            ("tenders", BidsOpened(project_id=p, bids=(opened,))),
        ]

    def _award(self) -> list[tuple[str, Fact]]:
        p = self.project
        verdict = Verdict(
            bid_id=self.bid,
            bidder_verified=True,
            bidder_suspended=False,
            certificate_until=None,
            qualified=True,
            reason="资料齐全",
        )
        rankable = RankableBid(bid_id=self.bid, bidder_id=self.provider, price=PRICE, quality=(Decimal(60),))
        ranked = RankedBid(
            rank=1,
            bid_id=self.bid,
            bidder_id=self.provider,
            price=PRICE,
            price_points=Decimal(30),
            quality_points=Decimal(60),
            total=Decimal(90),
            arithmetic="30 + 60",
        )
        return [
            ("tenders", BidsQualified(project_id=p, signed_by=self.person, verdicts=(verdict,))),
            (
                "tenders",
                ScoresEntered(
                    project_id=p,
                    evaluator_id=self.evaluator,
                    scores=(BidScore(bid_id=self.bid, points={"plan": Decimal(60)}),),
                ),
            ),
            ("tenders", ScoringClosed(project_id=p, price_points=Decimal(30), bids=(rankable,), rulebook=BOOK)),
            ("matching", BidsRanked(project_id=p, base_price=PRICE, ranking=(ranked,))),
            ("matching", AwardProposed(project_id=p, bid_id=self.bid, bidder_id=self.provider, price=PRICE)),
            (
                "tenders",
                AwardConfirmed(
                    project_id=p,
                    brief=self.brief,
                    bid_id=self.bid,
                    provider_id=self.provider,
                    price=PRICE,
                    proposal_digest=DIGEST,
                    terms=self.terms,
                    chosen_by=self.person,
                    rulebook=BOOK,
                ),
            ),
        ]
