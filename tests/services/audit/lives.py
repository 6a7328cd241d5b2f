"""What may happen to a told project's agreement between signing and its end, as facts."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from schemas.change import (
    ChangeAgreed,
    ChangeDeclined,
    ChangeProposed,
    ChangeReason,
    ChangeRefused,
    ChangeWithdrawn,
    CommitmentChanged,
    ContractChanged,
)
from schemas.contract import Agreement, ContractDrafted, ContractOverdue, Milestone
from schemas.deciding import SYSTEM
from schemas.fact import Fact
from schemas.fund import PaymentOrdered, ProjectSettled, ReservationReleased, TranchePaid, TrancheReleased
from schemas.ids import PaymentId
from schemas.money import ZERO, Money, sum_of
from schemas.project import FundShare
from schemas.suspension import ContractResumed, ContractSuspended, SuspensionReason
from schemas.termination import (
    ClosedAs,
    ContractLapsed,
    ContractTerminated,
    SettlementLine,
    TerminationAnswered,
    TerminationClosed,
    TerminationProposed,
    TerminationReason,
)
from schemas.tranche import Gate, Tranche
from tests.services.audit.stories import BOOK, DIGEST, PRICE, Told

CHANGE = UUID(int=7)
TERMINATION = UUID(int=8)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def terms_of(told: Told) -> Agreement:
    return next(fact.agreement for fact in told.facts if isinstance(fact, ContractDrafted))


def proposed(told: Told, reason: ChangeReason = ChangeReason.PRICE) -> ChangeProposed:
    return ChangeProposed(
        project_id=told.project,
        change_id=CHANGE,
        number=1,
        contract_id=told.contract,
        reason=reason,
        text="增加两次服务",
        agreement=terms_of(told),
        digest=DIGEST,
        proposed_by=told.provider,
        signed_by=told.person,
    )


def agreed(told: Told, price: Money, tranches: tuple[Tranche, ...]) -> ChangeAgreed:
    return ChangeAgreed(
        project_id=told.project,
        change_id=CHANGE,
        number=1,
        contract_id=told.contract,
        agreed_by=told.funder,
        signed_by=told.other,
        digest=DIGEST,
        price_before=PRICE,
        price=price,
        tranches=tranches,
        rulebook=BOOK,
    )


def committed(
    told: Told,
    price: Money,
    tranches: tuple[Tranche, ...],
    before: tuple[FundShare, ...],
    after: tuple[FundShare, ...],
    added: tuple[FundShare, ...],
) -> CommitmentChanged:
    return CommitmentChanged(
        project_id=told.project,
        change_id=CHANGE,
        number=1,
        price=price,
        tranches=tranches,
        before=before,
        after=after,
        added=added,
        freed=(),
    )


def changed(told: Told, price: Money, tranches: tuple[Tranche, ...]) -> ContractChanged:
    return ContractChanged(
        project_id=told.project,
        change_id=CHANGE,
        number=1,
        contract_id=told.contract,
        reason=ChangeReason.PRICE,
        price_before=PRICE,
        price=price,
        tranches=tranches,
        digest=DIGEST,
        paper_digest=DIGEST,
        rulebook=BOOK,
    )


def to_end(told: Told, reason: TerminationReason, answer_due: datetime | None = None) -> TerminationProposed:
    return TerminationProposed(
        project_id=told.project,
        contract_id=told.contract,
        termination_id=TERMINATION,
        reason=reason,
        text="无法继续",
        lines=(),
        proposed_by=told.funder,
        signed_by=told.person,
        answer_due=answer_due,
    )


def terminated(told: Told, due_fen: int, *, by_consent: bool = True) -> ContractTerminated:
    lines = (SettlementLine(work="前三个月送餐", amount=Money(due_fen)),)
    return ContractTerminated(
        project_id=told.project,
        contract_id=told.contract,
        termination_id=TERMINATION,
        funder_id=told.funder,
        provider_id=told.provider,
        reason=TerminationReason.MUTUAL_CONSENT,
        text="同意",
        lines=lines,
        due=Money(due_fen),
        by_consent=by_consent,
        signed_by=told.other,
        rulebook=BOOK,
    )


def settlement(told: Told, shares: tuple[FundShare, ...], rest: tuple[FundShare, ...]) -> list[Fact]:
    """Released as the fourth instalment, paid, and the rest back."""
    amount = sum_of(share.amount for share in shares)
    payment = PaymentId(UUID(int=9))
    released = TrancheReleased(
        project_id=told.project, number=4, amount=amount, withheld=ZERO, payee_id=told.provider, shares=shares
    )
    ordered = PaymentOrdered(
        project_id=told.project,
        payment_id=payment,
        number=4,
        amount=amount,
        payee_id=told.provider,
        shares=shares,
        file_digest=DIGEST,
    )
    paid = TranchePaid(project_id=told.project, payment_id=payment, number=4, amount=amount, receipt_digest=DIGEST)
    so_far = sum_of(fact.amount for fact in told.facts if isinstance(fact, TranchePaid) and fact.number == 1)
    settled = ProjectSettled(
        project_id=told.project,
        paid=so_far + amount,
        returned=sum_of(share.amount for share in rest),
        shares_returned=rest,
    )
    return [released, ordered, paid, settled]


def whole_life(told: Told) -> list[Fact]:
    """Everything once, each after what it needs; not a story that could happen as a whole."""
    project: dict[str, Any] = {"project_id": told.project}
    plan = (Tranche(number=1, amount=PRICE, gate=Gate.SIGNED),)
    about: dict[str, Any] = {**project, "change_id": CHANGE, "number": 1}
    ending: dict[str, Any] = {**project, "termination_id": TERMINATION, "signed_by": told.other}
    lapsed = [ContractLapsed(**project, contract_id=told.contract, was_signed=signed) for signed in (True, False)]
    return [
        *(proposed(told, reason) for reason in ChangeReason),
        ChangeDeclined(**about, declined_by=told.funder, text="预算不足"),
        ChangeWithdrawn(**about, withdrawn_by=told.provider, text="另行协商"),
        agreed(told, PRICE, plan),
        ChangeRefused(**project, code="x", source="s", reason_zh="不行", reason_en="no"),
        committed(told, PRICE, plan, (), (), told.shares(1, 2)),
        changed(told, PRICE, plan),
        *(
            ContractSuspended(
                **project,
                contract_id=told.contract,
                reason=reason,
                text="暴雪",
                until=date(2026, 4, 1),
                suspended_by=told.person,
            )
            for reason in SuspensionReason
        ),
        *(ContractResumed(**project, contract_id=told.contract, resumed_by=by) for by in (told.person, SYSTEM)),
        *(to_end(told, reason, NOON) for reason in TerminationReason),
        to_end(told, TerminationReason.MUTUAL_CONSENT),
        TerminationAnswered(**ending, answered_by=told.provider, text="已整改"),
        *(TerminationClosed(**ending, closed_as=how, closed_by=told.funder, text="继续履行") for how in ClosedAs),
        *(terminated(told, 1, by_consent=consent) for consent in (True, False)),
        ReservationReleased(**project, shares=told.shares(1, 2)),
        *lapsed,
        ContractOverdue(**project, contract_id=told.contract, last_day=date(2027, 3, 1), undelivered=tuple(Milestone)),
    ]
