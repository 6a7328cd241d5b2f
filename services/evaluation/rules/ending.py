"""An agreement that a failed mid-term ended is graded at once, by that judgement: there will be no final delivery."""

from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.evaluation import MilestoneRated, ProjectGraded
from schemas.fact import Fact
from schemas.judging import Consequence, MidTermGraded
from services.evaluation.rules import scheme
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.grading import factor_of


def end_early(world: World, fact: MidTermGraded, context: Context) -> list[Fact]:
    """What residents said so far is told and does not count; from now on nobody rates any more."""
    evaluation = world.find(Evaluation, fact.project_id)
    if (
        evaluation is None
        or evaluation.terminated
        or evaluation.grade is not None
        or fact.consequence is not Consequence.ENDS
    ):
        return []
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    points = rulebook.value("evaluation.level_points")
    rated = [
        MilestoneRated(
            project_id=evaluation.project_id,
            milestone=milestone,
            ratings=tally.ratings,
            mean=scheme.mean(tally.counts, points),
            digest=tally.digest,
        )
        for milestone in Milestone
        if (tally := evaluation.tally(milestone)).ratings
    ]
    name = scheme.band(fact.score, rulebook)
    factor, moves = factor_of(evaluation, name, rulebook)
    steps = [f"中期评估 {fact.score} 分,不合格,协议终止({fact.source})", "不再进行末期评估,按中期评估得分定级"]
    if said := sum(one.ratings for one in rated):
        steps.append(f"终止前已收居民评价 {said} 份,列示不计")
    graded = ProjectGraded(
        project_id=evaluation.project_id,
        score=fact.score,
        grade=name,
        factor_percent=factor,
        arithmetic=";".join([*steps, f"等级 {name},{moves}"]),
        rulebook=evaluation.rulebook,
    )
    return [*rated, graded]
