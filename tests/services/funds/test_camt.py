"""Statements as ISO 20022 camt.053: read entry by entry, and never by a guess about money that came in."""

from datetime import date

import pytest

from schemas.money import Money
from services.funds.files.camt import lines_of
from services.funds.rules.payment import payment_of
from services.funds.rules.uploads import CellFault, Stated
from services.kit.workbooks import FileFault
from tests.support.pure import refused

FIRST, SECOND = "ZFAAAABBBBCCCCDDDD", "ZFAAAABBBBCCCCDDDE"
REMITTED = f"<RmtInf><Ustrd>第一期 {FIRST}</Ustrd></RmtInf>"


def an_entry(amount: str = "25000.00", way: str = "DBIT", details: str = REMITTED, reference: str = "L1") -> str:
    return f"""<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef>
        <NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>"""


def a_statement(*entries: str, version: str = "08", summary: str = "", before: str = "") -> bytes:
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
        <Document xmlns="{space}"><BkToCstmrStmt><Stmt>{summary}{"".join(entries)}</Stmt></BkToCstmrStmt></Document>
    """.strip().encode()


def totals(lines: int, total: str) -> str:
    return f"<TxsSummry><TtlNtries><NbOfNtries>{lines}</NbOfNtries><Sum>{total}</Sum></TtlNtries></TxsSummry>"


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_a_debit_is_a_payment_that_went_through(version: str) -> None:
    body = a_statement(an_entry(), version=version, summary=totals(1, "25000.00"))
    if version == "02":
        body = body.replace(b"<Sts><Cd>BOOK</Cd></Sts>", b"<Sts>BOOK</Sts>")

    (line,), rows, stated = lines_of(body)

    assert (line.amount, line.paid_on, line.line_reference) == (Money(2_500_000), date(2026, 3, 2), "L1")
    assert (line.payments, line.returned) == ((payment_of(FIRST),), None)
    assert (rows, stated) == ((1,), Stated(lines=1, total=Money(2_500_000)))


def a_whole_statement(version: str) -> bytes:
    """With everything ISO's schema asks of a statement: valid by camt.053.001.02.xsd and camt.053.001.08.xsd."""
    booked = "BOOK" if version == "02" else "<Cd>BOOK</Cd>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>STMT20260304</MsgId><CreDtTm>2026-03-04T20:00:00+08:00</CreDtTm></GrpHdr>
<Stmt><Id>1</Id><ElctrncSeqNb>63</ElctrncSeqNb><CreDtTm>2026-03-04T20:00:00+08:00</CreDtTm>
<Acct><Id><Othr><Id>3201000000007788</Id></Othr></Id><Ccy>CNY</Ccy><Nm>示例社区发展基金会</Nm></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">80000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-04</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">55000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-04</Dt></Dt></Bal>
<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries><Sum>25000.00</Sum></TtlNtries></TxsSummry>
<Ntry><NtryRef>1</NtryRef><Amt Ccy="CNY">25000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>{booked}</Sts>
<BookgDt><Dt>2026-03-04</Dt></BookgDt><ValDt><Dt>2026-03-04</Dt></ValDt><AcctSvcrRef>0304000017</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><MsgId>YHAAAABBBBCCCCDDDD</MsgId><EndToEndId>{FIRST}</EndToEndId></Refs>
<RmtInf><Ustrd>{FIRST} 第1期 为老助餐</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
""".encode()


@pytest.mark.parametrize("version", ["02", "08"])
def test_a_whole_statement_answers_a_payment_that_left_as_pain_001(version: str) -> None:
    (line,), _, stated = lines_of(a_whole_statement(version))

    assert (line.amount, line.paid_on, line.line_reference) == (Money(2_500_000), date(2026, 3, 4), "0304000017")
    assert (line.payment_reference, line.payments, line.returned) == (FIRST, (payment_of(FIRST),), None)
    assert stated == Stated(lines=1, total=Money(2_500_000))


def test_a_batch_debit_names_all_the_payments_of_its_details() -> None:
    details = (
        f"<Refs><EndToEndId>{FIRST}</EndToEndId></Refs></TxDtls><TxDtls><Refs><EndToEndId>{SECOND}</EndToEndId></Refs>"
    )

    (line,), _, _ = lines_of(a_statement(an_entry(details=details)))

    assert line.payments == (payment_of(FIRST), payment_of(SECOND))


def test_a_credit_is_a_payment_that_came_back_only_when_the_bank_says_so() -> None:
    end_to_end = f"<Refs><EndToEndId>{FIRST}</EndToEndId></Refs>"
    reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>账号已销户</AddtlInf></RtrInf>"
    back = an_entry(way="CRDT", details=end_to_end + reason)
    interest = an_entry(way="CRDT", details=end_to_end, reference="L2")

    (returned, other), _, _ = lines_of(a_statement(back, interest))

    assert (returned.returned, returned.payments) == ("AC04 账号已销户", (payment_of(FIRST),))
    assert other.returned is not None
    assert other.payments == ()


def test_the_totals_of_several_statements_add_up_and_are_left_out_unless_all_are_stated() -> None:
    one = a_statement(an_entry(), summary=totals(1, "25000.00")).decode()
    part = one[one.index("<Stmt>") : one.index("</BkToCstmrStmt>")]
    silent = part.replace(totals(1, "25000.00"), "")

    assert lines_of(one.replace(part, part + part).encode())[2] == Stated(lines=2, total=Money(5_000_000))
    assert lines_of(one.replace(part, part + silent).encode())[2] == Stated()


@pytest.mark.parametrize(
    ("entry", "column", "fault"),
    [
        (an_entry(amount="-1.00"), "Amt", CellFault.NEGATIVE),
        (an_entry(amount="1.001"), "Amt", CellFault.PARTS_OF_A_FEN),
        (an_entry().replace("CNY", "USD"), "Amt", CellFault.NOT_CNY),
        (an_entry().replace("2026-03-02", "2026-02-30"), "BookgDt", CellFault.NOT_A_DATE),
        (an_entry().replace("BOOK", "PDNG"), "Sts", CellFault.UNKNOWN_STATUS),
        (an_entry(way="BOTH"), "CdtDbtInd", CellFault.UNKNOWN_STATUS),
        (an_entry(reference=""), "AcctSvcrRef", CellFault.EMPTY),
        (an_entry(reference="9" * 65), "line_reference", CellFault.TOO_LONG),
    ],
)
def test_a_wrong_entry_is_named_by_its_place(entry: str, column: str, fault: CellFault) -> None:
    with refused("cell_wrong", status=422) as caught:
        lines_of(a_statement(an_entry(reference="L0"), entry))

    assert caught.value.details == {"row": 2, "column": column, "fault": fault}


def test_totals_that_are_no_numbers_are_refused() -> None:
    for summary in (totals(1, "viel"), totals(1, "1").replace(">1</Nb", ">one</Nb")):
        with refused("cell_wrong"):
            lines_of(a_statement(an_entry(), summary=summary))


LAUGHS = "<!DOCTYPE d [<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 9))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (a_statement(an_entry(reference="&l8;"), before=f"{LAUGHS}]>"), FileFault.ENTITIES),
        (a_statement(an_entry(), before="<!DOCTYPE d SYSTEM 'file:///etc/passwd'>"), FileFault.ENTITIES),
        (a_statement(an_entry())[:-9], FileFault.NOT_CAMT),
        (a_statement(an_entry()).replace(b"camt.053", b"camt.052"), FileFault.NOT_CAMT),
        (a_statement(an_entry()).replace(b"UTF-8", b"GB18030"), FileFault.NOT_CAMT),
        (b"<Document/>", FileFault.NOT_CAMT),
        (b"", FileFault.NOT_CAMT),
        (a_statement(), FileFault.NO_LINES),
    ],
    ids=["billion laughs", "outside entity", "cut short", "camt.052", "other encoding", "bare", "empty", "no entry"],
)
def test_what_is_no_statement_or_means_harm_is_refused(content: bytes, fault: FileFault) -> None:
    with refused("file_not_readable", status=422) as caught:
        lines_of(content)
    assert caught.value.details == {"fault": fault}
