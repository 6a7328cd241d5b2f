"""Bank statements as ISO 20022 `BankToCustomerStatement` (camt.053.001.02 and later)."""

import re
from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from schemas.money import sum_of
from schemas.refused import Refused
from services.funds.files.cells import Cell, Wrong, amount_in, date_in
from services.funds.files.statement_rows import NO_NUMBER
from services.funds.rules.payment import REFERENCE
from services.funds.rules.receipts import ReceiptLine
from services.funds.rules.uploads import MOST_LINES, CellFault, Stated
from services.kit.workbooks import FileFault, unreadable

_ROOT = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.[0-9]{2}\}Document")
T = TypeVar("T")
_MARKED_AS_A_RETURN = "银行退回 · returned by the bank"
_OTHER_CREDIT = "贷记,未注明退票 · credited, not marked as a return"
"""money that came in; whatever its words name, only a person may say what it is"""


def lines_of(content: bytes) -> tuple[tuple[ReceiptLine, ...], tuple[int, ...], Stated]:
    """One line per entry, its place among them, and what the summaries of the statements say."""
    statements = _document(content).findall("{*}BkToCstmrStmt/{*}Stmt")
    entries = [entry for statement in statements for entry in statement.findall("{*}Ntry")]
    if not entries:
        raise unreadable(FileFault.NO_LINES)
    if len(entries) > MOST_LINES:
        raise Refused("too_many_rows", status=422, field="content", most=MOST_LINES)
    lines = tuple(_Entry(place, entry).line() for place, entry in enumerate(entries, start=1))
    return lines, tuple(range(1, len(lines) + 1)), _stated(statements)


def _document(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise unreadable(FileFault.ENTITIES) from None
    except (ParseError, ValueError, LookupError):
        raise unreadable(FileFault.NOT_CAMT) from None
    if _ROOT.fullmatch(root.tag) is None:
        raise unreadable(FileFault.NOT_CAMT)
    return root


def _stated(statements: list[Element]) -> Stated:
    """Over all statements of the file, and only when each of them says it."""
    totals = [statement.find("{*}TxsSummry/{*}TtlNtries") for statement in statements]
    numbers = [_text(total, "{*}NbOfNtries") for total in totals if total is not None]
    sums = [_text(total, "{*}Sum") for total in totals if total is not None]
    try:
        return Stated(
            lines=sum(map(_count, numbers)) if numbers and all(numbers) and len(numbers) == len(statements) else None,
            total=sum_of(map(amount_in, sums)) if sums and all(sums) and len(sums) == len(statements) else None,
        )
    except Wrong as wrong:
        raise _refused(0, "TxsSummry", wrong.fault) from None


def _count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,15}", text) is None:
        raise Wrong(CellFault.NOT_AN_AMOUNT)
    return int(text)


class _Entry:
    def __init__(self, place: int, entry: Element) -> None:
        self._place = place
        self._entry = entry

    def line(self) -> ReceiptLine:
        if self._first("Sts/Cd", "Sts") != "BOOK":
            raise _refused(self._place, "Sts", CellFault.UNKNOWN_STATUS)
        amount = self._entry.find("{*}Amt")
        if amount is None or amount.get("Ccy") != "CNY":
            raise _refused(self._place, "Amt", CellFault.NOT_CNY)
        returned = self._returned()
        is_known = returned != _OTHER_CREDIT
        fields = {
            "amount": self._read("Amt", amount_in, (amount.text or "").strip()),
            "paid_on": self._read("BookgDt", date_in, self._first("BookgDt/Dt", "BookgDt/DtTm")[:10]),
            "line_reference": self._first("AcctSvcrRef", "NtryRef"),
            "payment_reference": (self._only("EndToEndId") if is_known else "") or NO_NUMBER,
            "text": (self._words() if is_known else "") or None,
            "returned": returned,
        }
        if not fields["line_reference"]:
            raise _refused(self._place, "AcctSvcrRef", CellFault.EMPTY)
        try:
            return ReceiptLine.model_validate(fields)
        except ValidationError as error:
            raise _refused(self._place, str(error.errors()[0]["loc"][0]), CellFault.TOO_LONG) from None

    def _returned(self) -> str | None:
        """A debit is a payment that went through; a credit is one that came back only when the bank says so."""
        match self._first("CdtDbtInd"):
            case "DBIT":
                return None
            case "CRDT":
                pass
            case _:
                raise _refused(self._place, "CdtDbtInd", CellFault.UNKNOWN_STATUS)
        codes = [*self._all("RtrInf/{*}Rsn/{*}Cd"), *self._all("RtrInf/{*}Rsn/{*}Prtry")]
        reason = " ".join([*codes, *self._all("RtrInf/{*}AddtlInf")])
        if reason:
            return reason
        marked = self._first("RvslInd") in ("true", "1") or self._entry.find(".//{*}RtrInf") is not None
        return _MARKED_AS_A_RETURN if marked else _OTHER_CREDIT

    def _words(self) -> str:
        """Numbers of ours, wherever in the entry they stand."""
        everything = " ".join(_clean(text) for text in self._entry.itertext())
        return " ".join(dict.fromkeys(REFERENCE.findall(everything.upper())))

    def _only(self, name: str) -> str:
        found = {text for text in self._all(name) if text != "NOTPROVIDED"}
        return found.pop() if len(found) == 1 else ""

    def _all(self, path: str) -> list[str]:
        return [clean for part in self._entry.iterfind(f".//{{*}}{path}") if (clean := _clean(part.text or ""))]

    def _first(self, *paths: str) -> str:
        found = (_text(self._entry, "/".join(f"{{*}}{name}" for name in path.split("/"))) for path in paths)
        return next(filter(None, found), "")

    def _read(self, name: str, read: Callable[[Cell], T], text: str) -> T:
        try:
            return read(text)
        except Wrong as wrong:
            raise _refused(self._place, name, wrong.fault) from None


def _text(part: Element | None, path: str) -> str:
    found = None if part is None else part.find(path)
    return "" if found is None else _clean(found.text or "")


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _refused(place: int, name: str, fault: CellFault) -> Refused:
    return Refused("cell_wrong", status=422, field="content", row=place, column=name, fault=fault)
