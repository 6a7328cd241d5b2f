"""Before the opening: intent, the public's opinions, the notice of a single source and objections to it; all public."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.fact import Command
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.tenders import store
from services.tenders.api.answers import BEFORE_TENDER, Step
from services.tenders.rules import preparing, single_source
from services.tenders.rules.before_opening import opens_from
from services.tenders.rules.prepared import Consultation, Intent, Notice, NoticeObjection
from services.tenders.rules.project import Project, project_of
from services.tenders.rules.proposal import approvals_needed


class PreparationAnswer(Answer):
    """`opens_from`: when the days since the published intent are over. `approvals`: persons before the last one.

    `not_applicable`: what the drafter declared of the negative list; shown once the tender has opened."""

    intent: Intent | None
    opens_from: datetime | None
    consultation: Consultation | None
    approvals: tuple[PartyId, ...]
    approvals_needed: int | None
    """none before a draft"""
    notice: Notice | None
    objections: tuple[NoticeObjection, ...]
    not_applicable: tuple[str, ...]


class ObjectionReceived(Answer):
    objection_id: UUID


async def preparation(connection: Connection, asked: Asked) -> PreparationAnswer:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    project, prepared = found[0], found[0].preparation
    stands = project.arrangement or project.draft
    rulebook = None if stands is None else (await adopted.shelf(connection)).by_hash(stands.rulebook)
    return PreparationAnswer(
        intent=prepared.intent,
        opens_from=None if rulebook is None else opens_from(prepared, rulebook),
        consultation=prepared.consultation,
        approvals=prepared.approvals,
        approvals_needed=None if rulebook is None else approvals_needed(rulebook),
        notice=prepared.notice,
        objections=prepared.objections,
        not_applicable=() if project.draft is None or project.phase in BEFORE_TENDER else project.draft.not_applicable,
    )


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _objected(world: World, command: Any, cause: UUID) -> ObjectionReceived:
    return ObjectionReceived(objection_id=world.get(Project, command.project_id).preparation.objections[-1].id)


def _post(noun: str, command: type[Command], decide: Any, summary: str, **more: Any) -> Post:
    defaults: dict[str, Any] = {"roles": frozenset({Role.FUNDER}), "refs": project_of, "answer": _step}
    return Post(
        path="/v1/projects/{project_id}/" + noun,
        command=command,
        decide=decide,
        subject=_subject,
        summary=summary,
        **(defaults | more),
    )


PREPARING = (
    _post(
        "intent",
        preparing.PublishIntent,
        preparing.publish_intent,
        "公开采购意向 · Publish the intent to purchase",
    ),
    _post(
        "public-consultation",
        preparing.PublishConsultation,
        preparing.publish_consultation,
        "公布征求社会公众意见的情况和逐条答复 · Publish what the public was asked, and an answer to each opinion",
    ),
    _post(
        "single-source-notice",
        single_source.NoticeSingleSource,
        single_source.notice,
        "单一来源采购公示(理由、论证意见、唯一供应商) · Give notice of a single source",
        refs=single_source.notice_refs,
    ),
    _post(
        "single-source-objections",
        single_source.ObjectToSingleSource,
        single_source.object_to,
        "公示期内对单一来源提出异议 · Object to a single source while its notice stands",
        roles=frozenset({Role.PROVIDER}),
        refs=single_source.object_refs,
        answer=_objected,
    ),
    _post(
        "single-source-objections/{objection_id}/answers",
        single_source.AnswerSingleSourceObjection,
        single_source.answer_objection,
        "答复对单一来源公示的异议 · Answer an objection to a single source",
    ),
    Get(
        path="/v1/projects/{project_id}/preparation",
        roles=frozenset(),
        handler=preparation,
        answer=PreparationAnswer,
        summary="开始采购前的公开事项 · What was published before the purchase began",
    ),
)
