"""Bad ratings open a follow-up (整改): the provider puts things right and says how, the community confirms.

One per milestone and kind of grievance, opened when so many came that nobody is singled out by it. Every bad rating
counts for it, asked or not: who complains is heard. Only its number is told, never whose or in which words.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from schemas.contract import Milestone
from schemas.deciding import Context, Due, World
from schemas.evaluation import FollowUpAnswered, FollowUpClosed, FollowUpOpened, FollowUpOverdue, Grievance
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.workdays import deadline
from services.evaluation.rules.evaluation import Evaluation, FollowUp, Level

FOLLOWUPS = "evaluation.followups"
OVERDUE_POINTS = "evaluation.followup_overdue_points"
AWAITED = "evaluation.followups_awaited"


class AnswerFollowUp(Command):
    """What the provider did about it. For the parties, without names or numbers of residents."""

    project_id: ProjectId
    milestone: Milestone
    grievance: Grievance
    done: Annotated[str, Field(min_length=1, max_length=2000)]


class CloseFollowUp(Command):
    """The community confirms what the provider answered; where it performs itself, the funder does."""

    project_id: ProjectId
    milestone: Milestone
    grievance: Grievance


class CountAwaits(Note):
    """The count of a window that is over waits until then, exclusive."""

    project_id: ProjectId
    until: datetime


class FollowUpKept(Note):
    """The words of an answer; the fact carries their digest."""

    project_id: ProjectId
    milestone: Milestone
    grievance: Grievance
    answer: str


def to_open(evaluation: Evaluation, milestone: Milestone, levels: list[Level], context: Context) -> list[Fact]:
    """What a batch of ratings opens, with those that came before it."""
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    if FOLLOWUPS not in rulebook.rules:
        return []
    opened: list[Fact] = []
    for grievance in Grievance:
        rule, level = rulebook.value(FOLLOWUPS)[grievance], Level(grievance)
        ratings = evaluation.tally(milestone).counts.get(level, 0) + levels.count(level)
        if ratings >= rule["ratings"] and evaluation.followup(milestone, grievance) is None:
            opened.append(_opened(evaluation, milestone, grievance, ratings, rule["working_days"], context))
    return opened


def _opened(
    evaluation: Evaluation, milestone: Milestone, grievance: Grievance, ratings: int, days: int, context: Context
) -> FollowUpOpened:
    until = deadline(context.today, days)
    return FollowUpOpened(
        project_id=evaluation.project_id,
        milestone=milestone,
        grievance=grievance,
        ratings=ratings,
        working_days=days,
        due_at=until.at,
        holidays_known=until.holidays_known,
    )


def answer(world: World, command: AnswerFollowUp, context: Context) -> list[Model]:
    """Until it is closed, also late: what was done counts, and that it was late stays."""
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.provider_id)
    followup = _open(evaluation, command)
    must_be_public(command.done, "done")
    answered = FollowUpAnswered(
        project_id=command.project_id,
        milestone=command.milestone,
        grievance=command.grievance,
        answered_by=PartyId(context.by.person_id),
        digest=sha256(command.done.encode()).hexdigest(),
    )
    kept = FollowUpKept(
        project_id=command.project_id,
        milestone=command.milestone,
        grievance=command.grievance,
        answer=command.done,
    )
    after = [replace(one, answer=command.done) if one is followup else one for one in evaluation.followups]
    if evaluation.count_awaits is None or evaluation.counted:
        return [answered, kept]
    until = max((one.due_at for one in after if pending(one, context.at)), default=context.at)
    return [answered, kept, CountAwaits(project_id=command.project_id, until=until)]


def close(world: World, command: CloseFollowUp, context: Context) -> list[Fact]:
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.funder_id if evaluation.by_community else evaluation.community_id)
    followup = _open(evaluation, command)
    if followup.answer is None:
        raise Refused("followup_not_answered", milestone=command.milestone, grievance=command.grievance)
    closed = FollowUpClosed(
        project_id=command.project_id,
        milestone=command.milestone,
        grievance=command.grievance,
        closed_by=PartyId(context.by.person_id),
    )
    return [closed]


def _open(evaluation: Evaluation, command: AnswerFollowUp | CloseFollowUp) -> FollowUp:
    followup = evaluation.followup(command.milestone, command.grievance)
    if followup is None:
        raise Refused("no_followup", status=404, milestone=command.milestone, grievance=command.grievance)
    if followup.closed:
        raise Refused("followup_closed", milestone=command.milestone, grievance=command.grievance)
    return followup


def overdue(evaluation: Evaluation, due: Due, context: Context) -> list[Fact]:
    """The deadline rang; nothing, if the provider was quicker."""
    return [
        FollowUpOverdue(project_id=evaluation.project_id, milestone=late.milestone, grievance=late.grievance)
        for late in evaluation.followups
        if late.name == due.name and late.name in evaluation.due() and context.at >= late.due_at
    ]


def pending(followup: FollowUp, at: datetime) -> bool:
    """Nobody has answered it, and there is still time to."""
    return followup.answer is None and not followup.overdue and at < followup.due_at


def to_await(evaluation: Evaluation, context: Context) -> list[Note]:
    """Under an edition that says so the count waits for every answer, or its deadline: nobody loses points before the
    deadline, and nobody escapes it by the calendar. It waits no longer than the rulebook's days of a follow-up."""
    if AWAITED not in context.rulebooks.by_hash(evaluation.rulebook).rules:
        return []
    due = [one.due_at for one in evaluation.followups if one.answer is None and not one.overdue]
    if not due or (evaluation.count_awaits is not None and max(due) <= evaluation.count_awaits):
        return []
    return [CountAwaits(project_id=evaluation.project_id, until=max(due))]


def late(evaluation: Evaluation) -> int:
    """How many passed their deadline unanswered; what the count waited for, whether its own timer has rung or not."""
    until = evaluation.count_awaits
    return sum(
        one.overdue or (until is not None and one.answer is None and one.due_at <= until)
        for one in evaluation.followups
    )


def points_lost(evaluation: Evaluation, rulebook: Rulebook) -> int:
    """What overdue follow-ups take from the score, at most all of it."""
    if OVERDUE_POINTS not in rulebook.rules:
        return 0
    return min(100, late(evaluation) * rulebook.integer(OVERDUE_POINTS))
