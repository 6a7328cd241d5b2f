"""From the buyer's choice to an agreement, or to another choice, or to another run."""

from schemas.awarding import (
    AwardAnnounced,
    AwardPassedOn,
    AwardSetAside,
    BidderBarred,
    CancelGround,
    ContractWithdrawn,
    DefaultGround,
    EvaluationReopened,
    TenderCancelled,
    TenderRerun,
    WinnerDefaulted,
)
from schemas.days import minute_of
from schemas.fact import Fact
from schemas.organization import CreditList
from services.audit.rules.told import Names, Stage, Told, yuan

DEFAULTS = {
    DefaultGround.GAVE_UP: ("放弃成交", "gave up"),
    DefaultGround.NOT_SIGNED: ("逾期不签订协议", "did not sign in time"),
}
GROUNDS = {
    CancelGround.TOO_FEW: ("供应商不足", "too few suppliers"),
    CancelGround.UNLAWFUL: ("出现违法、违规行为", "unlawful acts"),
    CancelGround.ABOVE_BUDGET: ("报价均超过预算", "all prices above the budget"),
    CancelGround.NO_LONGER_NEEDED: ("采购任务取消", "no longer needed"),
    CancelGround.WINNER_DEFAULTED: ("成交供应商违约", "the winner defaulted"),
}

LISTS = {
    CreditList.ABNORMAL: ("活动异常名录", "list of abnormal activities"),
    CreditList.SERIOUS: ("严重违法失信名单", "list of serious breaches of trust"),
}


def tell_after_award(fact: Fact, names: Names) -> Told | None:
    match fact:
        case AwardAnnounced():
            until, sign = minute_of(fact.objections_until), minute_of(fact.contract_due)
            return Told(
                Stage.AWARD,
                f"公告结果:{names.zh(fact.provider_id)}成交,{fact.price};质疑期至 {until},应于 {sign} 前签订协议",
                f"The result was announced: {names.en(fact.provider_id)} at {yuan(fact.price)}; objections until "
                f"{until}, to be signed before {sign}",
                fact.price,
            )
        case WinnerDefaulted():
            zh, en = DEFAULTS[fact.ground]
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.provider_id)}{zh}:{fact.reason}",
                f"{names.en(fact.provider_id)} {en}: {fact.reason}",
            )
        case AwardSetAside():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.provider_id)}的成交结果不再成立",
                f"The award to {names.en(fact.provider_id)} was set aside",
            )
        case BidderBarred():
            zh = "、".join(LISTS[one][0] for one in fact.lists)
            en = " and the ".join(LISTS[one][1] for one in fact.lists)
            return Told(
                Stage.AWARD,
                f"确定成交时{names.zh(fact.provider_id)}列在{zh},不能成交({fact.source}):{fact.reason}",
                f"{names.en(fact.provider_id)} stood on the {en} when the winner was chosen, and was passed over "
                f"({fact.source}): {fact.reason}",
            )
        case AwardPassedOn():
            return Told(
                Stage.AWARD, f"按排名确定下一候选人:{fact.reason}", f"The next in rank was chosen: {fact.reason}"
            )
        case EvaluationReopened():
            return Told(Stage.AWARD, "重新评审,此前的评分和排名作废", "The bids are scored anew")
        case ContractWithdrawn():
            return Told(Stage.AWARD, "未签订的协议随成交结果撤销", "The drafted agreement was withdrawn with its award")
        case _:
            return _ended(fact)


def _ended(fact: Fact) -> Told | None:
    match fact:
        case TenderCancelled():
            zh, en = GROUNDS[fact.ground]
            return Told(Stage.TENDER, f"废标({zh}):{fact.reason}", f"The tender was cancelled ({en}): {fact.reason}")
        case TenderRerun():
            return Told(
                Stage.TENDER,
                f"第 {fact.run} 次采购:{fact.reason}",
                f"Run no. {fact.run} of the tender begins: {fact.reason}",
            )
        case _:
            return None
