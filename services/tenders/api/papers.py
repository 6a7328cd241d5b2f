"""The papers of a tender, as documents and as workbooks: each once its facts stand, and to whom may see them."""

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from events.database import Connection
from schemas.docx_parts import MEDIA_TYPE as DOCX
from schemas.ids import PartyId, ProjectId
from schemas.paper import Paper
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Party
from schemas.workbook import MEDIA_TYPE as XLSX
from services.kit import adopted, reasons, standing
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get
from services.tenders import store
from services.tenders.api.answers import setback_of
from services.tenders.rules.papers.award_notice import award_notice
from services.tenders.rules.papers.evaluation_report import evaluation_report
from services.tenders.rules.papers.material import Material, PaperKind, is_ready
from services.tenders.rules.papers.notice import notice
from services.tenders.rules.papers.opening_record import opening_record
from services.tenders.rules.project import Bid, Project

_DRAWN_UP: Mapping[PaperKind, Callable[[Material], Paper]] = {
    PaperKind.NOTICE: notice,
    PaperKind.OPENING: opening_record,
    PaperKind.EVALUATION: evaluation_report,
    PaperKind.AWARD: award_notice,
}
_DOOR = "/v1/projects/{project_id}/papers"


class PaperLine(Answer):
    """`ready`: its facts stand. `open`: the caller may have it then. Where to find it as docx and as xlsx."""

    paper: PaperKind
    zh: str
    en: str
    ready: bool
    open: bool
    document: str
    workbook: str


class PapersAnswer(Answer):
    project_id: ProjectId
    papers: tuple[PaperLine, ...]


async def list_papers(connection: Connection, asked: Asked) -> PapersAnswer:
    project, bids = await _project(connection, asked)
    door = _DOOR.format(project_id=project.id)
    return PapersAnswer(
        project_id=project.project_id,
        papers=tuple(
            PaperLine(
                paper=kind,
                zh=reasons.said(kind, "zh"),
                en=reasons.said(kind, "en"),
                ready=is_ready(kind, project, bids),
                open=_may_see(kind, project, asked),
                document=f"{door}/{kind}.docx",
                workbook=f"{door}/{kind}.xlsx",
            )
            for kind in PaperKind
        ),
    )


async def get_document(connection: Connection, asked: Asked) -> File:
    paper = await _paper(connection, asked)
    return File(body=paper.as_document(), name=_file_name(paper, "docx"))


async def get_workbook(connection: Connection, asked: Asked) -> File:
    paper = await _paper(connection, asked)
    return File(body=paper.as_workbook(), name=_file_name(paper, "xlsx"))


async def _paper(connection: Connection, asked: Asked) -> Paper:
    project, bids = await _project(connection, asked)
    kind = _kind(asked)
    if not _may_see(kind, project, asked):
        raise Refused("paper_not_public", status=403, paper=kind)
    if not is_ready(kind, project, bids):
        raise Refused("paper_not_ready", status=404, paper=kind, phase=project.phase)
    return _DRAWN_UP[kind](await _material(connection, project, bids))


def _kind(asked: Asked) -> PaperKind:
    name = asked.path["paper"]
    if name not in set(PaperKind):
        raise Refused("not_found", status=404, what="TenderPaper", id=name)
    return PaperKind(name)


def _may_see(kind: PaperKind, project: Project, asked: Asked) -> bool:
    """What each expert gave is for the buyer, those experts and auditors; everything else is public."""
    if kind is not PaperKind.EVALUATION:
        return True
    by = asked.by
    experts = {entry.evaluator_id for entry in project.entries}
    return by is not None and (by.role is Role.AUDITOR or by.party_id in {project.brief.funder_id, *experts})


async def _project(connection: Connection, asked: Asked) -> tuple[Project, tuple[Bid, ...]]:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    return found[0], tuple(await store.standing_bids(connection, id))


async def _material(connection: Connection, project: Project, bids: tuple[Bid, ...]) -> Material:
    """Parties as far as they are known here; of bidders those whose bids were opened."""
    brief = project.brief
    opened = [bid.bidder_id for bid in bids if bid.content is not None]
    ids: set[PartyId] = {brief.funder_id, brief.community_id, *opened}
    world = await standing.read(connection, [(Party, id) for id in ids])
    parties: dict[UUID, Party] = {party.id: party for party in world.each(Party)}
    rulebook = (await adopted.shelf(connection)).by_hash(project.agreed.rulebook)
    return Material(project=project, bids=bids, parties=parties, rulebook=rulebook, setback=setback_of(project))


def _file_name(paper: Paper, ending: str) -> str:
    about = re.sub(r'[\\/:*?"<>|\s]+', " ", paper.about[:60]).strip()
    return f"{paper.kind} {about}.{ending}"


PAPERS = (
    Get(
        path=_DOOR,
        roles=frozenset(),
        handler=list_papers,
        answer=PapersAnswer,
        summary="采购公告、开标记录、评审报告、成交公告:哪些已形成 · The papers of a tender, and which are there",
    ),
    Get(
        path=f"{_DOOR}/{{paper}}.docx",
        roles=frozenset(),
        handler=get_document,
        answer=DOCX,
        summary="采购文书(docx) · One paper of a tender as a document",
    ),
    Get(
        path=f"{_DOOR}/{{paper}}.xlsx",
        roles=frozenset(),
        handler=get_workbook,
        answer=XLSX,
        summary="采购文书(xlsx) · One paper of a tender as a workbook",
    ),
)
