"""A project whose funder planned indicators, whose money was paid and whose residents rated it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import Agreement, ContractDrafted, Milestone
from schemas.evaluation import ProjectGraded
from schemas.fund import ProjectSettled, TranchePaid
from schemas.ids import BallotId, ContractId, NeedId, PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import ZERO, Money
from schemas.project import Brief
from schemas.role import Actor
from schemas.rulebook import Rulebook
from schemas.self_evaluation import IndicatorGroup, PlannedIndicator
from schemas.tranche import Gate, Tranche
from services.evaluation import rules
from services.evaluation.consumer import both_of
from services.evaluation.rules import remembering
from services.evaluation.rules.drawing_up import DrawUpSelfEvaluation, draw_up
from services.evaluation.rules.planning import MeasureIndicator, PlanIndicators, measure, plan
from services.evaluation.rules.self_evaluation import SelfEvaluation, SelfEvaluationTable
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FUNDER,
    PROJECT,
    PROVIDER,
    Evaluated,
    a_signed_contract,
    a_submission,
    an_acceptance,
)

EVIDENCE = "e" * 64
PRICE = Money(100)


def an_indicator(
    id: str, points: str, planned: int = 100, group: IndicatorGroup = IndicatorGroup.OUTPUT
) -> PlannedIndicator:
    return PlannedIndicator(id=id, name=f"指标 {id}", unit="人次", planned=planned, points=Decimal(points), group=group)


MEALS = an_indicator("meals", "30", planned=2000)
VISITS = an_indicator("visits", "20", planned=300)
ALIVE = an_indicator("safe_at_home", "30", planned=40, group=IndicatorGroup.BENEFIT)
PLAN = (MEALS, VISITS, ALIVE)


def a_draft(
    project_id: ProjectId = PROJECT,
    *,
    funder_id: UUID = FUNDER.party_id,
    community_id: UUID = COMMUNITY.party_id,
    provider_id: UUID = PROVIDER.party_id,
    rulebook: str = BOOK.hash,
) -> ContractDrafted:
    brief = Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(community_id),
        funder_id=PartyId(funder_id),
        title="独居老人<助餐>",
        category="health_elderly",
        division="320508001001",
        beneficiaries=80,
        cost=PRICE,
    )
    agreement = Agreement(
        contract_id=ContractId(uuid4()),
        brief=brief,
        provider_id=PartyId(provider_id),
        price=PRICE,
        tranches=(Tranche(number=1, amount=PRICE, gate=Gate.FINAL_GRADED),),
        requirements="每日送餐",
        proposal_digest="d" * 64,
        rulebook=rulebook,
    )
    return ContractDrafted(project_id=project_id, agreement=agreement, digest="d" * 64)


def a_payment(amount: Money, project_id: ProjectId = PROJECT) -> TranchePaid:
    return TranchePaid(
        project_id=project_id, payment_id=PaymentId(uuid4()), number=1, amount=amount, receipt_digest="f" * 64
    )


def a_settlement(paid: Money, project_id: ProjectId = PROJECT) -> ProjectSettled:
    return ProjectSettled(project_id=project_id, paid=paid, returned=ZERO, shares_returned=())


def a_grade(project_id: ProjectId = PROJECT) -> ProjectGraded:
    return ProjectGraded(
        project_id=project_id,
        score=Decimal(80),
        grade="良好",
        factor_percent=100,
        arithmetic="…",
        rulebook=BOOK.hash,
    )


class SelfEvaluated(Evaluated):
    def __init__(self, book: Rulebook = BOOK) -> None:
        super().__init__(book)
        self.evolve = remembering.evolve
        self.world.ask([(SelfEvaluation, PROJECT), (SelfEvaluationTable, PROJECT)])

    @property
    def self_evaluation(self) -> SelfEvaluation:
        return self.world.get(SelfEvaluation, PROJECT)

    def plan(self, *indicators: PlannedIndicator, by: Actor = FUNDER) -> list[Model]:
        return self.do(plan, PlanIndicators(project_id=PROJECT, indicators=indicators or PLAN), by)

    def measure(self, id: str, actual: int, by: Actor = PROVIDER) -> list[Model]:
        command = MeasureIndicator(project_id=PROJECT, indicator_id=id, actual=actual, evidence_digest=EVIDENCE)
        return self.do(measure, command, by)

    def finish(self) -> None:
        """The window closes, extended or not, and the grade is final."""
        self.after(days=14).ring()
        if not self.evaluation.assessments:
            self.after(days=14).ring()
        self._put(a_grade())

    def draw_up(self, by: Actor = FUNDER) -> Any:
        command = DrawUpSelfEvaluation(project_id=PROJECT)
        return self.do(draw_up, command, by, both_of(command, PROJECT))[0]


def planned(book: Rulebook = BOOK, indicators: tuple[PlannedIndicator, ...] = PLAN) -> SelfEvaluated:
    story = SelfEvaluated(book)
    story.hear(a_draft())
    story.plan(*indicators)
    story.hear(a_signed_contract())
    return story


def delivered(book: Rulebook = BOOK, indicators: tuple[PlannedIndicator, ...] = PLAN) -> SelfEvaluated:
    story = planned(book, indicators)
    story.issue(*range(1, 11))
    story.hear(a_submission(Milestone.FINAL))
    return story


def over(
    actuals: Mapping[str, int],
    *,
    paid: Money = PRICE,
    satisfied: int = 10,
    dissatisfied: int = 0,
    book: Rulebook = BOOK,
    indicators: tuple[PlannedIndicator, ...] = PLAN,
) -> SelfEvaluated:
    """Delivered, rated by so many, graded, paid and settled, and all indicators measured."""
    story = delivered(book, indicators)
    said = [rules.Level.SATISFIED] * satisfied + [rules.Level.DISSATISFIED] * dissatisfied
    if said:
        story.rate(list(enumerate(said, start=1)))
    story.hear(an_acceptance(Milestone.FINAL))
    story.finish()
    for id, actual in actuals.items():
        story.measure(id, actual)
    story.hear(a_payment(paid))
    story.hear(a_settlement(paid))
    return story
