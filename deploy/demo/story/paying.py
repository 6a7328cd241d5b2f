"""Money arrives at a funder, and leaves it tranche by tranche: released, ordered, paid by a receipt line."""

import base64
import secrets
from datetime import date
from decimal import Decimal

from deploy.demo.client import Client, Person
from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from services.funds.api.answers import (
    AccountAnswer,
    AccountsAnswer,
    AppropriationAnswer,
    PaymentAnswer,
    ProjectMoneyAnswer,
    ReceiptsAnswer,
    TrancheAnswer,
)
from services.funds.api.statements import ImportedStatementAnswer
from services.funds.rules.instalment import Step
from services.funds.rules.project import Phase
from services.funds.rules.uploads import FileFormat

CODES = {
    SourceType.BUDGET: {"functional_code": "2080208", "economic_code": "50205"},
    SourceType.LOTTERY: {"functional_code": "2296002", "economic_code": "50205"},
}
"""功能分类 and 经济分类 of public money, as examples"""
COLUMNS = {"line_reference": "流水号", "paid_on": "交易日期", "amount": "金额(元)", "payment_reference": "附言"}
"""of the treasury's statement"""


async def appropriate(
    api: Client,
    finance: Person,
    source: SourceType,
    budget_line: str,
    amount: Money,
    *,
    restricted_to: str | None = None,
) -> FundAccountId:
    """Money of one source arrives and opens an account; `restricted_to` is a need category."""
    body = {"source_type": source, "budget_line": budget_line, "amount": amount, "restricted_to": restricted_to}
    body |= CODES.get(source, {})
    answer = await api.post("/v1/funds", AppropriationAnswer, body, finance)
    return answer.account_id


async def accounts(api: Client, finance: Person) -> tuple[AccountAnswer, ...]:
    """The funder's own accounts with their lots."""
    answer = await api.get("/v1/funds", AccountsAnswer, finance, limit=200)
    return answer.accounts


async def money(api: Client, project_id: ProjectId, by: Person) -> ProjectMoneyAnswer:
    return await api.get(f"/v1/projects/{project_id}/money", ProjectMoneyAnswer, by)


async def released(api: Client, finance: Person, project_id: ProjectId, number: int) -> TrancheAnswer:
    """The tranche, once its gate is open; it may be that nothing of it is payable."""
    path = f"/v1/projects/{project_id}/money"

    def open_(found: ProjectMoneyAnswer) -> bool:
        return any(t.number == number and t.step is not Step.WAITING for t in found.tranches)

    found = await api.until(path, ProjectMoneyAnswer, open_, finance)
    return found.tranches[number - 1]


async def order(api: Client, finance: Person, project_id: ProjectId, number: int) -> PaymentAnswer:
    """The payment application (支付申请) leaves as a file."""
    return await api.post(f"/v1/projects/{project_id}/payments", PaymentAnswer, {"number": number}, finance)


async def application(api: Client, finance: Person, payment: PaymentAnswer) -> bytes:
    return await api.read(payment.file, finance)


async def receipt(
    api: Client, finance: Person, payment: PaymentAnswer, *, amount: Money | None = None, paid_on: date | None = None
) -> ReceiptsAnswer:
    """The treasury's line (回单) comes back and is matched to the order it names."""
    line = {
        "line_reference": f"HD{secrets.token_hex(6)}",
        "payment_reference": payment.reference,
        "amount": amount or payment.amount,
        "paid_on": paid_on or payment.ordered_on,
    }
    return await api.post("/v1/receipts", ReceiptsAnswer, {"lines": [line]}, finance)


async def statement(api: Client, finance: Person, payment: PaymentAnswer) -> ImportedStatementAnswer:
    """The treasury's statement file (对账单) with this one line: above the limit nobody types what they ordered."""
    day, yuan = payment.ordered_on, Decimal(payment.amount.fen) / 100
    rows = (tuple(COLUMNS.values()), (f"HD{secrets.token_hex(6)}", str(day), f"{yuan:.2f}", payment.reference))
    content = "".join(",".join(row) + "\r\n" for row in rows).encode()
    body = {
        "file_name": f"{day} {payment.reference}.csv",
        "format": FileFormat.CSV,
        "content": base64.b64encode(content).decode(),
        "columns": COLUMNS,
    }
    return await api.post(f"/v1/funders/{finance.party_id}/statements", ImportedStatementAnswer, body, finance)


async def approve(api: Client, approver: Person, payment: PaymentAnswer) -> PaymentAnswer:
    """Above the limit a second person of the funder lets it leave."""
    return await api.post(f"/v1/payments/{payment.payment_id}/approval", PaymentAnswer, None, approver)


async def pay(
    api: Client, finance: Person, project_id: ProjectId, number: int, approver: Person
) -> PaymentAnswer | None:
    """Released, ordered, approved where it needs to be, and paid; none when a grade left nothing of the tranche."""
    tranche = await released(api, finance, project_id, number)
    if not tranche.amount:
        return None
    payment = await order(api, finance, project_id, number)
    if payment.waits_for_approval:
        payment = await approve(api, approver, payment)
        await statement(api, finance, payment)
    else:
        await receipt(api, finance, payment)
    return payment


async def settled(api: Client, project_id: ProjectId, by: Person) -> ProjectMoneyAnswer:
    path = f"/v1/projects/{project_id}/money"
    return await api.until(path, ProjectMoneyAnswer, lambda found: found.phase is Phase.SETTLED, by)
