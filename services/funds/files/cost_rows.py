"""The lines of a report of costs in a table."""

from collections import Counter
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from schemas.clauses import Code
from services.funds.files.cells import Cell, Wrong, amount_in, date_in, line_in
from services.funds.files.table import TableRow, words_as
from services.funds.rules.appropriate import Line
from services.funds.rules.costs import CostKind
from services.funds.rules.holds import Words
from services.funds.rules.spent_lines import Digest, InvoiceGiven, Issuer, Number, SpentLine, TaxNumber, Uscc
from services.funds.rules.uploads import CellFault
from services.kit import reasons

_words = words_as(Words, CellFault.TOO_LONG)
_number = words_as(Number, CellFault.NOT_AN_INVOICE_NUMBER)
_uscc = words_as(Uscc, CellFault.TOO_LONG)
_name = words_as(Line, CellFault.TOO_LONG)
_tax_number = words_as(TaxNumber, CellFault.NOT_A_TAX_NUMBER)
_hex = words_as(Digest, CellFault.NOT_A_DIGEST)
_code = words_as(Code, CellFault.UNKNOWN_HEAD)


class CostRows:
    """`heads`: code → name of what there is. `evidence`: the digest of a file that shows every invoice."""

    def __init__(self, heads: Mapping[str, str], evidence: str | None) -> None:
        names = Counter(heads.values())
        self._heads = {name: code for code, name in heads.items() if names[name] == 1} | {code: code for code in heads}
        self._evidence = evidence

    def line(self, row: TableRow) -> SpentLine | None:
        """None when a cell of it is wrong."""
        head, kind = row.read("head", self._head), row.read("kind", _kind)
        amount, day = row.read("amount", amount_in), row.read("spent_on", date_in)
        description, number = row.read("description", _words), row.read("invoice_number", _number)
        evidence, issuer = self._shown_by(row), _issuer(row)
        if row.wrong:
            return None
        assert issuer is not None  # or a cell were wrong, as with all the others
        return SpentLine.model_validate(
            {
                "head": head,
                "kind": kind,
                "amount": amount,
                "spent_on": day,
                "description": description,
                "evidence_digest": evidence,
                "invoice": InvoiceGiven.model_validate({"number": number, "issuer": issuer}),
            }
        )

    def _shown_by(self, row: TableRow) -> str | None:
        if _is_filled(row, "evidence_digest"):
            return row.read("evidence_digest", _digest)
        if self._evidence is None:
            row.refuse("evidence_digest", CellFault.EMPTY)
        return self._evidence

    def _head(self, cell: Cell) -> str:
        """The code of a head that is there, given as such or by its name."""
        if not self._heads:
            return _code(cell)
        text = line_in(cell)
        if not text:
            raise Wrong(CellFault.EMPTY)
        if text not in self._heads:
            raise Wrong(CellFault.UNKNOWN_HEAD)
        return self._heads[text]


def kinds() -> dict[str, CostKind]:
    """By what they are called: their code, and their words in both languages."""
    named = {kind_words(kind, language): kind for language in reasons.LANGUAGES for kind in CostKind}
    return named | {str(kind): kind for kind in CostKind}


def kind_words(kind: CostKind, language: str) -> str:
    return reasons.word("kind", language, {"kind": kind})


def _kind(cell: Cell) -> CostKind:
    text = line_in(cell)
    if not text:
        raise Wrong(CellFault.EMPTY)
    found = kinds().get(text)
    if found is None:
        raise Wrong(CellFault.UNKNOWN_KIND)
    return found


def _issuer(row: TableRow) -> Issuer | None:
    """By its USCC, or by name and tax number."""
    before = len(row.wrong)
    uscc = _where_filled(row, "issuer_uscc", _uscc)
    name, tax_id = _where_filled(row, "issuer_name", _name), _where_filled(row, "issuer_tax_id", _tax_number)
    if len(row.wrong) > before:
        return None
    try:
        return Issuer(uscc=uscc, name=name, tax_id=tax_id)
    except ValidationError:
        row.refuse("issuer_uscc" if row.has("issuer_uscc") else "issuer_tax_id", CellFault.ISSUER_BY_ONE_CODE)
        return None


def _where_filled(row: TableRow, what: str, read: Callable[[Cell], str]) -> str | None:
    return row.read(what, read) if _is_filled(row, what) else None


def _is_filled(row: TableRow, what: str) -> bool:
    """There is such a column, and something in it."""
    cell = row.cell(what) if row.has(what) else ""
    return isinstance(cell, CellFault) or bool(cell.strip())


def _digest(cell: Cell) -> str:
    """Programs that compute one write it in capitals too, or in groups."""
    return _hex(line_in(cell).replace(" ", "").lower())
