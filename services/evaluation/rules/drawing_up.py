"""The funder draws up the self-evaluation table (绩效自评表), once: when graded, settled, and all is measured."""

from decimal import Decimal
from hashlib import sha256

from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.self_evaluation import ProjectSelfEvaluated
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.self_evaluation import SCHEME, TableKept, for_scheme
from services.evaluation.rules.self_scoring import banded, lines
from services.evaluation.rules.self_table import table


class DrawUpSelfEvaluation(Command):
    project_id: ProjectId


def draw_up(world: World, command: DrawUpSelfEvaluation, context: Context) -> list[Model]:
    """From what was said until now: ratings that count, money that was paid, actual values."""
    project, rulebook = for_scheme(world, command.project_id, context)
    context.by.must_be(project.funder_id)
    project.must_be_open()
    source = rulebook.source(SCHEME)
    if not project.indicators:
        raise Refused("nothing_planned", source, project=str(project.id))
    if missing := [i.name for i in project.indicators if i.id not in project.actuals]:
        raise Refused("not_all_measured", source, indicators="、".join(missing))
    evaluation = world.find(Evaluation, command.project_id)
    if evaluation is None or evaluation.grade is None or not project.settled:
        raise Refused("project_not_over", source, project=str(project.id))
    scored = lines(project, list(evaluation.assessments.values()), rulebook)
    total = sum((line.score for line in scored), Decimal("0.00"))
    score, grade = banded(total, rulebook)
    body = table(project, scored, (total, score, grade), rulebook, context.today)
    drawn = ProjectSelfEvaluated(
        project_id=command.project_id,
        lines=scored,
        total=total,
        score=score,
        grade=grade,
        file_digest=sha256(body).hexdigest(),
        rulebook=project.rulebook,
        drawn_by=PartyId(context.by.person_id),
    )
    return [drawn, TableKept(project_id=command.project_id, body=body)]
