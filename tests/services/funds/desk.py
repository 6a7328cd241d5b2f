"""The rules of funds at work in memory: what others say comes in, what funds says comes out."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import ContractSigned, Milestone, MilestoneAccepted
from schemas.deciding import Due, World
from schemas.evaluation import ProjectGraded
from schemas.fund import CorrectionReason, HoldPlaced, RefundReason, SourceType
from schemas.ids import BallotId, ContractId, FundAccountId, HoldId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import Brief, FundShare, ProjectApproved, ProjectDeclined
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.standing import Party
from schemas.tender import TenderVoided
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.funds import rules
from services.funds.consumer import HEARS, TIMERS
from services.funds.rules.appropriate import Appropriate, AppropriateMore, appropriate
from services.funds.rules.appropriate import refs as refs_of_appropriation
from services.funds.rules.corrections import CorrectTransfer, correct
from services.funds.rules.holds import LiftHold, PlaceHold, lift, place
from services.funds.rules.importing import import_receipts
from services.funds.rules.importing import refs as refs_of_receipts
from services.funds.rules.ledger import Account, Lot, Transfer
from services.funds.rules.order import OrderPayment, order
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.periods import (
    Books,
    ClosePeriod,
    FreezePeriod,
    PeriodSum,
    ReopenPeriod,
    close,
    freeze,
    reopen,
)
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import ImportReceipts, ReceiptLine
from services.funds.rules.refunds import RecordRefund, record, refund_of
from services.funds.rules.refunds import refs as refs_of_refund
from services.funds.rules.unrefunds import CorrectRefund
from services.funds.rules.unrefunds import correct as correct_refund
from services.funds.rules.unrefunds import refs as refs_of_refund_correction
from services.kit.rulebooks import shipped
from tests.support.pure import NOON, Story, an_actor

RULEBOOK: Rulebook = shipped().named("example/below-limit")
FUNDER = PartyId(uuid4())
FINANCE = an_actor(Role.FINANCE, FUNDER)
OTHER_FINANCE = an_actor(Role.FINANCE, FUNDER)
AUDITOR = an_actor(Role.AUDITOR)
PROVIDER = PartyId(uuid4())
CARE = "health_elderly"
CODES: dict[str, Any] = {"functional_code": "2080299", "economic_code": "50205"}
"""功能分类 and 经济分类 that public money arrives with"""
PLAN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
        PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED),
        PlannedTranche(share_percent=Decimal(10), gate=Gate.FINAL_GRADED),
    )
)


def a_brief(funder_id: PartyId = FUNDER, category: str = CARE) -> Brief:
    return Brief(
        need_id=NeedId(uuid4()),
        ballot_id=BallotId(uuid4()),
        community_id=PartyId(uuid4()),
        funder_id=funder_id,
        title="为老助餐",
        category=category,
        division="320508001001",
        beneficiaries=40,
        cost=Money(1_000_000),
    )


def an_approval(
    shares: dict[FundAccountId, int],
    *,
    project_id: ProjectId | None = None,
    ceiling: int | None = None,
    brief: Brief | None = None,
) -> ProjectApproved:
    return ProjectApproved(
        project_id=project_id or ProjectId(uuid4()),
        brief=brief or a_brief(),
        ceiling=Money(sum(shares.values()) if ceiling is None else ceiling),
        shares=tuple(FundShare(account_id=id, amount=Money(fen)) for id, fen in shares.items()),
        drafted_by=PartyId(uuid4()),
        approved_by=PartyId(uuid4()),
        rulebook=RULEBOOK.hash,
    )


def a_signing(project_id: ProjectId, price: int, plan: TranchePlan = PLAN) -> ContractSigned:
    return ContractSigned(
        project_id=project_id,
        contract_id=ContractId(uuid4()),
        funder_id=FUNDER,
        community_id=PartyId(uuid4()),
        provider_id=PROVIDER,
        price=Money(price),
        tranches=plan.of(Money(price)),
        digest="0" * 64,
        rulebook=RULEBOOK.hash,
    )


def an_acceptance(project_id: ProjectId, milestone: Milestone = Milestone.MID_TERM) -> MilestoneAccepted:
    return MilestoneAccepted(project_id=project_id, milestone=milestone, accepted_by=FUNDER)


def a_grade(project_id: ProjectId, factor_percent: int = 100) -> ProjectGraded:
    return ProjectGraded(
        project_id=project_id,
        score=Decimal(90),
        grade="优秀",
        factor_percent=factor_percent,
        arithmetic="",
        rulebook=RULEBOOK.hash,
    )


def voided(project_id: ProjectId) -> TenderVoided:
    return TenderVoided(project_id=project_id, code="too_few_bids", source="")


def declined(project_id: ProjectId) -> ProjectDeclined:
    return ProjectDeclined(project_id=project_id, reason="")


def a_line(project_id: ProjectId, number: int, fen: int, line_reference: str = "") -> ReceiptLine:
    return ReceiptLine(
        line_reference=line_reference or uuid4().hex,
        payment_reference=reference_of(project_id, number),
        amount=Money(fen),
        paid_on=date(2026, 3, 4),
    )


def day_of_lines(command: ImportReceipts) -> datetime:
    """Noon in China on the day of the last line: before that nobody can import it."""
    return datetime.combine(max(line.paid_on for line in command.lines), NOON.timetz())


def a_refund(project_id: ProjectId, fen: int, line_reference: str = "", **changes: Any) -> RecordRefund:
    command = RecordRefund(
        project_id=project_id,
        amount=Money(fen),
        received_on=date(2026, 3, 2),
        line_reference=line_reference or uuid4().hex,
        reason=RefundReason.AUDIT_FINDING,
        basis="审计报告〔2026〕5 号",
    )
    return command.model_copy(update=changes)


def a_correction(transfer_id: UUID, fen: int, funder_id: PartyId = FUNDER) -> CorrectTransfer:
    return CorrectTransfer(
        funder_id=funder_id,
        transfer_id=transfer_id,
        amount=Money(fen),
        reason=CorrectionReason.AMOUNT_TOO_LARGE,
        basis="更正单〔2026〕1 号",
    )


def a_refund_correction(project_id: ProjectId, line_reference: str, fen: int) -> CorrectRefund:
    return CorrectRefund(
        project_id=project_id,
        refund_id=refund_of(a_refund(project_id, 1, line_reference)),
        amount=Money(fen),
        reason=CorrectionReason.ENTERED_TWICE,
        basis="更正单〔2026〕2 号",
    )


def the_provider() -> Party:
    return Party(
        id=PROVIDER,
        kind=PartyKind.ORGANIZATION,
        name="示例社会服务中心",
        uscc="52340111XXXX00027P",
        division="340111",
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


@dataclass(slots=True)
class Desk:
    story: Story = field(default_factory=lambda: Story(evolve=rules.evolve, rulebook=RULEBOOK))

    def __post_init__(self) -> None:
        self.world.loaded(the_provider())

    @property
    def world(self) -> World:
        return self.story.world

    def hear(self, fact: Any) -> list[Model]:
        """What funds says to it; a refusal comes back as the fact it becomes."""
        reaction = HEARS[type(fact)]
        self.world.ask([*reaction.refs(fact, uuid4()), (Account, fact.project_id)])
        try:
            return self.story.do(reaction.decide, fact)
        except Refused as refused:
            assert reaction.refused is not None
            told = reaction.refused(
                project_id=fact.project_id,
                code=refused.code,
                source=(refused.source or Source("", Certainty.EXAMPLE)).text,
                reason_zh="",
                reason_en="",
            )
            for state in rules.evolve(self.world, told):
                self.world.put(state)
            return [told]

    def appropriate(
        self,
        fen: int,
        account_id: FundAccountId | None = None,
        *,
        restricted_to: str | None = None,
        source_type: SourceType = SourceType.BUDGET,
        by: Actor = FINANCE,
    ) -> FundAccountId:
        command = Appropriate(
            source_type=source_type,
            budget_line="2080299 民政管理事务",
            amount=Money(fen),
            restricted_to=restricted_to,
            **CODES,
        )
        if account_id is not None:
            command = AppropriateMore(account_id=account_id, **dict(command))
        context = self.story.context(by)
        self.world.ask(refs_of_appropriation(command, context.cause))
        fact, _, entry = appropriate(self.world, command, context)
        for said in (fact, entry):
            for state in rules.evolve(self.world, said):
                self.world.put(state)
        return fact.account_id  # type: ignore[attr-defined,no-any-return]  # FundAppropriated

    def order(self, project_id: ProjectId, number: int, by: Actor = FINANCE) -> list[Model]:
        self.world.ask([(ProjectMoney, project_id), (Account, PROVIDER)])
        return self.story.do(order, OrderPayment(project_id=project_id, number=number), by)

    def hold(self, project_id: ProjectId, fen: int, until: date, by: Actor = AUDITOR) -> HoldId:
        command = PlaceHold(project_id=project_id, amount=Money(fen), basis="审计报告〔2026〕3 号", until=until)
        (placed,) = self.story.do(place, command, by, [(ProjectMoney, project_id)])
        assert isinstance(placed, HoldPlaced)
        return placed.hold_id

    def lift(self, project_id: ProjectId, hold_id: HoldId, by: Actor = AUDITOR) -> None:
        command = LiftHold(project_id=project_id, hold_id=hold_id, reason="问题已整改")
        self.story.do(lift, command, by, [(ProjectMoney, project_id)])

    def receive(self, *lines: ReceiptLine, by: Actor = FINANCE) -> list[Model]:
        """On the day of the last line, or later."""
        command = ImportReceipts(lines=lines)
        self.story.at = max(self.story.at, day_of_lines(command))
        return self.story.do(import_receipts, command, by, [*refs_of_receipts(command, uuid4()), (Books, FUNDER)])

    def pay(self, project_id: ProjectId, number: int) -> list[Model]:
        """Order the tranche and let its receipt come in."""
        self.order(project_id, number)
        payment = self.world.get(Payment, payment_of(reference_of(project_id, number)))
        return self.receive(a_line(project_id, number, payment.amount.fen))

    def arrival(self, account_id: UUID, place: int = 0) -> Transfer:
        """How the lot at this place of the account arrived."""
        lot = self.lots(account_id)[place]
        entered = (t for t in self.world.each(Transfer) if t.credit_id == account_id and t.refunds is None)
        return next(t for t in entered if t.allocations[0].lot_id == lot.id)

    def correct(self, transfer_id: UUID, fen: int, by: Actor = OTHER_FINANCE) -> list[Model]:
        refs = [(Transfer, transfer_id), (Books, FUNDER)]
        return self.story.do(correct, a_correction(transfer_id, fen), by, refs)

    def refund(self, command: RecordRefund, by: Actor = FINANCE) -> list[Model]:
        return self.story.do(record, command, by, [*refs_of_refund(command, uuid4()), (Books, FUNDER)])

    def correct_refund(
        self, project_id: ProjectId, line_reference: str, fen: int, by: Actor = OTHER_FINANCE
    ) -> list[Model]:
        command = a_refund_correction(project_id, line_reference, fen)
        return self.story.do(
            correct_refund, command, by, [*refs_of_refund_correction(command, uuid4()), (Books, FUNDER)]
        )

    def ring(self, project_id: ProjectId) -> list[Model]:
        """As if every timer of the project's money were due now."""
        self.world.ask([(ProjectMoney, project_id)])
        money = self.world.find(ProjectMoney, project_id)
        due = {} if money is None else money.due()
        rung = [Due(ref=(ProjectMoney, project_id), name=name, at=at) for name, at in due.items()]
        return [said for one in rung for said in self.story.do(TIMERS[ProjectMoney], one)]

    def books(self) -> Books:
        self.world.ask([(Books, FUNDER)])
        return self.world.find(Books, FUNDER) or Books(id=FUNDER)

    def close(self, body: Any) -> list[Model]:
        """Freeze, reopen or close a period; the digest is whatever the store would say."""
        if isinstance(body, FreezePeriod | ReopenPeriod):
            decide = freeze if isinstance(body, FreezePeriod) else reopen
            return self.story.do(decide, body, FINANCE, [(Books, FUNDER)])
        self.world.loaded(PeriodSum(id=FUNDER, transfers=0, digest="0" * 64))
        command = ClosePeriod(funder_id=FUNDER, through=body.through, digest="0" * 64)
        return self.story.do(close, command, OTHER_FINANCE, [(Books, FUNDER)])

    def money(self, project_id: UUID) -> ProjectMoney:
        return self.world.get(ProjectMoney, project_id)

    def account(self, id: UUID) -> Account:
        return self.world.get(Account, id)

    def free(self, account_id: UUID) -> int:
        account = self.account(account_id)
        return account.credits_posted.fen - account.debits_posted.fen - account.debits_pending.fen

    def transfers(self) -> list[Transfer]:
        return self.world.each(Transfer)

    def lots(self, account_id: UUID) -> list[Lot]:
        return [self.world.get(Lot, id) for id in self.account(account_id).lots]


def the(said: list[Model], kind: Any) -> Any:
    """The one fact of this kind among what was said."""
    (found,) = [one for one in said if type(one) is kind]
    return found


def fen(shares: tuple[FundShare, ...]) -> list[int]:
    return [share.amount.fen for share in shares]
