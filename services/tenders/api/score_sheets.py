"""The scoring sheet of a tender as a workbook: downloaded, filled in, and handed back as one expert's scores."""

import asyncio
from dataclasses import replace

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from schemas.workbook import MEDIA_TYPE
from services.kit import standing
from services.kit.asked import Asked, File
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.kit.workbooks import first_sheet
from services.tenders import store
from services.tenders.api.answers import Step
from services.tenders.rules.project import Phase, Project, qualified
from services.tenders.rules.score_sheet import (
    MOST_LINES,
    MOST_ROWS,
    HandInScoreSheet,
    ScoreSheet,
    blank_sheet,
    enter_sheet,
    lines_of,
    sheet_refs,
)

LARGEST = 1536 * 1024
"""a megabyte in base64, and some"""


async def get_sheet(connection: Connection, asked: Asked) -> File:
    """While experts score; what stands in it has been public since the opening."""
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    project, _ = found
    project.must_be_in(Phase.SCORING)
    bids = qualified(await store.standing_bids(connection, id))
    if lines_of(bids, project.agreed.terms) > MOST_LINES:
        raise Refused("score_sheet_too_long", most=MOST_LINES)
    world = await standing.read(connection, [(Party, bid.bidder_id) for bid in bids])
    names = {party.id: party.name for party in world.each(Party) if party.name is not None}
    return File(body=blank_sheet(project, bids, names), name=f"评分表 {id}.xlsx")


async def _read(connection: Connection, command: HandInScoreSheet, vault: Vault) -> ScoreSheet:
    """Beside the loop: a large workbook takes a second. Whatever is wrong with it is told to its expert only."""
    handed_in = ScoreSheet(project_id=command.project_id, evaluator_id=command.evaluator_id)
    try:
        sheet = await asyncio.to_thread(first_sheet, command.content, MOST_ROWS)
    except Refused as problem:
        return replace(handed_in, problem=problem)
    if len(sheet.rows) > MOST_ROWS:
        too_long = Refused("score_sheet_too_long", status=422, field="content", most=MOST_LINES)
        return replace(handed_in, problem=too_long)
    return replace(handed_in, sheet=sheet)


def _step(world: World, command: ScoreSheet, cause: object) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _subject(command: ScoreSheet, cause: object) -> Ref:
    return (Project, command.project_id)


SCORE_SHEETS = (
    Get(
        path="/v1/projects/{project_id}/score-sheet.xlsx",
        roles=frozenset({Role.EVALUATOR}),
        handler=get_sheet,
        answer=MEDIA_TYPE,
        summary="评分表(xlsx),每份合格标书的每个评分项一行 · The scoring sheet, a row for each bid and criterion",
    ),
    Post(
        path="/v1/projects/{project_id}/score-sheets",
        command=HandInScoreSheet,
        roles=frozenset({Role.EVALUATOR}),
        refs=sheet_refs,
        decide=enter_sheet,
        subject=_subject,
        answer=_step,
        summary="交回填好的评分表,错误逐格指出 · Hand the filled sheet in as scores; errors are named by cell",
        prepare=_read,
        largest_body=LARGEST,
    ),
)
