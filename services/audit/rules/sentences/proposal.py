"""From proposal to reserved money."""

from schemas.fact import Fact
from schemas.fund import CorrectionReason, FundAppropriated, FundCorrected, ReservationReleased, SourceType
from schemas.money import sum_of
from schemas.project import (
    BudgetRefused,
    BudgetReserved,
    FundLineLeft,
    ProjectApproved,
    ProjectDeclined,
    ProjectProposed,
)
from services.audit.rules.told import Names, Stage, Told, yuan

SOURCES = {
    SourceType.BUDGET: ("一般公共预算", "the public budget"),
    SourceType.LOTTERY: ("福彩公益金", "the welfare lottery fund"),
    SourceType.DONATION: ("慈善捐赠", "donations"),
    SourceType.COMMUNITY_FOUNDATION: ("社区基金会", "the community foundation"),
    SourceType.OWN: ("自筹", "own money"),
}

CORRECTIONS = {
    CorrectionReason.AMOUNT_TOO_LARGE: ("金额多记", "too much was booked"),
    CorrectionReason.ENTERED_TWICE: ("重复入账", "it was entered twice"),
    CorrectionReason.WRONG_ACCOUNT: ("记错账户、来源或指标", "it was booked in a wrong place"),
    CorrectionReason.NEVER_ARRIVED: ("款项实际未到账", "it never arrived"),
}


def tell_proposal(fact: Fact, names: Names) -> Told | None:
    match fact:
        case FundAppropriated():
            zh, en = SOURCES[fact.source_type]
            return Told(
                Stage.FUND,
                f"{names.zh(fact.funder_id)}到账{zh} {fact.amount}({fact.budget_line})",
                f"{names.en(fact.funder_id)} received {yuan(fact.amount)} from {en} ({fact.budget_line})",
                fact.amount,
            )
        case FundCorrected():
            zh, en = CORRECTIONS[fact.reason]
            return Told(
                Stage.FUND,
                f"{names.zh(fact.funder_id)}更正误记的到账 {fact.amount}({zh}),记账与更正为不同的人,依据:{fact.basis}",
                f"{names.en(fact.funder_id)} took back {yuan(fact.amount)} booked as received ({en}); "
                f"another person had recorded it; basis: {fact.basis}",
                fact.amount,
            )
        case ProjectProposed():
            return Told(
                Stage.PROPOSAL,
                f"项目建议《{fact.brief.title}》送交{names.zh(fact.brief.funder_id)}",
                f"The project “{fact.brief.title}” was proposed to {names.en(fact.brief.funder_id)}",
                fact.brief.cost,
            )
        case FundLineLeft():
            return Told(
                Stage.PROPOSAL,
                f"居民以“{fact.fund_line.name}”选定,另由 {len(fact.accounts)} 个账户出资,理由:{fact.reason}",
                f"Chosen with “{fact.fund_line.name}”, {len(fact.accounts)} other accounts pay because: {fact.reason}",
            )
        case ProjectDeclined():
            return Told(
                Stage.PROPOSAL, f"购买方未采纳:{fact.reason}", f"The funder declined the proposal: {fact.reason}"
            )
        case ProjectApproved():
            return Told(
                Stage.PROPOSAL,
                f"{names.zh(fact.brief.funder_id)}批准立项,最高限价 {fact.ceiling},起草与批准为不同的人",
                f"{names.en(fact.brief.funder_id)} approved it with a ceiling of {yuan(fact.ceiling)}; "
                "another person had drafted it",
                fact.ceiling,
            )
        case BudgetReserved():
            return Told(
                Stage.PROPOSAL,
                f"预算预留 {fact.ceiling},来自 {len(fact.shares)} 个资金账户",
                f"{yuan(fact.ceiling)} were reserved from {len(fact.shares)} fund accounts",
                fact.ceiling,
            )
        case BudgetRefused():
            return Told(
                Stage.PROPOSAL, f"预算未能预留:{fact.reason_zh}", f"The budget was not reserved: {fact.reason_en}"
            )
        case ReservationReleased():
            amount = sum_of(share.amount for share in fact.shares)
            return Told(
                Stage.MONEY,
                f"没有订立协议,预留的 {amount} 退回各来源",
                f"No agreement came of it; the reserved {yuan(amount)} went back",
                amount,
            )
        case _:
            return None
