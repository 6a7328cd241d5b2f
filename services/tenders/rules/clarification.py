"""Questions while a tender is open: asked by whoever may bid, answered by the buyer, both for everybody to read."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.clarification import QuestionAnswered, QuestionAsked
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from schemas.workdays import deadline
from services.tenders.rules.clarified import Question
from services.tenders.rules.project import ANSWER_WORKDAYS, Phase, Project
from services.tenders.rules.sealing import check_capacity

PER_BIDDER = "tender.questions_per_bidder_most"
PER_TENDER = "tender.questions_most"


class AskQuestion(Command):
    project_id: ProjectId
    asker_id: PartyId
    """the caller's own party; nobody else is told"""
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    """for everybody to read: who asks should not stand in it"""


class AnswerQuestion(Command):
    project_id: ProjectId
    question_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    changes_documents: bool
    """true: the answer says something else than the documents did, and an amendment since the question makes it so"""


class QuestionKept(Note):
    """With who asked: a row of tenders, and never a fact."""

    project_id: ProjectId
    question: Question


def ask_refs(command: AskQuestion, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.asker_id))


def ask(world: World, command: AskQuestion, context: Context) -> list[Model]:
    """Whoever could hand in a bid now may ask, so often."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.asker_id)
    rulebook = clarified_under(project, context)
    asker = party(world, command.asker_id)
    check_capacity(asker, project, context)
    _check_number(project, asker, rulebook)
    if any(name and name in command.text for name in (asker.name, asker.uscc)):
        raise Refused("question_names_asker", status=422, field="text")
    must_be_public(command.text, "text")
    due = deadline(context.today, rulebook.integer(ANSWER_WORKDAYS))
    question = Question(
        id=context.new_id("question"),
        text=command.text,
        asked_by=command.asker_id,
        asked_at=context.at,
        answer_due=due.at,
        holidays_known=due.holidays_known,
    )
    told = QuestionAsked(
        project_id=project.project_id, question_id=question.id, text=question.text, answer_due=question.answer_due
    )
    return [QuestionKept(project_id=project.project_id, question=question), told]


def clarified_under(project: Project, context: Context) -> Rulebook:
    """The rulebook of an open tender, if its edition says how questions and amendments go."""
    if project.closes_at is not None:
        must_be_before(project.closes_at, context)
    project.must_be_in(Phase.OPEN)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if ANSWER_WORKDAYS not in rulebook.rules:
        raise Refused("no_clarifications", rulebook=f"{rulebook.id} {rulebook.version}")
    return rulebook


def must_be_before(closes_at: datetime, context: Context) -> None:
    if context.at >= closes_at:
        raise Refused("clarification_after_deadline", closes_at=closes_at)


def _check_number(project: Project, asker: Party, rulebook: Rulebook) -> None:
    own = sum(question.asked_by == asker.id for question in project.questions)
    for path, asked in ((PER_BIDDER, own), (PER_TENDER, len(project.questions))):
        most = rulebook.integer(path)
        if asked >= most:
            raise Refused("too_many_questions", rulebook.source(path), most=most)


def answer(world: World, command: AnswerQuestion, context: Context) -> list[QuestionAnswered]:
    """Once, late as well; what changes the documents has to be amended first, or bidders would build on two texts."""
    project = world.get(Project, command.project_id)
    context.by.must_be(project.brief.funder_id)
    rulebook = clarified_under(project, context)
    question = next((one for one in project.questions if one.id == command.question_id), None)
    if question is None:
        raise Refused("no_such_question", status=404, question=str(command.question_id))
    if question.reply is not None:
        raise Refused("already_answered", question=str(question.id))
    must_be_public(command.text, "text")
    last = project.amendments[-1] if project.amendments else None
    if command.changes_documents and (last is None or last.amended_at < question.asked_at):
        source = rulebook.source("tender.clarification_lead_days")
        raise Refused("answer_needs_amendment", source, field="changes_documents")
    return [
        QuestionAnswered(
            project_id=project.project_id,
            question_id=question.id,
            text=command.text,
            amendment=last.number if command.changes_documents and last is not None else None,
            answered_by=PartyId(context.by.person_id),
            answered_at=context.at,
        )
    ]
