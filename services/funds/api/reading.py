"""Questions: who may ask, and what is answered. A funder sees its own; auditors see everything."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg

from events.database import Connection
from schemas.bank import mask
from schemas.days import day_of
from schemas.fund import SourceType
from schemas.ids import FundAccountId, LotId, PartyId, PaymentId, ProjectId
from schemas.money import Money, sum_of
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.funds.api.answers import (
    AccountAnswer,
    AccountsAnswer,
    Balance,
    BalanceAnswer,
    HoldAnswer,
    LotAnswer,
    OpenReceipt,
    OpenReceiptsAnswer,
    PaymentAnswer,
    ProjectMoneyAnswer,
    StatementAnswer,
    TransferAnswer,
)
from services.funds.api.tranches import tranche_answers
from services.funds.rules.application import workbook_of
from services.funds.rules.lapse import last_day
from services.funds.rules.ledger import TransferState
from services.funds.rules.payment import Payment, file_of
from services.funds.rules.project import Hold, ProjectMoney
from services.funds.rules.receipts import Receipt
from services.funds.store import questions
from services.kit import reasons
from services.kit.asked import Asked, File


def must_see(by: Actor, *parties: UUID | None) -> None:
    if by.role is not Role.AUDITOR and by.party_id not in parties:
        raise Refused("not_your_party", status=403)


def of_whom(asked: Asked) -> questions.Whose:
    """A funder's people ask about their own party; an auditor about one it names, or all in its area."""
    if asked.actor.role is not Role.AUDITOR:
        return questions.Whose(funder_id=asked.actor.party_id)
    text = asked.query.get("funder_id")
    try:
        return questions.Whose(funder_id=None if text is None else UUID(text), prefix=asked.prefix)
    except ValueError:
        raise Refused("not_a_uuid", status=422, field="funder_id") from None


async def get_accounts(tx: Connection, asked: Asked) -> AccountsAnswer:
    limit = asked.limit
    rows = await questions.fund_accounts(tx, of_whom(asked), asked.cursor, limit)
    lots = await questions.lots_of(tx, [row["id"] for row in rows])
    accounts = tuple(_account(row, [lot for lot in lots if lot["account_id"] == row["id"]]) for row in rows)
    return AccountsAnswer(accounts=accounts, next=accounts[-1].account_id if len(accounts) == limit else None)


async def get_account(tx: Connection, asked: Asked) -> AccountAnswer:
    row = await _seen_account(tx, asked)
    return _account(row, await questions.lots_of(tx, [row["id"]]))


async def get_statement(tx: Connection, asked: Asked) -> StatementAnswer:
    row = await _seen_account(tx, asked)
    found = await questions.statement(tx, row["id"], asked.cursor, asked.limit)
    return StatementAnswer(
        account_id=row["id"],
        transfers=tuple(_transfer(one) for one in found),
        next=found[-1]["id"] if len(found) == asked.limit else None,
    )


async def get_project_money(tx: Connection, asked: Asked) -> ProjectMoneyAnswer:
    """For the funder, the community, the provider and auditors."""
    project_id = asked.id("project_id")
    found = await questions.project(tx, project_id)
    if found is None:
        raise Refused("not_found", status=404, what="ProjectMoney", id=str(project_id))
    money, version = found
    payee_id = None if money.payee is None else money.payee.id
    must_see(asked.actor, money.funder_id, money.community_id, payee_id)
    return _project(money, version, await questions.payments_of(tx, project_id), day_of(asked.at))


async def get_payment(tx: Connection, asked: Asked) -> PaymentAnswer:
    payment = await _found_payment(tx, asked)
    must_see(asked.actor, payment.funder_id, payment.payee.id)
    return payment_answer(payment)


async def get_payment_file(tx: Connection, asked: Asked) -> File:
    """Made again from the payment; the same bytes as the digest in `payment.ordered`."""
    payment = await left_payment(tx, asked)
    return File(body=file_of(payment), name=f"{payment.reference}.csv")


async def get_payment_workbook(tx: Connection, asked: Asked) -> File:
    """The same application for people; the same bytes as the digest kept with the payment."""
    payment = await left_payment(tx, asked)
    return File(body=workbook_of(payment), name=f"{payment.reference}.xlsx")


async def get_open_receipts(tx: Connection, asked: Asked) -> OpenReceiptsAnswer:
    found = await questions.open_receipts(tx, of_whom(asked), asked.cursor, asked.limit)
    return OpenReceiptsAnswer(
        receipts=tuple(_open_receipt(receipt, asked.at) for receipt in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def _seen_account(tx: Connection, asked: Asked) -> asyncpg.Record:
    account_id = asked.id("account_id")
    row = await questions.fund_account(tx, account_id)
    if row is None:
        raise Refused("not_found", status=404, what="Account", id=str(account_id))
    must_see(asked.actor, row["owner_id"])
    return row


async def left_payment(tx: Connection, asked: Asked) -> Payment:
    """A file of what nobody approved could be taken for one that left."""
    payment = await _found_payment(tx, asked)
    must_see(asked.actor, payment.funder_id)
    if not payment.has_left:
        raise Refused("payment_has_not_left", reference=payment.reference)
    return payment


async def _found_payment(tx: Connection, asked: Asked) -> Payment:
    payment_id = asked.id("payment_id")
    payment = await questions.payment(tx, payment_id)
    if payment is None:
        raise Refused("not_found", status=404, what="Payment", id=str(payment_id))
    return payment


def _account(row: asyncpg.Record, lots: Sequence[asyncpg.Record]) -> AccountAnswer:
    figures = {
        Balance.APPROPRIATED: Money(sum(lot["amount_fen"] - lot["corrected_fen"] for lot in lots)),
        Balance.RESERVED: Money(row["debits_pending_fen"]),
        Balance.SPENT: Money(sum(lot["spent_fen"] for lot in lots)),
        Balance.FREE: Money(row["credits_posted_fen"] - row["debits_posted_fen"] - row["debits_pending_fen"]),
    }
    return AccountAnswer(
        version=row["version"],
        account_id=FundAccountId(row["id"]),
        funder_id=PartyId(row["owner_id"]),
        appropriated=figures[Balance.APPROPRIATED],
        reserved=figures[Balance.RESERVED],
        spent=figures[Balance.SPENT],
        free=figures[Balance.FREE],
        balances=tuple(_balance(code, amount) for code, amount in figures.items()),
        lots=tuple(_lot(lot) for lot in lots),
    )


def _balance(code: Balance, amount: Money) -> BalanceAnswer:
    return BalanceAnswer(code=code, zh=reasons.said(code, "zh"), en=reasons.said(code, "en"), amount=amount)


def _lot(row: asyncpg.Record) -> LotAnswer:
    return LotAnswer(
        lot_id=LotId(row["id"]),
        source_type=SourceType(row["source_type"]),
        budget_line=row["budget_line"],
        restricted_to=row["restricted_to"],
        functional_code=row["functional_code"],
        economic_code=row["economic_code"],
        amount=Money(row["amount_fen"]),
        corrected=Money(row["corrected_fen"]),
        reserved=Money(row["reserved_fen"]),
        spent=Money(row["spent_fen"]),
        free=Money(row["amount_fen"] - row["corrected_fen"] - row["reserved_fen"] - row["spent_fen"]),
        arrived_at=row["arrived_at"],
    )


def _transfer(row: asyncpg.Record) -> TransferAnswer:
    state = TransferState(row["state"])
    return TransferAnswer(
        transfer_id=row["id"],
        debit_id=row["debit_id"],
        credit_id=row["credit_id"],
        amount=Money(row["amount_fen"]),
        state=state,
        state_zh=reasons.said(state, "zh"),
        state_en=reasons.said(state, "en"),
        pending_id=row["pending_id"],
        lots=questions.lots_moved(row),
        effective_date=row["effective_date"],
        booked_on=row["booked_on"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        corrects=row["corrects"],
        refunds=row["refunds"],
        reason=row["reason"],
        correlation=row["correlation"],
    )


def _project(money: ProjectMoney, version: int, payments: Sequence[Payment], today: date) -> ProjectMoneyAnswer:
    return ProjectMoneyAnswer(
        version=version,
        project_id=ProjectId(money.id),
        phase=money.phase,
        phase_zh=reasons.said(money.phase, "zh"),
        phase_en=reasons.said(money.phase, "en"),
        funder_id=money.funder_id,
        payee_id=None if money.payee is None else money.payee.id,
        ceiling=money.ceiling,
        price=money.price,
        fee=money.fee,
        set_aside=money.set_aside,
        shares=money.shares,
        released=sum_of(i.amount for i in money.instalments),
        ordered=money.paid + sum_of(i.under_way for i in money.instalments),
        paid=money.paid,
        refunded=sum_of(share.amount for share in money.refunded),
        terminated_due=money.terminated_due,
        expected_refund=money.expected_refund,
        withheld=sum_of(i.withheld for i in money.instalments),
        returned=money.returned,
        reserved_until=last_day(money),
        grade=money.grade,
        factor_percent=money.factor_percent,
        held=money.held(today),
        holds=tuple(_hold(hold, today) for hold in money.holds),
        tranches=tranche_answers(money, payments, today),
    )


def _hold(hold: Hold, today: date) -> HoldAnswer:
    return HoldAnswer(
        hold_id=hold.id,
        amount=hold.amount,
        basis=hold.basis,
        until=hold.until,
        placed_by=hold.placed_by,
        binds=hold.binds(today),
    )


def payment_answer(payment: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        payment_id=PaymentId(payment.id),
        project_id=payment.project_id,
        number=payment.number,
        reference=payment.reference,
        payee_id=payment.payee.id,
        amount=payment.amount,
        lines=payment.lines,
        economic_code=payment.economic_code,
        drawn_up_by=payment.ordered_by,
        waits_for_approval=payment.waits_for_approval,
        approved_by=payment.approved_by,
        declined=payment.declined,
        ordered_on=payment.ordered_on if payment.has_left else None,
        paid_on=payment.paid_on,
        receipt_digest=payment.receipt_digest,
        returned_on=payment.returned_on,
        return_reason=payment.return_reason,
        file_digest=payment.file_digest or None,
        workbook_digest=payment.workbook_digest,
        paid_to=None if payment.instructed is None else mask(payment.instructed.ending),
        bank_file=None if payment.instructed is None else payment.instructed.file_id,
        file=f"/v1/payments/{payment.id}/file",
        workbook=f"/v1/payments/{payment.id}/workbook",
    )


def _open_receipt(receipt: Receipt, at: datetime) -> OpenReceipt:
    assert receipt.why_open is not None  # the store gives only open ones
    return OpenReceipt(
        receipt_id=receipt.id,
        line_reference=receipt.line_reference,
        payment_reference=receipt.payment_reference,
        text=receipt.text,
        returned=receipt.returned,
        amount=receipt.amount,
        paid_on=receipt.paid_on,
        why_open=receipt.why_open,
        candidates=receipt.candidates,
        imported_by=receipt.imported_by,
        imported_at=receipt.imported_at,
        age_days=(day_of(at) - receipt.paid_on).days,
        imported_days=(day_of(at) - day_of(receipt.imported_at)).days,
    )
