"""What the window came to: told as an announced grade first where the rulebook gives the provider the next word.

A project whose rulebook has no such days is graded at once, as it always was; and so it is at the end of its
re-evaluation, of which there is only one.
"""

from schemas.deciding import Context
from schemas.evaluation import ProjectGraded
from schemas.grade import GradeAnnounced
from schemas.workdays import deadline
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.grade import Grade

REPLY_DAYS = "evaluation.reply_days"
REEVALUATION = "evaluation.reevaluation"


def told(evaluation: Evaluation, grade: Grade, context: Context) -> GradeAnnounced | ProjectGraded:
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    before = evaluation.announcement
    if before is not None or REPLY_DAYS not in rulebook.rules:
        again = "" if before is None else f"预评为 {before.grade.score} 分、{before.grade.grade},申请后重新评价;"
        return ProjectGraded(
            project_id=evaluation.project_id,
            score=grade.score,
            grade=grade.grade,
            factor_percent=grade.factor_percent,
            arithmetic=again + grade.arithmetic,
            rulebook=evaluation.rulebook,
        )
    days = rulebook.integer(REPLY_DAYS)
    until = deadline(context.today, days)
    return GradeAnnounced(
        project_id=evaluation.project_id,
        score=grade.score,
        grade=grade.grade,
        factor_percent=grade.factor_percent,
        arithmetic=grade.arithmetic,
        rulebook=evaluation.rulebook,
        working_days=days,
        reply_until=until.at,
        holidays_known=until.holidays_known,
    )
