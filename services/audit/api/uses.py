"""Where the money of a source went: a lot by its projects, a fund account by its lots."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from events.database import Connection
from schemas.dated import LotRecorded
from schemas.finding import Finding
from schemas.fund import FundAppropriated, FundCorrected
from schemas.ids import LotId, ProjectId
from schemas.refused import Refused
from schemas.role import Role
from services.audit import store
from services.audit.rules import (
    Entry,
    LotLine,
    Project,
    Use,
    findings_in,
    findings_of,
    lot_line,
    use_of,
)
from services.kit.asked import Answer, Asked
from services.kit.service import Get

Id = TypeVar("Id", bound=UUID)


class UsesAnswer(Answer):
    """A lot with the projects it was set aside for, or a fund account with its lots; in the order of their log."""

    events: int
    """how many events the answer rests on"""
    source_id: UUID
    """a lot's id, or a fund account's"""
    complete: bool
    """every lot adds up to the fen, and nothing is known to be missing from the archive"""
    findings: tuple[Finding, ...]
    lots: tuple[LotLine, ...]
    """the lot, or a page of the account's"""
    uses: tuple[Use, ...]
    """a page of the lot's projects; of an account none: ask for one of its lots"""
    next: UUID | None


async def uses(connection: Connection, asked: Asked) -> UsesAnswer:
    id, limit, cursor = asked.id("source_id"), asked.limit, asked.cursor
    lots = await store.arrivals_of(connection, [id])
    arrivals = lots or await store.arrivals_on(connection, id)
    projects = await _projects(connection, id)
    if not arrivals and not projects:
        raise Refused("not_found", status=404, what="Source", id=str(id))
    ids = _lots_of(id, arrivals, projects)
    is_lot = ids == [id]
    page = ids if is_lot else _page(ids, cursor, limit)
    by_lot = {entry.fact.lot_id: entry for entry in arrivals if isinstance(entry.fact, FundAppropriated)}
    corrections = [entry.fact for entry in arrivals if isinstance(entry.fact, FundCorrected)]
    recorded = {entry.fact.lot_id: entry.fact for entry in arrivals if isinstance(entry.fact, LotRecorded)}
    lines = [lot_line(lot, by_lot.get(lot), projects, corrections, recorded.get(lot)) for lot in page]
    shown = _page([project.id for project in projects], cursor, limit) if is_lot else []
    of = {project.id: project for project in projects}
    found = [
        *(finding for line in lines for finding in findings_of(line, projects)),
        *(finding for project in projects for finding in findings_in(project)),
        *await store.holes(connection, {*_accounts(id, arrivals, projects), *of}),
    ]
    last: Sequence[UUID] = shown if is_lot else page
    return UsesAnswer(
        events=len(arrivals) + sum(len(project.entries) for project in projects),
        source_id=id,
        complete=not found and all(line.adds_up for line in lines),
        findings=tuple(found),
        lots=tuple(lines),
        uses=tuple(use_of(of[project], LotId(id)) for project in shown),
        next=last[-1] if len(last) == limit else None,
    )


async def _projects(connection: Connection, source_id: UUID) -> list[Project]:
    """All that money of the source was set aside for, in the order in which that began."""
    ids = await store.reserved_from(connection, source_id)
    found: list[Project] = []
    for first in range(0, len(ids), store.STORIES_AT_ONCE):
        told = await store.money_stories(connection, ids[first : first + store.STORIES_AT_ONCE])
        found += [Project(id=ProjectId(id), entries=tuple(entries)) for id, entries in told.items()]
    return sorted(found, key=lambda project: (project.began, project.id))


def _lots_of(id: UUID, arrivals: Sequence[Entry], projects: Sequence[Project]) -> list[LotId]:
    """The lot itself, or those of the account: as they arrived, then those whose arrival the archive lacks."""
    arrived = [entry.fact for entry in arrivals if isinstance(entry.fact, FundAppropriated)]
    shares = [share for project in projects for share in project.shares]
    if any(fact.account_id == id for fact in arrived) or any(share.account_id == id for share in shares):
        named = (part.lot_id for share in shares if share.account_id == id for part in share.lots)
        return list(dict.fromkeys([*(fact.lot_id for fact in arrived), *named]))
    return [LotId(id)]


def _accounts(id: UUID, arrivals: Sequence[Entry], projects: Sequence[Project]) -> set[UUID]:
    """Accounts whose lines the answer rests on."""
    shares = [share for project in projects for share in project.shares]
    return {
        *(entry.fact.account_id for entry in arrivals if isinstance(entry.fact, FundAppropriated)),
        *(share.account_id for share in shares if any(part.lot_id == id for part in share.lots)),
    }


def _page(ids: Sequence[Id], cursor: UUID | None, limit: int) -> list[Id]:
    """From the one after the cursor; from the first when there is no such one."""
    first = next((place for place, id in enumerate(ids, start=1) if id == cursor), 0)
    return list(ids[first : first + limit])


USES = Get(
    path="/v1/audit/sources/{source_id}/uses",
    roles=frozenset({Role.AUDITOR}),
    handler=uses,
    answer=UsesAnswer,
    summary="资金去向:一批资金的每一分用于何处 · Where each fen of a lot went, and the lots of a fund account",
)
