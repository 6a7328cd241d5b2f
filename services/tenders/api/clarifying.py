"""Questions, answers and amendments of an open tender: public, but for who asked and what waits for approval."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World, new_id
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Rule
from schemas.tender import Terms
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.tenders import store
from services.tenders.api.answers import Drafted, Step
from services.tenders.rules import amendment, clarification
from services.tenders.rules.clarified import Amendment, AmendmentDraft, Question, Reply
from services.tenders.rules.project import ANSWER_WORKDAYS, LEAD_DAYS, Project, project_of


class QuestionAnswer(Answer):
    """`answer_due` is exclusive; `overdue`: not answered in time. `own`: the caller's party asked; nobody else sees."""

    question_id: UUID
    text: str
    asked_at: datetime
    answer_due: datetime
    holidays_known: bool
    overdue: bool
    own: bool
    reply: Reply | None

    @classmethod
    def of(cls, question: Question, asked: Asked) -> "QuestionAnswer":
        return cls(
            question_id=question.id,
            text=question.text,
            asked_at=question.asked_at,
            answer_due=question.answer_due,
            holidays_known=question.holidays_known,
            overdue=question.overdue(asked.at),
            own=asked.by is not None and asked.by.party_id == question.asked_by,
            reply=question.reply,
        )


class QuestionsAnswer(Answer):
    """`days`: working days to answer, with the rule they come from; none where the rulebook's edition has none."""

    questions: tuple[QuestionAnswer, ...]
    days: int | None
    source: str | None
    certainty: Certainty | None


class AmendmentsAnswer(Answer):
    """`lead_days`: what has to be left until the deadline, or it is put off. `draft`: for the buyer and auditors."""

    amendments: tuple[Amendment, ...]
    lead_days: int | None
    source: str | None
    certainty: Certainty | None
    terms: Terms | None
    """as they are now"""
    draft: AmendmentDraft | None


async def list_questions(connection: Connection, asked: Asked) -> QuestionsAnswer:
    project = await _project(connection, asked)
    rule = await _rule(connection, project, ANSWER_WORKDAYS)
    return QuestionsAnswer(
        questions=tuple(QuestionAnswer.of(question, asked) for question in project.questions),
        days=None if rule is None else int(rule.value),
        source=None if rule is None else rule.source.text,
        certainty=None if rule is None else rule.source.certainty,
    )


async def list_amendments(connection: Connection, asked: Asked) -> AmendmentsAnswer:
    project = await _project(connection, asked)
    rule, by = await _rule(connection, project, LEAD_DAYS), asked.by
    inside = by is not None and (by.role is Role.AUDITOR or by.party_id == project.brief.funder_id)
    return AmendmentsAnswer(
        amendments=project.amendments,
        lead_days=None if rule is None else int(rule.value),
        source=None if rule is None else rule.source.text,
        certainty=None if rule is None else rule.source.certainty,
        terms=None if project.closes_at is None else project.agreed.terms,
        draft=project.amendment if inside else None,
    )


async def _project(connection: Connection, asked: Asked) -> Project:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found[0]


async def _rule(connection: Connection, project: Project, path: str) -> Rule | None:
    """Of the edition the tender opened under."""
    if project.closes_at is None:
        return None
    return (await adopted.shelf(connection)).by_hash(project.agreed.rulebook).rules.get(path)


class Received(Answer):
    """Only this answer and the asker's own list tell whose question it is."""

    question_id: UUID
    answer_due: datetime


def _received(world: World, command: clarification.AskQuestion, cause: UUID) -> Received:
    question = world.get(Project, command.project_id).questions[-1]
    return Received(question_id=question.id, answer_due=question.answer_due)


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _drafted(world: World, command: Any, cause: UUID) -> Drafted:
    return Drafted(project_id=command.project_id, draft_id=new_id(cause, "amendment"))


CLARIFYING = (
    Post(
        path="/v1/projects/{project_id}/questions",
        command=clarification.AskQuestion,
        roles=frozenset({Role.PROVIDER}),
        refs=clarification.ask_refs,
        decide=clarification.ask,
        subject=_subject,
        answer=_received,
        summary="对采购文件提出询问(公开,不显示提问人) · Ask about an open tender; nobody is told who asked",
    ),
    Post(
        path="/v1/projects/{project_id}/questions/{question_id}/answers",
        command=clarification.AnswerQuestion,
        roles=frozenset({Role.FUNDER}),
        refs=project_of,
        decide=clarification.answer,
        subject=_subject,
        answer=_step,
        summary="答复询问,向所有供应商公开 · Answer a question, to all bidders alike",
    ),
    Post(
        path="/v1/projects/{project_id}/amendments",
        command=amendment.DraftAmendment,
        roles=frozenset({Role.FUNDER}),
        refs=project_of,
        decide=amendment.draft_amendment,
        subject=_subject,
        answer=_drafted,
        summary="起草对采购文件的修改或顺延截止时间 · Draft an amendment of an open tender",
    ),
    Post(
        path="/v1/projects/{project_id}/amendments/{draft_id}/approval",
        command=amendment.ApproveAmendment,
        roles=frozenset({Role.FUNDER}),
        refs=project_of,
        decide=amendment.approve_amendment,
        subject=_subject,
        answer=_step,
        summary="批准修改(不得是起草人);过晚的修改顺延截止时间 · Approve an amendment; a late one moves the deadline",
    ),
    Get(
        path="/v1/projects/{project_id}/questions",
        roles=frozenset(),
        handler=list_questions,
        answer=QuestionsAnswer,
        summary="询问与答复 · Questions and answers, for everybody",
    ),
    Get(
        path="/v1/projects/{project_id}/amendments",
        roles=frozenset(),
        handler=list_amendments,
        answer=AmendmentsAnswer,
        summary="采购文件的修改与截止时间 · Amendments of the documents, and the deadline they moved",
    ),
)
