"""What residents and both parties said, and the grade."""

from schemas.evaluation import MilestoneRated, PartyRated, ProjectGraded
from schemas.fact import Fact
from services.audit.rules.sentences.contract import MILESTONES
from services.audit.rules.told import Names, Stage, Told


def tell_rating(fact: Fact, names: Names) -> Told | None:
    match fact:
        case MilestoneRated():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.EVALUATION,
                f"受益居民评价{zh}成果:{fact.ratings} 份,均分 {fact.mean}",
                f"{fact.ratings} residents rated the {en}: mean {fact.mean}",
            )
        case PartyRated():
            return Told(
                Stage.EVALUATION,
                f"{names.zh(fact.rater_id)}评价{names.zh(fact.rated_id)}:{fact.score} 分",
                f"{names.en(fact.rater_id)} rated {names.en(fact.rated_id)}: {fact.score}",
            )
        case ProjectGraded():
            return Told(
                Stage.EVALUATION,
                f"评级:{fact.score} 分,{fact.grade},末期款系数 {fact.factor_percent}%",
                f"Graded {fact.grade} with {fact.score} points; the last tranche counts {fact.factor_percent}%",
            )
        case _:
            return None
