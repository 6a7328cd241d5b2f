"""Doors where needs that are one are found, joined and parted, and where patrols report."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.ids import NeedId, PartyId
from schemas.merging import ReportId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules import alike, grid, merging
from services.needs.rules.need import Need
from services.needs.store import handling as store

COMMUNITY = frozenset({Role.COMMUNITY})


class SimilarNeed(Answer):
    """`permille` ranks and is no probability; `text` of it comes from the words alone."""

    id: NeedId
    tracking_number: str
    title: str
    permille: int
    text: int
    words: tuple[str, ...]
    """which both say"""
    places: tuple[str, ...]
    """buildings that both name"""
    same_category: bool


class SimilarNeeds(Answer):
    """The likest first, at most five; nothing is merged by itself."""

    similar: tuple[SimilarNeed, ...]


class MergedAnswer(Answer):
    id: NeedId
    tracking_number: str
    merged_into: NeedId | None


class GridReportAnswer(Answer):
    id: ReportId
    community_id: PartyId
    grid: str
    division: str
    patrolled_on: date
    finding: str
    photos: tuple[str, ...]
    need_id: NeedId
    joined: bool


class GridReportsPage(Answer):
    reports: tuple[GridReportAnswer, ...]
    next: UUID | None


def _merged(world: World, command: merging.MergeNeed | merging.SeparateNeed, cause: UUID) -> MergedAnswer:
    need = world.get(Need, command.need_id)
    return MergedAnswer(id=NeedId(need.id), tracking_number=need.tracking_number, merged_into=need.merged_into)


def _reported(world: World, command: grid.ReportPatrol, cause: UUID) -> GridReportAnswer:
    return _report(world.get(grid.GridReport, new_id(cause, "report")))


def _report(report: grid.GridReport) -> GridReportAnswer:
    told = report.told
    return GridReportAnswer(
        id=told.report_id,
        community_id=told.community_id,
        grid=told.grid,
        division=told.division,
        patrolled_on=told.patrolled_on,
        finding=told.finding,
        photos=told.photos,
        need_id=told.need_id,
        joined=told.joined,
    )


async def _similar(connection: Connection, asked: Asked) -> SimilarNeeds:
    id = asked.id("need_id")
    need = await store.need(connection, id)
    if need is None:
        raise Refused("not_found", status=404, what="Need", id=str(id))
    asked.actor.must_be(need.community_id)
    found = alike.nearest(need, await store.needs_like(connection, need))
    return SimilarNeeds(
        similar=tuple(
            SimilarNeed(
                id=NeedId(one.need.id),
                tracking_number=one.need.tracking_number,
                title=one.need.title,
                permille=one.permille,
                text=one.text,
                words=one.words,
                places=one.places,
                same_category=one.same_category,
            )
            for one in found
        )
    )


async def _reports(connection: Connection, asked: Asked) -> GridReportsPage:
    found = await store.reports_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return GridReportsPage(reports=tuple(map(_report, found)), next=found[-1].id if len(found) == asked.limit else None)


ROUTES: tuple[Post | Get, ...] = (
    Get(
        path="/v1/needs/{need_id}/similar",
        roles=COMMUNITY,
        handler=_similar,
        answer=SimilarNeeds,
        summary="本社区未办结的相似需求,供工作人员合并 · Open needs that may be the same, for staff to judge",
    ),
    Post(
        path="/v1/needs/{need_id}/merger",
        command=merging.MergeNeed,
        roles=COMMUNITY,
        refs=merging.merge_refs,
        decide=merging.merge,
        subject=lambda command, cause: (Need, command.need_id),
        answer=_merged,
        summary="合并到另一需求,编号继续有效 · Merge a need into another; its number stays alive",
    ),
    Post(
        path="/v1/needs/{need_id}/separation",
        command=merging.SeparateNeed,
        roles=COMMUNITY,
        refs=merging.separate_refs,
        decide=merging.separate,
        subject=lambda command, cause: (Need, command.need_id),
        answer=_merged,
        summary="撤销合并 · Part needs that were merged",
    ),
    Post(
        path="/v1/communities/{community_id}/grid-reports",
        command=grid.ReportPatrol,
        roles=COMMUNITY,
        refs=grid.report_refs,
        decide=grid.report,
        subject=lambda command, cause: (grid.GridReport, new_id(cause, "report")),
        answer=_reported,
        summary="网格员巡查上报,成为需求或并入已有需求 · A patrol's report becomes a need, or joins one",
    ),
    Get(
        path="/v1/communities/{community_id}/grid-reports",
        roles=frozenset(),
        handler=_reports,
        answer=GridReportsPage,
        summary="网格员巡查情况(公开) · What patrols found",
        query={
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
)
