"""The transfers by which a project's money is set aside, released, given back, ordered and paid."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from schemas.deciding import Context
from schemas.money import Money
from schemas.project import FundShare, LotShare
from services.funds.rules.ledger import Transfer, TransferState
from services.funds.rules.project import ProjectMoney


def move(
    context: Context,
    *,
    id: UUID,
    funder_id: UUID,
    debit_id: UUID,
    credit_id: UUID,
    amount: Money,
    state: TransferState,
    lots: tuple[LotShare, ...],
    reason: str,
    pending_id: UUID | None = None,
    effective: date | None = None,
    booked: date | None = None,
    corrects: UUID | None = None,
    refunds: UUID | None = None,
) -> Transfer:
    """Booked today, when no period can be closed yet, unless the caller looked into the books."""
    effective = effective or context.today
    return Transfer(
        id=id,
        funder_id=funder_id,
        debit_id=debit_id,
        credit_id=credit_id,
        amount=amount,
        state=state,
        pending_id=pending_id,
        allocations=lots,
        correlation=context.cause,
        effective_date=effective,
        booked_on=booked or effective,
        recorded_at=context.at,
        recorded_by=context.by.person_id,
        corrects=corrects,
        refunds=refunds,
        reason=reason,
    )


def set_aside(money: ProjectMoney, shares: Iterable[FundShare], context: Context) -> tuple[Transfer, ...]:
    """One pending transfer per account, from the fund to the project."""
    today = context.today
    return tuple(
        Transfer(
            id=money.pending_id(share.account_id),
            funder_id=money.funder_id,
            debit_id=share.account_id,
            credit_id=money.id,
            amount=share.amount,
            state=TransferState.PENDING,
            allocations=share.lots,
            correlation=context.cause,
            effective_date=today,
            booked_on=today,
            recorded_at=context.at,
            recorded_by=context.by.person_id,
            reason="reservation",
        )
        for share in shares
    )


def resolve(
    money: ProjectMoney, shares: Sequence[FundShare], state: TransferState, reason: str, context: Context
) -> tuple[Transfer, ...]:
    """Post to the project, or void, a part of what each account has pending for it.

    `reason` tells the entries of one cause apart, so that each has its own id.
    """
    return tuple(
        move(
            context,
            id=context.new_id(f"{reason}/{money.id}/{share.account_id}"),
            funder_id=money.funder_id,
            debit_id=share.account_id,
            credit_id=money.id,
            amount=share.amount,
            state=state,
            lots=share.lots,
            reason=reason,
            pending_id=money.pending_id(share.account_id),
        )
        for share in shares
    )
