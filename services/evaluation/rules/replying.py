"""Between the announced grade and the final one: the provider answers first, and may ask once to be evaluated again.

It accepts, and the grade is final at once; or replies, which is shown beside it; or asks for a re-evaluation, on which
another person of the funder decides than the one who rated for it. Granted, the window opens once more, for tokens that
have not rated and for both parties' scores, and what is counted then is final, whichever way it goes. Silence never
holds money back nor costs the one who waits: unanswered, the announced grade becomes final; undecided, a request is
granted.
"""

from hashlib import sha256
from typing import Annotated

from pydantic import Field

from schemas.deciding import SYSTEM, Context, Due, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Command, Note
from schemas.grade import GradeAccepted, GradeReplied, ReevaluationDecided, ReevaluationRequested
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.workdays import deadline
from services.evaluation.rules.announcing import REEVALUATION, REPLY_DAYS
from services.evaluation.rules.evaluation import Evaluation
from services.evaluation.rules.grade import Announcement, Words
from services.evaluation.rules.grading import window

Text = Annotated[str, Field(min_length=1, max_length=2000)]


class ReplyToGrade(Command):
    """What the provider says to the announced grade. Public with it, so without names or numbers of residents."""

    project_id: ProjectId
    reply: Text


class AcceptGrade(Command):
    """The provider waits no longer, and gives up asking for more."""

    project_id: ProjectId


class RequestReevaluation(Command):
    """The provider asks to be evaluated again, and why. Once."""

    project_id: ProjectId
    reasons: Text


class DecideReevaluation(Command):
    """The funder opens the window once more, or upholds the announced grade, and says why."""

    project_id: ProjectId
    granted: bool
    reasons: Text


class WordsKept(Note):
    project_id: ProjectId
    said: Words
    text: str


def reply(world: World, command: ReplyToGrade, context: Context) -> list[Model]:
    """Once, until the reply deadline; the grade waits for the deadline all the same."""
    evaluation, announced = _of_provider(world, command, context)
    _in_time(announced, context)
    if Words.REPLY in announced.words:
        raise Refused("grade_already_replied", project=str(evaluation.id))
    must_be_public(command.reply, "reply")
    said = GradeReplied(
        project_id=command.project_id, replied_by=PartyId(context.by.person_id), digest=_digest(command.reply)
    )
    return [said, WordsKept(project_id=command.project_id, said=Words.REPLY, text=command.reply)]


def accept(world: World, command: AcceptGrade, context: Context) -> list[Model]:
    """Also while a request is undecided: it is given up with that."""
    evaluation, announced = _of_provider(world, command, context)
    accepted = GradeAccepted(project_id=command.project_id, accepted_by=PartyId(context.by.person_id))
    return [accepted, _final(evaluation, announced, "承接方接受预评等级")]


def request(world: World, command: RequestReevaluation, context: Context) -> list[Model]:
    evaluation, announced = _of_provider(world, command, context)
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    if announced.decide_until is not None:
        raise Refused("reevaluation_requested_before", rulebook.source(REEVALUATION), project=str(evaluation.id))
    _in_time(announced, context)
    must_be_public(command.reasons, "reasons")
    days = int(rulebook.value(REEVALUATION)["decide_working_days"])
    until = deadline(context.today, days)
    requested = ReevaluationRequested(
        project_id=command.project_id,
        requested_by=PartyId(context.by.person_id),
        digest=_digest(command.reasons),
        working_days=days,
        decide_until=until.at,
        holidays_known=until.holidays_known,
    )
    return [requested, WordsKept(project_id=command.project_id, said=Words.REQUEST, text=command.reasons)]


def decide(world: World, command: DecideReevaluation, context: Context) -> list[Model]:
    """By another person of the funder than the one whose score stands in the grade."""
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.funder_id)
    announced = _pending(evaluation)
    if announced.decide_until is None or context.at >= announced.decide_until:
        raise Refused("no_request_to_decide", project=str(evaluation.id))
    if context.by.person_id in {given.by for given in evaluation.party_ratings}:
        source = context.rulebooks.by_hash(evaluation.rulebook).source(REEVALUATION)
        raise Refused("rater_decides_nothing", source, status=403)
    must_be_public(command.reasons, "reasons")
    kept = WordsKept(project_id=command.project_id, said=Words.DECISION, text=command.reasons)
    by = PartyId(context.by.person_id)
    if command.granted:
        return [*_reopened(evaluation, by, _digest(command.reasons), context), kept]
    upheld = ReevaluationDecided(
        project_id=command.project_id,
        granted=False,
        decided_by=by,
        digest=_digest(command.reasons),
        closes_at=None,
    )
    return [upheld, kept, _final(evaluation, announced, "购买方另一人复核,维持预评等级")]


def expired(evaluation: Evaluation, due: Due, context: Context) -> list[Model]:
    """Nobody said anything by the deadline; nothing, if somebody was quicker."""
    announced = evaluation.announcement
    if announced is None or evaluation.grade is not None or announced.due is None:
        return []
    name, at = announced.due
    if due.name != name or context.at < at:
        return []
    if announced.decide_until is not None:
        return _reopened(evaluation, SYSTEM, None, context)
    return [_final(evaluation, announced, "答复期满,承接方未申请重新评价")]


def _reopened(evaluation: Evaluation, by: PartyId, digest: str | None, context: Context) -> list[Model]:
    days = int(context.rulebooks.by_hash(evaluation.rulebook).value(REEVALUATION)["window_days"])
    opened = window(evaluation, days, context, extended=evaluation.extended)
    decided = ReevaluationDecided(
        project_id=evaluation.project_id, granted=True, decided_by=by, digest=digest, closes_at=opened.closes_at
    )
    return [decided, opened]


def _final(evaluation: Evaluation, announced: Announcement, why: str) -> ProjectGraded:
    """The announced grade to the letter: what went overdue since then was not in it."""
    grade = announced.grade
    return ProjectGraded(
        project_id=evaluation.project_id,
        score=grade.score,
        grade=grade.grade,
        factor_percent=grade.factor_percent,
        arithmetic=f"{grade.arithmetic};{why},定为最终等级",
        rulebook=evaluation.rulebook,
    )


def _of_provider(
    world: World, command: ReplyToGrade | AcceptGrade | RequestReevaluation, context: Context
) -> tuple[Evaluation, Announcement]:
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.provider_id)
    if evaluation.announcement is None:
        rulebook = context.rulebooks.by_hash(evaluation.rulebook)
        source = rulebook.source(REPLY_DAYS) if REPLY_DAYS in rulebook.rules else None
        raise Refused("grade_not_announced", source, project=str(evaluation.id))
    return evaluation, _pending(evaluation)


def _pending(evaluation: Evaluation) -> Announcement:
    announced = evaluation.announcement
    if announced is None or announced.granted is not None or evaluation.grade is not None:
        raise Refused("grade_not_pending", project=str(evaluation.id))
    return announced


def _in_time(announced: Announcement, context: Context) -> None:
    if context.at >= announced.reply_until:
        raise Refused("reply_deadline_passed", until=announced.reply_until)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
