"""One project's whole story as facts, from the need to the published result."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from schemas.contract import (
    Agreement,
    ContractDrafted,
    ContractEndorsed,
    ContractSigned,
    Evidence,
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneSubmitted,
    ProjectPublished,
)
from schemas.evaluation import MilestoneRated, PartyRated, ProjectGraded
from schemas.fact import Fact
from schemas.fund import (
    FundAppropriated,
    FundsCommitted,
    PaymentOrdered,
    ProjectSettled,
    SourceType,
    TranchePaid,
    TrancheReleased,
)
from schemas.ids import BallotId, BidId, ContractId, FundAccountId, LotId, NeedId, PartyId, PaymentId, project_of
from schemas.money import ZERO, Money
from schemas.need import (
    BallotClosed,
    BallotItem,
    BallotOpened,
    CountedItem,
    NeedChosen,
    NeedPosted,
    NeedRouted,
    Origin,
    Route,
)
from schemas.pabulib import VoteType
from schemas.project import Brief, BudgetReserved, FundShare, LotShare, ProjectApproved, ProjectProposed
from schemas.tender import (
    AwardConfirmed,
    AwardProposed,
    BidScore,
    BidSealed,
    BidsOpened,
    BidsQualified,
    BidsRanked,
    Criterion,
    OpenedBid,
    RankableBid,
    RankedBid,
    ScoresEntered,
    ScoringClosed,
    TenderClosed,
    TenderOpened,
    Terms,
    Verdict,
)
from schemas.tranche import Gate, PlannedTranche, TranchePlan

DIGEST = "a" * 64
BOOK = "b" * 64
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CEILING, PRICE = Money(100_000), Money(90_000)


def _id(seed: UUID, name: str) -> UUID:
    return uuid5(seed, name)


class Told:
    """The facts of one project; `by` says which service said each."""

    def __init__(self, seed: UUID | None = None) -> None:
        seed = seed or uuid4()
        self.need, self.ballot = NeedId(_id(seed, "need")), BallotId(_id(seed, "ballot"))
        self.community, self.funder = PartyId(_id(seed, "community")), PartyId(_id(seed, "funder"))
        self.provider, self.person = PartyId(_id(seed, "provider")), PartyId(_id(seed, "person"))
        self.other, self.evaluator = PartyId(_id(seed, "other")), PartyId(_id(seed, "evaluator"))
        self.project = project_of(self.ballot, self.need)
        self.contract, self.bid = ContractId(_id(seed, "contract")), BidId(_id(seed, "bid"))
        self.accounts = [FundAccountId(_id(seed, f"account {i}")) for i in (1, 2)]
        self.lots = [LotId(_id(seed, f"lot {i}")) for i in (1, 2)]
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
        self.by: list[tuple[str, Fact]] = [
            *self._need(),
            *self._money_in(),
            *self._tender(),
            *self._award(),
            *self._contract(),
            *self._delivery(),
        ]

    @property
    def facts(self) -> list[Fact]:
        return [fact for _, fact in self.by]

    def shares(self, first: int, second: int) -> tuple[FundShare, ...]:
        return tuple(
            FundShare(account_id=account, amount=Money(fen), lots=(LotShare(lot_id=lot, amount=Money(fen)),))
            for account, lot, fen in zip(self.accounts, self.lots, (first, second), strict=True)
        )

    def _need(self) -> list[tuple[str, Fact]]:
        about: dict[str, Any] = self.brief.model_dump(include={"category", "division", "beneficiaries", "title"})
        chosen = CountedItem(need_id=self.need, cost=CEILING, votes=3, points=3, chosen=True)
        facts: list[Fact] = [
            NeedPosted(
                community_id=self.community,
                need_id=self.need,
                tracking_number="320508-0001-0001-0001",
                origin=Origin.RESIDENT,
                description="老人上下楼不便",
                **about,
            ),
            NeedRouted(
                community_id=self.community, need_id=self.need, route=Route.PROJECT, reason="需要资金", source="示例"
            ),
            BallotOpened(
                community_id=self.community,
                ballot_id=self.ballot,
                funder_id=self.funder,
                items=(BallotItem(need_id=self.need, cost=CEILING),),
                budget=CEILING,
                tally_rule="greedy",
                vote_type=VoteType.APPROVAL,
                min_choices=1,
                max_choices=1,
                points=None,
                threshold=0,
                closes_at=NOON,
                rulebook=BOOK,
            ),
            BallotClosed(
                community_id=self.community,
                ballot_id=self.ballot,
                votes=3,
                digest=DIGEST,
                chosen=(self.need,),
                counted=(chosen,),
                arithmetic="3 > 0",
            ),
            NeedChosen(
                community_id=self.community,
                ballot_id=self.ballot,
                need_id=self.need,
                project_id=self.project,
                funder_id=self.funder,
                cost=CEILING,
                votes=3,
                **about,
            ),
        ]
        return [("needs", fact) for fact in facts]

    def _money_in(self) -> list[tuple[str, Fact]]:
        kinds = (SourceType.BUDGET, SourceType.LOTTERY)
        return [
            (
                "funds",
                FundAppropriated(
                    account_id=account,
                    lot_id=lot,
                    funder_id=self.funder,
                    source_type=kind,
                    budget_line="2080208",
                    amount=Money(500_000),
                    restricted_to=None,
                ),
            )
            for account, lot, kind in zip(self.accounts, self.lots, kinds, strict=True)
        ]

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

    def _contract(self) -> list[tuple[str, Fact]]:
        p, tranches = self.project, self.terms.tranche_plan.of(PRICE)
        agreement = Agreement(
            contract_id=self.contract,
            brief=self.brief,
            provider_id=self.provider,
            price=PRICE,
            tranches=tranches,
            requirements="装到位",
            proposal_digest=DIGEST,
            rulebook=BOOK,
        )
        signed = ContractSigned(
            project_id=p,
            contract_id=self.contract,
            funder_id=self.funder,
            community_id=self.community,
            provider_id=self.provider,
            price=PRICE,
            tranches=tranches,
            digest=DIGEST,
            rulebook=BOOK,
        )
        return [
            ("contracts", ContractDrafted(project_id=p, agreement=agreement, digest=DIGEST)),
            *(
                (
                    "contracts",
                    ContractEndorsed(
                        project_id=p, contract_id=self.contract, party_id=party, signed_by=self.person, digest=DIGEST
                    ),
                )
                for party in (self.provider, self.funder)
            ),
            ("contracts", signed),
            (
                "funds",
                FundsCommitted(
                    project_id=p, price=PRICE, shares=self.shares(54_000, 36_000), released=self.shares(6_000, 4_000)
                ),
            ),
            *self._paid(1, 27_000, 18_000),
        ]

    def _paid(self, number: int, first: int, second: int, withheld: Money = ZERO) -> list[tuple[str, Fact]]:
        amount, shares = Money(first + second), self.shares(first, second)
        payment = PaymentId(_id(self.contract, str(number)))
        return [
            (
                "funds",
                TrancheReleased(
                    project_id=self.project,
                    number=number,
                    amount=amount,
                    withheld=withheld,
                    payee_id=self.provider,
                    shares=shares,
                ),
            ),
            (
                "funds",
                PaymentOrdered(
                    project_id=self.project,
                    payment_id=payment,
                    number=number,
                    amount=amount,
                    payee_id=self.provider,
                    shares=shares,
                    file_digest=DIGEST,
                ),
            ),
            (
                "funds",
                TranchePaid(
                    project_id=self.project, payment_id=payment, number=number, amount=amount, receipt_digest=DIGEST
                ),
            ),
        ]

    def _milestone(self, milestone: Milestone) -> list[tuple[str, Fact]]:
        p, evidence = self.project, (Evidence(digest=DIGEST, description="照片"),)
        return [
            (
                "contracts",
                MilestoneSubmitted(project_id=p, milestone=milestone, evidence=evidence, submitted_by=self.provider),
            ),
            ("contracts", MilestoneConfirmed(project_id=p, milestone=milestone, confirmed_by=self.other)),
            ("contracts", MilestoneAccepted(project_id=p, milestone=milestone, accepted_by=self.person)),
        ]

    def _delivery(self) -> list[tuple[str, Fact]]:
        """The grade is worth 90 % of the last tranche."""
        p = self.project
        return [
            *self._milestone(Milestone.MID_TERM),
            *self._paid(2, 21_600, 14_400),
            *self._milestone(Milestone.FINAL),
            ("evaluation", PartyRated(project_id=p, rater_id=self.funder, rated_id=self.provider, score=Decimal(70))),
            (
                "evaluation",
                MilestoneRated(
                    project_id=p, milestone=Milestone.FINAL, ratings=12, mean=Decimal("71.50"), digest=DIGEST
                ),
            ),
            (
                "evaluation",
                ProjectGraded(
                    project_id=p,
                    score=Decimal("71.00"),
                    grade="合格",
                    factor_percent=90,
                    arithmetic="…",
                    rulebook=BOOK,
                ),
            ),
            *self._paid(3, 4_860, 3_240, withheld=Money(900)),
            (
                "funds",
                ProjectSettled(
                    project_id=p, paid=Money(89_100), returned=Money(900), shares_returned=self.shares(540, 360)
                ),
            ),
            (
                "contracts",
                ProjectPublished(
                    project_id=p,
                    contract_id=self.contract,
                    provider_id=self.provider,
                    price=PRICE,
                    paid=Money(89_100),
                    returned=Money(900),
                    grade="合格",
                ),
            ),
        ]
