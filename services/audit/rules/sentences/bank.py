"""Where money is sent: accounts stated, confirmed and withdrawn, and payments in a bank's file."""

from schemas.bank import BankAccountConfirmed, BankAccountStated, BankAccountWithdrawn, PaymentInstructed, mask
from schemas.fact import Fact
from schemas.receipt import MatchedLine, ReceiptsMatched
from services.audit.rules.told import Names, Stage, Told, yuan

_SHOWN = 3
"""lines in a sentence; the others stand in the fact"""


def tell_bank(fact: Fact, names: Names) -> Told | None:
    """An account is known by the end of its number only."""
    match fact:
        case BankAccountStated():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.party_id)}登记银行账户(尾号 {fact.ending}),待另一人复核",
                f"{names.en(fact.party_id)} stated a bank account ending {fact.ending}, to be confirmed by another",
            )
        case BankAccountConfirmed():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.confirmed_for)}另一人复核了{names.zh(fact.party_id)}的银行账户(尾号 {fact.ending}),"
                "即日起使用",
                f"Another person, of {names.en(fact.confirmed_for)}, confirmed the bank account ending {fact.ending} "
                f"of {names.en(fact.party_id)}; it is in force",
            )
        case BankAccountWithdrawn():
            return Told(
                Stage.MONEY,
                f"{names.zh(fact.party_id)}撤销银行账户(尾号 {fact.ending})",
                f"{names.en(fact.party_id)} withdrew the bank account ending {fact.ending}",
            )
        case PaymentInstructed():
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期列入银行付款文件 {fact.message_id},收款人{names.zh(fact.payee_id)},"
                f"收款账号 {mask(fact.account_ending)}",
                f"Tranche {fact.number} was put into the bank's file {fact.message_id}, to {names.en(fact.payee_id)}, "
                f"account {mask(fact.account_ending)}",
            )
        case ReceiptsMatched():
            zh = ";".join(_line_zh(line) for line in fact.lines[:_SHOWN])
            en = "; ".join(_line_en(line) for line in fact.lines[:_SHOWN])
            return Told(
                Stage.MONEY,
                f"第 {fact.number} 期付款由对账单 {len(fact.lines)} 行证实:{zh}"
                f"{'……' if len(fact.lines) > _SHOWN else ''}",
                f"Tranche {fact.number} was shown paid by {len(fact.lines)} lines of statements: {en}"
                f"{' …' if len(fact.lines) > _SHOWN else ''}",
            )
        case _:
            return None


def _line_zh(line: MatchedLine) -> str:
    row = "" if line.row is None else f",文件第 {line.row} 行"
    return f"流水 {line.line_reference or '(含个人信息,不公开)'},{line.paid_on},{line.amount}{row}"


def _line_en(line: MatchedLine) -> str:
    row = "" if line.row is None else f", row {line.row} of its file"
    return f"line {line.line_reference or '(personal data, withheld)'} of {line.paid_on}, {yuan(line.amount)}{row}"
