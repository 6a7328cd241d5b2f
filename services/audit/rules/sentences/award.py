"""From qualified bids to the buyer's choice."""

from schemas.disclosure import DeliveryDisclosed
from schemas.fact import Fact
from schemas.tender import (
    AwardConfirmed,
    AwardProposed,
    BidsQualified,
    BidsRanked,
    RankingRefused,
    ScoresEntered,
    ScoringClosed,
)
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_award(fact: Fact, names: Names) -> Told | None:
    match fact:
        case BidsQualified():
            qualified = sum(verdict.qualified for verdict in fact.verdicts)
            return Told(
                Stage.AWARD,
                f"资格审查签字:{len(fact.verdicts)} 份标书中 {qualified} 份合格",
                f"{qualified} of {len(fact.verdicts)} bids were signed as qualified",
            )
        case ScoresEntered():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.evaluator_id)}为 {len(fact.scores)} 份标书评分",
                f"{names.en(fact.evaluator_id)} scored {len(fact.scores)} bids",
            )
        case ScoringClosed():
            return Told(
                Stage.AWARD,
                f"评分结束,{len(fact.bids)} 份标书参加排名,价格分 {fact.price_points} 分",
                f"Scoring closed; {len(fact.bids)} bids are ranked, price counts {fact.price_points} points",
            )
        case BidsRanked():
            totals = [(ranked.rank, ranked.bidder_id, ranked.total) for ranked in fact.ranking]
            return Told(
                Stage.AWARD,
                "综合评分排名:" + "、".join(f"第{rank} {names.zh(id)} {total} 分" for rank, id, total in totals),
                "Ranking: " + ", ".join(f"{rank}. {names.en(id)} {total}" for rank, id, total in totals),
            )
        case AwardProposed():
            return Told(
                Stage.AWARD,
                f"系统建议{names.zh(fact.bidder_id)}成交,{fact.price};由购买方决定",
                f"{names.en(fact.bidder_id)} was advised at {yuan(fact.price)}; the buyer decides",
                fact.price,
            )
        case RankingRefused():
            return Told(Stage.AWARD, f"无法排名:{fact.reason_zh}", f"No ranking: {fact.reason_en}")
        case AwardConfirmed():
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.brief.funder_id)}确定{names.zh(fact.provider_id)}成交,{fact.price}",
                f"{names.en(fact.brief.funder_id)} chose {names.en(fact.provider_id)} at {yuan(fact.price)}",
                fact.price,
            )
        case DeliveryDisclosed():
            named = [(one.name, one.part) for one in fact.deliverers]
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.provider_id)}负责,具体由"
                + "、".join(f"{name}({part})" for name, part in named)
                + "实施",
                f"{names.en(fact.provider_id)} is liable; it works through "
                + ", ".join(f"{name} ({part})" for name, part in named),
            )
        case _:
            return None
