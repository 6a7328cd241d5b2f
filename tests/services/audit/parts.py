"""Who and what a story is about: parties, ids, the brief, the terms, and whose money."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4, uuid5

from schemas.ids import BallotId, BidId, ContractId, FundAccountId, LotId, NeedId, PartyId, project_of
from schemas.money import Money
from schemas.project import Brief, FundShare, LotShare
from schemas.tender import (
    Criterion,
    Terms,
)
from schemas.tranche import Gate, PlannedTranche, TranchePlan

DIGEST = "a" * 64
BOOK = "b" * 64
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CEILING, PRICE = Money(100_000), Money(90_000)


def id_of(seed: UUID, name: str) -> UUID:
    return uuid5(seed, name)


class Parts:
    def __init__(self, seed: UUID | None = None) -> None:
        seed = seed or uuid4()
        self.need, self.ballot = NeedId(id_of(seed, "need")), BallotId(id_of(seed, "ballot"))
        self.community, self.funder = PartyId(id_of(seed, "community")), PartyId(id_of(seed, "funder"))
        self.provider, self.person = PartyId(id_of(seed, "provider")), PartyId(id_of(seed, "person"))
        self.other, self.evaluator = PartyId(id_of(seed, "other")), PartyId(id_of(seed, "evaluator"))
        self.project = project_of(self.ballot, self.need)
        self.contract, self.bid = ContractId(id_of(seed, "contract")), BidId(id_of(seed, "bid"))
        self.accounts = [FundAccountId(id_of(seed, f"account {i}")) for i in (1, 2)]
        self.lots = [LotId(id_of(seed, f"lot {i}")) for i in (1, 2)]
        self.brief = Brief(
            need_id=self.need,
            ballot_id=self.ballot,
            community_id=self.community,
            funder_id=self.funder,
            title="楼道扶手",
            category="health_elderly",
            division="320508001001",
            beneficiaries=80,
            cost=CEILING,
        )
        self.terms = Terms(
            price_points=Decimal(30),
            criteria=(Criterion(id="plan", name="方案", points=Decimal(70)),),
            tranche_plan=TranchePlan(
                tranches=(
                    PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
                    PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED),
                    PlannedTranche(share_percent=Decimal(10), gate=Gate.FINAL_GRADED),
                )
            ),
            requirements="装到位",
        )

    def shares(self, first: int, second: int) -> tuple[FundShare, ...]:
        return tuple(
            FundShare(account_id=account, amount=Money(fen), lots=(LotShare(lot_id=lot, amount=Money(fen)),))
            for account, lot, fen in zip(self.accounts, self.lots, (first, second), strict=True)
        )
