"""A bank file as CSV, with the columns that the batch payments of Chinese online banking are uploaded with."""

import csv
import io
from enum import StrEnum

from services.funds.rules.bank_files import BankFile
from services.funds.rules.bank_words import MOST_POSTSCRIPT, purpose
from services.funds.rules.payment import as_text, yuan

HEAD = ("序号", "收款账号", "收款户名", "开户行", "联行号", "金额(元)", "附言/用途", "业务参考号")


class CsvEncoding(StrEnum):
    UTF_8 = "utf-8"
    """with a byte-order mark, for spreadsheets"""
    GB18030 = "gb18030"
    """what most banks' own programs read"""


def csv_of(file: BankFile, encoding: CsvEncoding = CsvEncoding.UTF_8) -> bytes:
    """A head and one row for each payment. No cell is run as a formula; the bank counts the rows itself."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for place, credit in enumerate(file.credits, start=1):
        account = credit.account
        words = purpose(credit.reference, credit.number, credit.title, MOST_POSTSCRIPT)
        rows.writerow(
            (
                place,
                account.number,
                as_text(account.holder),
                as_text(account.bank),
                account.cnaps or "",
                yuan(credit.amount),
                words,
                credit.reference,
            )
        )
    mark = b"\xef\xbb\xbf" if encoding is CsvEncoding.UTF_8 else b""
    return mark + text.getvalue().encode(encoding)
