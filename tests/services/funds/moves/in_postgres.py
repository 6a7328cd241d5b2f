"""The moves made on the books in PostgreSQL."""

from typing import Any
from uuid import UUID

import asyncpg

from schemas.deciding import Ref, World
from schemas.fact import Fact
from schemas.ids import HoldId
from schemas.refused import Refused
from services.funds.rules.holds import LiftHold, PlaceHold
from services.funds.rules.periods import ClosePeriod
from services.funds.rules.project import ProjectMoney
from services.kit.apply import Applied
from services.kit.documents import Documents
from tests.services.funds.desk import AUDITOR, FUNDER, OTHER_FINANCE, a_correction, a_refund_correction
from tests.services.funds.ledger import Ledger
from tests.services.funds.moves.bodies import Closing, Correcting, CorrectingRefund, Lapsing, Lifting
from tests.services.funds.moves.player import Make, Outcome
from tests.services.funds.moves.snapshots import row_of
from tests.services.funds.test_at_once import with_retries


def in_postgres(ledger: Ledger) -> Make:
    async def make(body: Any) -> Outcome:
        applied = await with_retries(lambda: _once(ledger, body))
        rows = await ledger.fetch(
            "SELECT type, key FROM outbox WHERE event_id = ANY($1::uuid[]) ORDER BY id",
            [line.event_id for line in applied.lines],
        )
        return [row["type"] for row in rows], rows[0]["key"] if rows else ""

    return make


async def _once(ledger: Ledger, body: Any) -> Applied:
    match body:
        case Closing():
            return await _close(ledger, body)
        case Lapsing():
            return await ledger.ring(body.project)
        case CorrectingRefund():
            return await ledger.do(a_refund_correction(body.project, body.line, body.fen), OTHER_FINANCE)
        case Correcting():
            arrival = (await ledger.arrivals(body.account))[body.place]
            return await ledger.do(a_correction(arrival, body.fen), OTHER_FINANCE)
        case Lifting():
            return await ledger.do(await _lift(ledger, body), AUDITOR)
        case PlaceHold() | LiftHold():
            return await ledger.do(body, AUDITOR)
        case _:
            return await (ledger.hear(body) if isinstance(body, Fact) else ledger.do(body))


async def _close(ledger: Ledger, body: Closing) -> Applied:
    frozen = await ledger.frozen(FUNDER)
    digest = "0" * 64 if frozen is None else frozen.digest
    command = ClosePeriod(funder_id=FUNDER, through=body.through, digest=digest)
    try:
        return await ledger.do(command, OTHER_FINANCE)
    except Refused as refused:
        if refused.code == "another_digest":  # frozen meanwhile: look again
            raise asyncpg.SerializationError from refused
        raise


async def _lift(ledger: Ledger, body: Lifting) -> LiftHold:
    sql = "SELECT state #>> ARRAY['holds', $2::text, 'id'] AS id FROM projects WHERE id = $1"
    (row,) = await ledger.fetch(sql, body.project, str(body.place))
    return LiftHold(project_id=body.project, hold_id=HoldId(UUID(row["id"])), reason="问题已整改")


async def snapshot_in(ledger: Ledger) -> dict[str, object]:
    paid = await ledger.fetch("SELECT effective_date, booked_on FROM transfers WHERE reason LIKE '%paid' ORDER BY 1, 2")
    closed = await ledger.fetch(
        "SELECT (one ->> 'through')::date AS day FROM books, jsonb_array_elements(state -> 'closed') one ORDER BY 1"
    )
    accounts = await ledger.fetch("SELECT * FROM accounts")
    funds = [a for a in accounts if a["kind"] == "fund"]
    lots: dict[UUID, list[asyncpg.Record]] = {a["id"]: [] for a in funds}
    for lot in await ledger.fetch("SELECT * FROM lots ORDER BY arrived_at, id"):
        lots[lot["account_id"]].append(lot)
    places = {lot["id"]: place for mine in lots.values() for place, lot in enumerate(mine)}
    projects = {money.id: row_of(money, places) for money in await _projects(ledger)}
    return {
        "lots": {
            account: [(lot["amount_fen"], lot["corrected_fen"], lot["reserved_fen"], lot["spent_fen"]) for lot in mine]
            for account, mine in lots.items()
        },
        "funds": {a["id"]: (a["credits_posted_fen"], a["debits_pending_fen"], a["debits_posted_fen"]) for a in funds},
        "projects": projects,
        "books": {
            a["id"]: (
                a["credits_pending_fen"],
                a["credits_posted_fen"],
                a["debits_pending_fen"],
                a["debits_posted_fen"],
            )
            for a in accounts
            if a["kind"] == "project" and projects[a["id"]]["phase"] != "refused"
        },
        "payee": sum(a["credits_posted_fen"] - a["debits_posted_fen"] for a in accounts if a["kind"] == "payee"),
        "booked": [(row["effective_date"], row["booked_on"]) for row in paid],
        "closed": [row["day"] for row in closed],
    }


async def _projects(ledger: Ledger) -> list[ProjectMoney]:
    refs: list[Ref] = [(ProjectMoney, row["id"]) for row in await ledger.fetch("SELECT id FROM projects")]
    world = World(refs)
    async with ledger.database.connection() as connection:
        await Documents(projects=ProjectMoney).read_into(connection, world, refs)
    return world.each(ProjectMoney)
