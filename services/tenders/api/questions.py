"""What may be asked of tenders."""

from uuid import UUID

from events.database import Connection
from schemas.ids import BidId, ProjectId
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from services.kit import standing
from services.kit.asked import Asked
from services.kit.service import Get
from services.tenders import store
from services.tenders.api.answers import (
    ArrangementAnswer,
    Bidder,
    Bidders,
    DraftAnswer,
    OwnBid,
    OwnBids,
    ProjectAnswer,
    ProjectLine,
    Projects,
)
from services.tenders.rules.project import Phase, Project

READS_PROPOSALS = frozenset({Role.EVALUATOR, Role.AUDITOR})


async def list_projects(connection: Connection, asked: Asked) -> Projects:
    wanted = store.Wanted(
        phase=_phase(asked.query.get("phase")),
        funder_id=_uuid(asked, "funder"),
        community_id=_uuid(asked, "community"),
    )
    found = await store.projects(connection, wanted, asked.cursor, asked.limit)
    more = ProjectId(found[-1].id) if len(found) == asked.limit else None
    return Projects(projects=tuple(ProjectLine.of(project) for project in found), next=more)


def _phase(text: str | None) -> Phase | None:
    if text is None:
        return None
    try:
        return Phase(text)
    except ValueError:
        raise Refused("unknown_phase", status=422, field="phase", phases=", ".join(Phase)) from None


def _uuid(asked: Asked, name: str) -> UUID | None:
    text = asked.query.get(name)
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise Refused("not_a_uuid", status=422, field=name) from None


async def show_project(connection: Connection, asked: Asked) -> ProjectAnswer:
    project, version = await _project(connection, asked)
    by = asked.by
    whole = by is not None and (by.role in READS_PROPOSALS or by.party_id == project.brief.funder_id)
    bids = await store.standing_bids(connection, project.id)
    return ProjectAnswer.of(project, version, bids, whole)


async def show_draft(connection: Connection, asked: Asked) -> DraftAnswer:
    project, _ = await _project(connection, asked)
    _must_see_inside(project, asked)
    if project.draft is None:
        raise Refused("nothing_drafted", status=404, project=str(project.id))
    return DraftAnswer.of(project.draft, project.setback)


async def show_arrangement(connection: Connection, asked: Asked) -> ArrangementAnswer:
    project, _ = await _project(connection, asked)
    _must_see_inside(project, asked)
    if project.arrangement is None:
        raise Refused("nothing_arranged", status=404, project=str(project.id))
    return ArrangementAnswer.of(project.arrangement, project.setback)


async def list_bidders(connection: Connection, asked: Asked) -> Bidders:
    """After opening: how each bidder stands today."""
    project, _ = await _project(connection, asked)
    _must_see_inside(project, asked)
    bids = [bid for bid in await store.standing_bids(connection, project.id) if bid.content is not None]
    world = await standing.read(connection, [(Party, bid.bidder_id) for bid in bids])
    return Bidders(
        bidders=tuple(Bidder.of(bid, world.get(Party, bid.bidder_id), project.agreed.ceiling) for bid in bids)
    )


async def list_own_bids(connection: Connection, asked: Asked) -> OwnBids:
    found = await store.bids_by(connection, asked.actor.party_id, asked.cursor, asked.limit)
    more = BidId(found[-1].id) if len(found) == asked.limit else None
    amended = await store.amended_at(connection, {bid.project_id for bid in found})
    return OwnBids(bids=tuple(OwnBid.of(bid, amended.get(bid.project_id)) for bid in found), next=more)


async def _project(connection: Connection, asked: Asked) -> tuple[Project, int]:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found


def _must_see_inside(project: Project, asked: Asked) -> None:
    if asked.actor.role is not Role.AUDITOR:
        asked.actor.must_be(project.brief.funder_id)


QUESTIONS = (
    Get(
        path="/v1/projects",
        roles=frozenset(),
        handler=list_projects,
        answer=Projects,
        summary="项目列表 · Projects",
        query={
            "phase": "阶段 · phase",
            "funder": "资助方或购买方 · the funder's party id",
            "community": "社区 · the community's party id",
        },
    ),
    Get(
        path="/v1/projects/{project_id}",
        roles=frozenset(),
        handler=show_project,
        answer=ProjectAnswer,
        summary="一个项目:条款、开标结果、排名、成交 · One project",
    ),
    Get(
        path="/v1/projects/{project_id}/draft",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=show_draft,
        answer=DraftAnswer,
        summary="待批准的采购条款草案 · The draft waiting for approval",
    ),
    Get(
        path="/v1/projects/{project_id}/arrangement",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=show_arrangement,
        answer=ArrangementAnswer,
        summary="直接协商的协议草案 · The direct arrangement, also before it is approved",
    ),
    Get(
        path="/v1/projects/{project_id}/bidders",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=list_bidders,
        answer=Bidders,
        summary="开标后各投标人当日资格状态 · How each bidder stands today, after opening",
    ),
    Get(
        path="/v1/bids",
        roles=frozenset({Role.PROVIDER}),
        handler=list_own_bids,
        answer=OwnBids,
        summary="本方的标书回执 · One's own bids",
    ),
)
