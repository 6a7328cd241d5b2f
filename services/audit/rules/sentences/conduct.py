"""The committee and inquiries into low prices."""

from schemas.committee import CommitteeImported, DrawCommitted, ExpertRecused, ExpertsDrawn
from schemas.fact import Fact
from schemas.low_price import LowPriceDecided, LowPriceExplained, LowPriceInquired, LowPriceUnexplained
from schemas.quotation import CorrectionAnswered, PriceCorrected, QuotationOpened
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_conduct(fact: Fact, names: Names) -> Told | None:
    match fact:
        case CommitteeImported():
            return Told(
                Stage.AWARD,
                f"录入评审专家抽取记录 {fact.record_number}({fact.drawn_on} 自{fact.pool}抽取),"
                f"共 {len(fact.members)} 人",
                f"Record {fact.record_number} of the experts' draw was entered: {len(fact.members)} members, "
                f"drawn on {fact.drawn_on} from {fact.pool}",
            )
        case DrawCommitted():
            return Told(
                Stage.AWARD,
                f"公布评审专家抽取名单 {len(fact.pool)} 人,拟抽 {fact.seats} 人,承诺值 {fact.commitment[:12]}…",
                f"A pool of {len(fact.pool)} was published, {fact.seats} to be drawn, "
                f"commitment {fact.commitment[:12]}…",
            )
        case ExpertsDrawn():
            return Told(
                Stage.AWARD,
                f"抽取评审小组 {len(fact.members)} 人,因回避等跳过 {len(fact.passed)} 人,种子 {fact.seed[:12]}…",
                f"A committee of {len(fact.members)} was drawn, {len(fact.passed)} passed over, seed {fact.seed[:12]}…",
            )
        case ExpertRecused():
            return Told(Stage.AWARD, "一名评审专家申请回避", "An evaluator recused")
        case QuotationOpened():
            count = len(fact.quotation.items)
            return Told(Stage.AWARD, f"开启分项报价,共 {count} 项", f"A priced list of {count} items was opened")
        case PriceCorrected():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.bidder_id)}的报价前后不一致,{fact.stated} 修正为 {fact.corrected}:"
                + ";".join(step.arithmetic for step in fact.steps),
                f"Amounts in {names.en(fact.bidder_id)}'s bid differ; {yuan(fact.stated)} was corrected to "
                f"{yuan(fact.corrected)}, to be confirmed",
                fact.corrected,
            )
        case CorrectionAnswered():
            zh, en = ("确认", "confirmed") if fact.confirmed else ("不确认", "did not confirm")
            return Told(Stage.AWARD, f"投标人{zh}修正后的报价", f"The bidder {en} the corrected price")
        case _:
            return _tell_low_price(fact, names)


def _tell_low_price(fact: Fact, names: Names) -> Told | None:
    match fact:
        case LowPriceInquired():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.bidder_id)}报价 {fact.price} 异常低,要求说明:"
                + ";".join(trigger.arithmetic for trigger in fact.triggers),
                f"{names.en(fact.bidder_id)}'s price of {yuan(fact.price)} looks abnormally low; it has to explain",
                fact.price,
            )
        case LowPriceExplained():
            return Told(Stage.AWARD, "供应商说明了报价的合理性", "The bidder explained its price")
        case LowPriceUnexplained():
            return Told(Stage.AWARD, "供应商逾期未说明报价", "The bidder did not explain its price in time")
        case LowPriceDecided():
            zh, en = (
                ("报价合理", "reasonable")
                if fact.accepted
                else ("作为无效投标", "not shown to be reasonable, so the bid is invalid")
            )
            return Told(
                Stage.AWARD, f"异常低价认定:{zh}。{fact.reason}", f"The low price was found {en}: {fact.reason}"
            )
        case _:
            return None
