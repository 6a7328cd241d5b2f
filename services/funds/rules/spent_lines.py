"""What a line of a report of costs says: what was bought under which head, and on whose invoice."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.clauses import Code
from schemas.model import Model
from schemas.money import Positive
from services.funds.rules.appropriate import Line
from services.funds.rules.costs import CostKind, invoice_of
from services.funds.rules.holds import Words

Number = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z-]{1,40}$")]
TaxNumber = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{15,20}$")]
Uscc = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=40)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex"""


class Issuer(Model):
    """Who made out the invoice: by its USCC, or by name and tax number where it has none that may register here."""

    uscc: Uscc | None = None
    """统一社会信用代码"""
    name: Line | None = None
    tax_id: TaxNumber | None = None
    """纳税人识别号"""

    @model_validator(mode="after")
    def _is_named_in_one_way(self) -> Self:
        if (self.uscc is None) == (self.tax_id is None) or (self.tax_id is not None and self.name is None):
            raise PydanticCustomError("issuer_by_one_code", "give the uscc, or a name and a tax_id")
        return self

    @property
    def code(self) -> str:
        """What tells issuers apart: a USCC given as a tax number is the same issuer."""
        code = self.uscc or self.tax_id
        assert code is not None  # one of them was given
        return code


class InvoiceGiven(Model):
    number: Number
    """发票号码; of an old paper invoice its code and number together (发票代码+号码)"""
    issuer: Issuer

    @property
    def id(self) -> UUID:
        return invoice_of(self.issuer.code, self.number)


class SpentLine(Model):
    head: Code
    """of the agreement, where it names heads"""
    kind: CostKind
    amount: Positive
    invoice: InvoiceGiven
    spent_on: date
    description: Words
    evidence_digest: Digest
    """SHA-256 of the picture or file of the invoice"""
