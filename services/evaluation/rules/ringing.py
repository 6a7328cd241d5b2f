"""An evaluation's own timers: deadlines of follow-ups and of the announced grade."""

from schemas.deciding import Context, Due, World
from schemas.model import Model
from services.evaluation.rules import followups, replying
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.grading import boxed


def ring(world: World, due: Due, context: Context) -> list[Model]:
    """Or the end of a window that was set before ratings lay in a box: it gets one."""
    evaluation = world.find(Evaluation, due.ref[1])
    if evaluation is None:
        return []
    if due.name == "grade":
        return boxed(evaluation)
    return [*replying.expired(evaluation, due, context), *followups.overdue(evaluation, due, context)]
