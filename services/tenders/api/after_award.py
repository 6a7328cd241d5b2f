"""From the ranking to the signed agreement: notice, objections, a winner that defaults, cancellation, another run."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Ref, Rulebooks, World, new_id
from schemas.fact import Command
from schemas.ids import BidId, PartyId, ProjectId
from schemas.legal_term import term_ends
from schemas.objection import ObjectionGround, ObjectionItem, Remedy
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Rulebook
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.tenders import store
from services.tenders.api.answers import Drafted, Step
from services.tenders.rules import aftermath, announcing, answering, cancelling, defaulting, objecting
from services.tenders.rules.aftermath import COMPLAIN, Objection, SetAside
from services.tenders.rules.announcing import INSTANT
from services.tenders.rules.project import Phase, Project, project_of


class TermAnswer(Answer):
    """One term with where it comes from. `until` is exclusive; `certainty` L: it may be quoted as law."""

    until: datetime
    overdue: bool
    source: str
    certainty: Certainty


class NoticeAnswer(Answer):
    bid_id: BidId
    announced_at: datetime
    last_day: date
    """of the notice; what may be objected to the result is counted from it"""
    holidays_known: bool
    objections: TermAnswer
    contract: TermAnswer


class AfterAnswer(Answer):
    """Of the present run. A term is there while it is running, or passed with nothing done."""

    run: int
    choose: TermAnswer | None
    announce: TermAnswer | None
    notice: NoticeAnswer | None
    set_aside: tuple[SetAside, ...]
    signing_suspended_since: datetime | None
    signed: bool
    cancellation: aftermath.Cancellation | None
    """waits for approval; for the buyer and auditors"""


class ObjectionAnswer(Answer):
    """`own`: the caller's party objected. `objector_id`: for the buyer and auditors, once the bids are open."""

    objection_id: UUID
    item: ObjectionItem
    ground: ObjectionGround
    text: str
    evidence: tuple[str, ...]
    raised_at: datetime
    may_change: bool | None
    may_change_reason: str | None
    suspends: bool
    answer_due: datetime
    overdue: bool
    upheld: bool | None
    remedy: Remedy
    answer: str | None
    answered_at: datetime | None
    complaint: TermAnswer | None
    """until when the objector may complain to the finance department (财政部门): `…/complaints`"""
    own: bool
    objector_id: PartyId | None

    @classmethod
    def of(cls, one: Objection, asked: Asked, rulebook: Rulebook, inside: bool) -> "ObjectionAnswer":
        return cls(
            objection_id=one.id,
            item=one.item,
            ground=one.ground,
            text=one.text,
            evidence=one.evidence,
            raised_at=one.raised_at,
            may_change=one.may_change,
            may_change_reason=one.may_change_reason,
            suspends=one.holds,
            answer_due=one.answer_due,
            overdue=(one.answered_at or asked.at) >= one.answer_due,
            upheld=one.upheld,
            remedy=one.remedy,
            answer=one.answer,
            answered_at=one.answered_at,
            complaint=_complaint(one, rulebook, asked),
            own=asked.by is not None and asked.by.party_id == one.objector_id,
            objector_id=one.objector_id if inside else None,
        )


def _complaint(one: Objection, rulebook: Rulebook, asked: Asked) -> TermAnswer | None:
    """Counted from the end of the days for the reply, also where it came sooner."""
    if COMPLAIN not in rulebook.rules:
        return None
    until, source = term_ends(rulebook, COMPLAIN, day_of(one.answer_due - INSTANT)).at, rulebook.source(COMPLAIN)
    return TermAnswer(until=until, overdue=asked.at >= until, source=source.text, certainty=source.certainty)


class ObjectionsAnswer(Answer):
    objections: tuple[ObjectionAnswer, ...]


class ObjectionReceived(Answer):
    """Only this answer and the objector's own list tell whose objection it is."""

    project_id: ProjectId
    objection_id: UUID
    answer_due: datetime


async def show_after(connection: Connection, asked: Asked) -> AfterAnswer:
    project = await _project(connection, asked)
    after = project.aftermath
    rulebooks = await adopted.shelf(connection)
    notice = after.notice
    return AfterAnswer(
        run=project.run,
        choose=_term(project, after.choose_due, aftermath.CHOOSE, rulebooks, asked),
        announce=_term(project, after.announce_due, aftermath.ANNOUNCE, rulebooks, asked),
        notice=None if notice is None else _notice(project, notice, rulebooks, asked),
        set_aside=after.set_aside,
        signing_suspended_since=after.suspended_at,
        signed=after.signed,
        cancellation=after.cancellation if _inside(project, asked) else None,
    )


def _notice(project: Project, notice: aftermath.Notice, rulebooks: Rulebooks, asked: Asked) -> NoticeAnswer:
    objections = _term(project, notice.objections_until, aftermath.OBJECT, rulebooks, asked)
    contract = _term(project, notice.contract_due, aftermath.CONTRACT, rulebooks, asked)
    assert objections is not None
    assert contract is not None
    return NoticeAnswer(
        bid_id=notice.bid_id,
        announced_at=notice.announced_at,
        last_day=notice.last_day,
        holidays_known=notice.holidays_known,
        objections=objections,
        contract=contract,
    )


def _term(project: Project, until: datetime | None, path: str, rulebooks: Rulebooks, asked: Asked) -> TermAnswer | None:
    if until is None:
        return None
    source = rulebooks.by_hash(project.agreed.rulebook).source(path)
    return TermAnswer(until=until, overdue=asked.at >= until, source=source.text, certainty=source.certainty)


async def list_objections(connection: Connection, asked: Asked) -> ObjectionsAnswer:
    project = await _project(connection, asked)
    inside = _inside(project, asked) and project.phase is not Phase.OPEN
    found = project.aftermath.objections
    if not found:
        return ObjectionsAnswer(objections=())
    rulebook = (await adopted.shelf(connection)).by_hash(project.agreed.rulebook)
    return ObjectionsAnswer(objections=tuple(ObjectionAnswer.of(one, asked, rulebook, inside) for one in found))


def _inside(project: Project, asked: Asked) -> bool:
    by = asked.by
    return by is not None and (by.role is Role.AUDITOR or by.party_id == project.brief.funder_id)


async def _project(connection: Connection, asked: Asked) -> Project:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found[0]


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _drafted(world: World, command: Any, cause: UUID) -> Drafted:
    return Drafted(project_id=command.project_id, draft_id=new_id(cause, "cancellation"))


def _received(world: World, command: objecting.RaiseObjection, cause: UUID) -> ObjectionReceived:
    kept = world.get(Project, command.project_id).aftermath.objections[-1]
    return ObjectionReceived(project_id=command.project_id, objection_id=kept.id, answer_due=kept.answer_due)


def _by_funder(noun: str, command: type[Command], decide: Any, summary: str, answer: Any = _step) -> Post:
    return Post(
        path="/v1/projects/{project_id}/" + noun,
        command=command,
        roles=frozenset({Role.FUNDER}),
        refs=project_of,
        decide=decide,
        subject=_subject,
        answer=answer,
        summary=summary,
    )


AFTER_AWARD = (
    _by_funder(
        "award/notice",
        announcing.AnnounceAward,
        announcing.announce_award,
        "发出成交通知书并公告结果 · Send the notice of award and announce the result",
    ),
    _by_funder(
        "award/default",
        defaulting.RecordDefault,
        defaulting.record_default,
        "记录成交供应商放弃或逾期不签订协议 · Record that the winner gave up or did not sign",
    ),
    Post(
        path="/v1/projects/{project_id}/objections",
        command=objecting.RaiseObjection,
        roles=frozenset({Role.PROVIDER}),
        refs=objecting.raise_refs,
        decide=objecting.raise_objection,
        subject=_subject,
        answer=_received,
        summary="提出质疑(不公开质疑人) · Object to documents, process or result; nobody is told who did",
    ),
    _by_funder(
        "objections/{objection_id}/assessment",
        objecting.AssessObjection,
        objecting.assess_objection,
        "说明质疑是否可能影响成交结果 · State whether an objection may change the result",
    ),
    _by_funder(
        "objections/{objection_id}/answers",
        answering.AnswerObjection,
        answering.answer_objection,
        "答复质疑 · Answer an objection",
    ),
    _by_funder(
        "cancellations",
        cancelling.DraftCancellation,
        cancelling.draft_cancellation,
        "确定成交前拟定废标 · Draft the cancellation of a tender",
        _drafted,
    ),
    _by_funder(
        "cancellations/{cancellation_id}/approval",
        cancelling.ApproveCancellation,
        cancelling.approve_cancellation,
        "批准废标(不得是起草人) · Approve a cancellation somebody else drafted",
    ),
    _by_funder(
        "rerun",
        cancelling.RerunTender,
        cancelling.rerun_tender,
        "废标后重新采购 · Run the tender of a void project again",
    ),
    Get(
        path="/v1/projects/{project_id}/award",
        roles=frozenset(),
        handler=show_after,
        answer=AfterAnswer,
        summary="确定成交以后:公告、期限及依据、签约是否暂停 · After the ranking: notice, terms with their sources",
    ),
    Get(
        path="/v1/projects/{project_id}/objections",
        roles=frozenset(),
        handler=list_objections,
        answer=ObjectionsAnswer,
        summary="质疑与答复 · Objections and answers, for everybody",
    ),
)
