"""The days that transfers count for, and the codes of what arrived and what was paid."""

from schemas.dated import LotRecorded, PaymentClassified, TransfersDated
from schemas.fact import Fact
from services.audit.rules.told import Names, Stage, Told


def tell_dating(fact: Fact, names: Names) -> Told | None:
    match fact:
        case TransfersDated():
            days = "、".join(sorted({str(one.effective_date) for one in fact.transfers}))
            return Told(
                Stage.MONEY,
                f"{len(fact.transfers)} 笔转账的生效日为 {days}",
                f"{len(fact.transfers)} transfers count for {days}",
            )
        case LotRecorded():
            codes = f"功能科目 {fact.functional_code or '—'},经济科目 {fact.economic_code or '—'}"
            return Told(
                Stage.MONEY,
                f"到账日 {fact.effective_date},{codes}",
                f"Arrived on {fact.effective_date}; functional code {fact.functional_code or '—'}, "
                f"economic code {fact.economic_code or '—'}",
            )
        case PaymentClassified():
            return Told(
                Stage.MONEY,
                f"按经济科目 {fact.economic_code} 支付",
                f"Paid under economic code {fact.economic_code}",
            )
        case _:
            return None
