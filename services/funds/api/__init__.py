"""The doors of funds: money in, payments out, receipts back, and everything about it to read."""

from typing import Any
from uuid import UUID

from schemas.deciding import World, new_id
from schemas.ids import FundAccountId, LotId
from schemas.role import Role
from services.funds.api import answers, reading
from services.funds.api.approving import APPROVALS
from services.funds.api.bank_accounts import BANK_ACCOUNTS
from services.funds.api.bank_files import BANK_FILES
from services.funds.api.cost_files import COST_FILES
from services.funds.api.costs import COSTS
from services.funds.api.going_back import GOING_BACK
from services.funds.api.idle import IDLE
from services.funds.api.periods import PERIODS
from services.funds.api.statements import STATEMENTS
from services.funds.rules import appropriate, holds, importing, order, receipts
from services.funds.rules.ledger import Account
from services.funds.rules.payment import Payment
from services.funds.rules.project import ProjectMoney
from services.kit.service import Get, Post

_KEEPERS = frozenset({Role.FUNDER, Role.FINANCE})
_READERS = _KEEPERS | {Role.AUDITOR}


def _appropriated(world: World, command: appropriate.Appropriate, cause: UUID) -> answers.AppropriationAnswer:
    return answers.AppropriationAnswer(
        account_id=FundAccountId(appropriate.account_of(command, cause)), lot_id=LotId(new_id(cause, "lot"))
    )


def _ordered(world: World, command: order.OrderPayment, cause: UUID) -> answers.PaymentAnswer:
    instalment = world.get(ProjectMoney, command.project_id).instalment(command.number)
    assert instalment is not None
    payment_id = instalment.payment_id or instalment.drawn
    assert payment_id is not None  # it was just ordered, or drawn up
    return reading.payment_answer(world.get(Payment, payment_id))


def _imported(world: World, command: receipts.ImportReceipts, cause: UUID) -> answers.ReceiptsAnswer:
    ids = {receipts.receipt_of(line) for line in command.lines}
    new = [world.get(receipts.Receipt, id) for id in ids if world.before((receipts.Receipt, id)) is None]
    matched = sum(receipt.why_open is None for receipt in new)
    return answers.ReceiptsAnswer(matched=matched, open=len(new) - matched, known=len(command.lines) - len(new))


def _held(world: World, command: holds.PlaceHold, cause: UUID) -> answers.HoldOf:
    return answers.HoldOf(project_id=command.project_id, hold_id=holds.hold_of(cause))


def _lifted(world: World, command: holds.LiftHold, cause: UUID) -> answers.HoldOf:
    return answers.HoldOf(project_id=command.project_id, hold_id=command.hold_id)


def _account(command: Any, cause: UUID) -> Any:
    return Account, appropriate.account_of(command, cause)


ROUTES = (
    Post(
        path="/v1/funds",
        command=appropriate.Appropriate,
        roles=_KEEPERS,
        refs=appropriate.refs,
        decide=appropriate.appropriate,
        subject=_account,
        answer=_appropriated,
        summary="资金到账,开立资金账户 · Money of one source arrives and opens a fund account",
        shares=True,
    ),
    Post(
        path="/v1/funds/{account_id}/appropriations",
        command=appropriate.AppropriateMore,
        roles=_KEEPERS,
        refs=appropriate.refs,
        decide=appropriate.appropriate,
        subject=_account,
        answer=_appropriated,
        summary="资金到账,入已有账户 · Money of one source arrives on a fund account",
        shares=True,
    ),
    Post(
        path="/v1/projects/{project_id}/payments",
        command=order.OrderPayment,
        roles=frozenset({Role.FINANCE}),
        refs=order.refs,
        decide=order.order,
        subject=lambda command, cause: (ProjectMoney, command.project_id),
        answer=_ordered,
        summary="提交支付申请 · Order a released tranche to be paid",
    ),
    *APPROVALS,
    Post(
        path="/v1/projects/{project_id}/holds",
        command=holds.PlaceHold,
        roles=frozenset({Role.AUDITOR}),
        refs=holds.refs,
        decide=holds.place,
        subject=lambda command, cause: (ProjectMoney, command.project_id),
        answer=_held,
        summary="暂停支付 · Hold money of a project back, at once and until a day",
    ),
    Post(
        path="/v1/projects/{project_id}/holds/{hold_id}/lifting",
        command=holds.LiftHold,
        roles=frozenset({Role.AUDITOR}),
        refs=holds.refs,
        decide=holds.lift,
        subject=lambda command, cause: (ProjectMoney, command.project_id),
        answer=_lifted,
        summary="恢复支付 · Let go what was held back",
    ),
    Post(
        path="/v1/receipts",
        command=receipts.ImportReceipts,
        roles=frozenset({Role.FINANCE}),
        refs=importing.refs,
        decide=importing.import_receipts,
        subject=lambda command, cause: (receipts.Receipt, receipts.receipt_of(command.lines[0])),
        answer=_imported,
        summary="导入回单 · Import receipt lines; each pays what it names or stays open",
    ),
    *STATEMENTS,
    Get(
        path="/v1/funds",
        roles=_READERS,
        handler=reading.get_accounts,
        answer=answers.AccountsAnswer,
        summary="资金账户 · Fund accounts with their lots",
        query={"funder_id": "谁的账户(仅审计可指定) · whose accounts; for auditors, others see their own"},
    ),
    Get(
        path="/v1/funds/{account_id}",
        roles=_READERS,
        handler=reading.get_account,
        answer=answers.AccountAnswer,
        summary="一个资金账户 · One fund account",
    ),
    Get(
        path="/v1/funds/{account_id}/transfers",
        roles=_READERS,
        handler=reading.get_statement,
        answer=answers.StatementAnswer,
        summary="账户明细 · An account's transfers with their lots, newest first",
    ),
    Get(
        path="/v1/projects/{project_id}/money",
        roles=_READERS | {Role.PROVIDER, Role.COMMUNITY},
        handler=reading.get_project_money,
        answer=answers.ProjectMoneyAnswer,
        summary="项目资金 · A project's money: tranches, and what each still waits for",
    ),
    Get(
        path="/v1/payments/{payment_id}",
        roles=_READERS | {Role.PROVIDER, Role.COMMUNITY},
        handler=reading.get_payment,
        answer=answers.PaymentAnswer,
        summary="一笔支付及其资金来源 · A payment, and whose money it is",
    ),
    Get(
        path="/v1/payments/{payment_id}/file",
        roles=_READERS,
        handler=reading.get_payment_file,
        answer="text/csv",
        summary="支付申请文件(CSV) · The payment application",
    ),
    Get(
        path="/v1/payments/{payment_id}/workbook",
        roles=_READERS,
        handler=reading.get_payment_workbook,
        answer="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        summary="支付申请文件(xlsx) · The payment application as a workbook",
    ),
    Get(
        path="/v1/receipts/open",
        roles=_READERS,
        handler=reading.get_open_receipts,
        answer=answers.OpenReceiptsAnswer,
        summary="未匹配的回单 · Receipt lines no payment was found for, with their age",
        query={"funder_id": "谁的回单(仅审计可指定) · whose lines; for auditors, others see their own"},
    ),
    *PERIODS,
    *GOING_BACK,
    IDLE,
    *COSTS,
    *COST_FILES,
    *BANK_ACCOUNTS,
    *BANK_FILES,
)
