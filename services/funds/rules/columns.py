"""Which column of a table is what, by the words of its header row; remembered from one file to the next."""

from dataclasses import dataclass
from typing import Annotated, Self
from uuid import UUID, uuid5

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.deciding import State
from schemas.ids import PartyId
from schemas.model import Model
from services.funds.rules.appropriate import PRINTABLE

_MAPPINGS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000012")

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE)]


class Columns(Model):
    """Of a statement."""

    paid_on: Name
    amount: Name
    """in yuan"""
    line_reference: Name
    """the bank's own number"""
    payment_reference: Name
    """where our number stands, alone or within other words"""
    text: Name | None = None
    """where else our numbers may stand (摘要、附言)"""
    status: Name | None = None
    """whether the payment went through or was sent back, and why"""


class CostColumns(Model):
    """Of a report of costs; a column that is not named is called as in the template."""

    spent_on: Name = "支出日期"
    head: Name = "费用科目"
    """by code or by name"""
    kind: Name = "支出类别"
    amount: Name = "金额(元)"
    """in yuan"""
    description: Name = "用途"
    invoice_number: Name = "发票号码"
    issuer_uscc: Name | None = "开票方统一社会信用代码"
    issuer_name: Name | None = "开票方名称"
    issuer_tax_id: Name | None = "开票方税号"
    evidence_digest: Name | None = "发票影像摘要"
    """SHA-256 of the picture or file of the invoice"""

    @model_validator(mode="after")
    def _an_issuer_can_be_named(self) -> Self:
        if self.issuer_uscc is None and None in (self.issuer_name, self.issuer_tax_id):
            raise PydanticCustomError("issuer_by_one_code", "name a column for the uscc, or for a name and a tax_id")
        return self


TEMPLATE = CostColumns()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping(State):
    """The columns a party's last file of this sort was read with."""

    party_id: PartyId
    columns: Columns | CostColumns


def mapping_of(funder_id: UUID) -> UUID:
    return uuid5(_MAPPINGS, f"{funder_id}/columns")


def cost_mapping_of(provider_id: UUID) -> UUID:
    return uuid5(_MAPPINGS, f"{provider_id}/columns of costs")
