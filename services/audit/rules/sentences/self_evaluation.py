"""The fiscal self-evaluation: planned, reached, its table; what experts, street and committee said."""

from schemas.expert import ExpertRated
from schemas.fact import Fact
from schemas.governance import StreetPairRated
from schemas.self_evaluation import IndicatorMeasured, IndicatorsPlanned, ProjectSelfEvaluated
from services.audit.rules.told import Names, Stage, Told


def tell_self_evaluation(fact: Fact, names: Names) -> Told | None:
    match fact:
        case IndicatorsPlanned():
            return Told(
                Stage.EVALUATION,
                f"购买方确定绩效指标 {len(fact.indicators)} 项",
                f"The funder stated {len(fact.indicators)} indicators",
            )
        case IndicatorMeasured():
            digest = fact.evidence_digest[:12]
            return Told(
                Stage.EVALUATION,
                f"{names.zh(fact.party_id)}填报指标 {fact.indicator_id} 实际完成 {fact.actual}(佐证摘要 {digest}…)",
                f"{names.en(fact.party_id)} stated {fact.actual} reached of {fact.indicator_id} (evidence {digest}…)",
            )
        case ProjectSelfEvaluated():
            digest = fact.file_digest[:12]
            return Told(
                Stage.EVALUATION,
                f"绩效自评:合计 {fact.total} 分,计 {fact.score} 分,{fact.grade}(自评表摘要 {digest}…)",
                f"Self-evaluation: {fact.total} points in all, rounded {fact.score}, {fact.grade} (table {digest}…)",
            )
        case ExpertRated():
            return Told(
                Stage.EVALUATION,
                f"{names.zh(fact.evaluator_id)}按 {len(fact.measured)} 项指标评价:{fact.score} 分",
                f"{names.en(fact.evaluator_id)} measured {len(fact.measured)} indicators: {fact.score} points",
            )
        case StreetPairRated():
            return Told(
                Stage.EVALUATION,
                f"{names.zh(fact.rater_id)}评价{names.zh(fact.rated_id)}在本项目中的工作:{fact.score} 分",
                f"{names.en(fact.rater_id)} rated {names.en(fact.rated_id)} for its part in this project: {fact.score}",
            )
        case _:
            return None
