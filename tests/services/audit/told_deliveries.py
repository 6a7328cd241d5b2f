"""The end of a story: agreement, payments, deliveries, grade and result."""

from decimal import Decimal

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
    FundsCommitted,
    PaymentOrdered,
    ProjectSettled,
    TranchePaid,
    TrancheReleased,
)
from schemas.ids import PaymentId
from schemas.money import ZERO, Money
from tests.services.audit.parts import BOOK, DIGEST, PRICE, Parts, id_of


class DeliveryTold(Parts):
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
        payment = PaymentId(id_of(self.contract, str(number)))
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
