"""What a provider spent of a project's money (支出), as its story tells it: sums by cost head, never an invoice."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.clauses import Code
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact


class HeadTotal(Model):
    head: Code
    amount: Money


class CostsReported(ProjectFact):
    """The provider reported a batch of what it spent (支出报告); lines and invoices stay with funds."""

    type: ClassVar[str] = "costs.reported"

    batch_id: UUID
    batch: str
    """the provider's own number of the batch"""
    provider_id: PartyId
    lines: int
    heads: tuple[HeadTotal, ...]
    """each head once, in the order of the batch; add up to the total"""
    total: Money
    digest: str
    """SHA-256 of the canonical JSON of the batch"""


class CostWithdrawalReason(StrEnum):
    """Why a provider takes a line back."""

    WRONG_PROJECT = "wrong_project"
    """不属于本项目"""
    WRONG_HEAD = "wrong_head"
    """费用科目填错"""
    WRONG_AMOUNT = "wrong_amount"
    """金额填错"""
    WRONG_INVOICE = "wrong_invoice"
    """发票信息填错"""
    INVOICE_VOIDED = "invoice_voided"
    """发票作废或红冲"""
    REPORTED_TWICE = "reported_twice"
    """重复填报"""


class CostWithdrawn(ProjectFact):
    """The provider took a line back; it does not count any more."""

    type: ClassVar[str] = "cost.withdrawn"

    batch_id: UUID
    line_id: UUID
    head: Code
    amount: Money
    reason: CostWithdrawalReason
    withdrawn_by: PartyId


class CostRejected(ProjectFact):
    """The funder's side found that a line is no proper cost of the project (认定不合规); it does not count any more."""

    type: ClassVar[str] = "cost.rejected"

    batch_id: UUID
    line_id: UUID
    head: Code
    amount: Money
    reason: str
    rejected_by: PartyId
