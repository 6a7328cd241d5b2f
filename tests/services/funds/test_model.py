"""Random stories: after every step the books, in memory and in PostgreSQL, are what a plain model says."""

import asyncio
from typing import Any

import asyncpg
import orjson
from hypothesis import HealthCheck, given, settings

from schemas.fact import Fact
from schemas.model import Model
from schemas.refused import Refused
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.ledger import Account, AccountKind, Lot, Transfer
from services.funds.rules.order import OrderPayment
from services.funds.rules.periods import ClosePeriod, FreezePeriod, ReopenPeriod
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.receipts import ImportReceipts
from services.funds.rules.refunds import RecordRefund
from services.kit.apply import Applied
from tests.services.funds.desk import FUNDER, OTHER_FINANCE, PROVIDER, Desk, a_correction, a_refund_correction
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.moves import (
    Closing,
    Correcting,
    CorrectingRefund,
    Lapsing,
    Move,
    Outcome,
    Player,
    some_crowds,
    some_moves,
)
from tests.services.funds.test_at_once import with_retries


def in_memory(desk: Desk) -> Any:
    async def make(body: Any) -> Outcome:
        if isinstance(body, Appropriate):
            more = body.account_id if isinstance(body, AppropriateMore) else None
            account = desk.appropriate(body.amount.fen, more, restricted_to=body.restricted_to)
            return ["fund.appropriated"], str(account)
        return _types(_say(desk, body)), ""

    return make


def _say(desk: Desk, body: Any) -> list[Model]:
    if isinstance(body, OrderPayment):
        return desk.order(body.project_id, body.number)
    if isinstance(body, FreezePeriod | ReopenPeriod | Closing):
        return desk.close(body)
    if isinstance(body, Correcting):
        return desk.correct(desk.arrival(body.account, body.place).id, body.fen)
    if isinstance(body, CorrectingRefund):
        return desk.correct_refund(body.project, body.line, body.fen)
    if isinstance(body, Lapsing):
        return desk.ring(body.project)
    if isinstance(body, RecordRefund):
        return desk.refund(body)
    return desk.receive(*body.lines) if isinstance(body, ImportReceipts) else desk.hear(body)


def _types(said: list[Model]) -> list[str]:
    return [one.type for one in said if isinstance(one, Fact)]


def in_postgres(ledger: Ledger) -> Any:
    async def close(body: Closing) -> Applied:
        frozen = await ledger.frozen(FUNDER)
        digest = "0" * 64 if frozen is None else frozen.digest
        command = ClosePeriod(funder_id=FUNDER, through=body.through, digest=digest)
        try:
            return await ledger.do(command, OTHER_FINANCE)
        except Refused as refused:
            if refused.code == "another_digest":  # frozen meanwhile: look again
                raise asyncpg.SerializationError from refused
            raise

    async def once(body: Any) -> Applied:
        if isinstance(body, Closing):
            return await close(body)
        if isinstance(body, Lapsing):
            return await ledger.ring(body.project)
        if isinstance(body, CorrectingRefund):
            return await ledger.do(a_refund_correction(body.project, body.line, body.fen), OTHER_FINANCE)
        if isinstance(body, Correcting):
            arrival = (await ledger.arrivals(body.account))[body.place]
            return await ledger.do(a_correction(arrival, body.fen), OTHER_FINANCE)
        return await (ledger.hear(body) if isinstance(body, Fact) else ledger.do(body))

    async def make(body: Any) -> Outcome:
        applied = await with_retries(lambda: once(body))
        rows = await ledger.fetch(
            "SELECT type, key FROM outbox WHERE event_id = ANY($1::uuid[]) ORDER BY id",
            [line.event_id for line in applied.lines],
        )
        return [row["type"] for row in rows], rows[0]["key"] if rows else ""

    return make


def snapshot_of(desk: Desk) -> dict[str, object]:
    accounts = desk.world.each(Account)
    funds = [a for a in accounts if a.kind is AccountKind.FUND]
    projects = desk.world.each(ProjectMoney)
    return {
        "lots": {
            a.id: [
                (lot.amount.fen, lot.corrected.fen, lot.reserved.fen, lot.spent.fen)
                for lot in (desk.world.get(Lot, i) for i in a.lots)
            ]
            for a in funds
        },
        "funds": {a.id: (a.credits_posted.fen, a.debits_pending.fen, a.debits_posted.fen) for a in funds},
        "projects": {
            p.id: (
                p.phase,
                p.returned.fen,
                sum(share.amount.fen for share in p.refunded),
                tuple((i.step, i.amount.fen) for i in p.instalments),
            )
            for p in projects
        },
        "books": {p.id: _totals(desk.account(p.id)) for p in projects if p.phase is not Phase.REFUSED},
        "payee": sum(a.credits_posted.fen - a.debits_posted.fen for a in accounts if a.id == PROVIDER),
        "booked": sorted((t.effective_date, t.booked_on) for t in desk.world.each(Transfer) if "paid" in t.reason),
        "closed": [period.through for period in desk.books().closed],
    }


def _totals(account: Account) -> tuple[int, int, int, int]:
    return (
        account.credits_pending.fen,
        account.credits_posted.fen,
        account.debits_pending.fen,
        account.debits_posted.fen,
    )


async def snapshot_in(ledger: Ledger) -> dict[str, object]:
    paid = await ledger.fetch("SELECT effective_date, booked_on FROM transfers WHERE reason LIKE '%paid' ORDER BY 1, 2")
    closed = await ledger.fetch(
        "SELECT (one ->> 'through')::date AS day FROM books, jsonb_array_elements(state -> 'closed') one ORDER BY 1"
    )
    funds = await ledger.fetch("SELECT * FROM accounts WHERE kind = 'fund'")
    lots = await ledger.fetch("SELECT * FROM lots ORDER BY arrived_at, id")
    projects = await ledger.fetch("SELECT id, state FROM projects")
    books = await ledger.fetch("SELECT * FROM accounts WHERE kind = 'project'")
    states = {row["id"]: orjson.loads(row["state"]) for row in projects}
    return {
        "lots": {
            a["id"]: [
                (lot["amount_fen"], lot["corrected_fen"], lot["reserved_fen"], lot["spent_fen"])
                for lot in lots
                if lot["account_id"] == a["id"]
            ]
            for a in funds
        },
        "funds": {a["id"]: (a["credits_posted_fen"], a["debits_pending_fen"], a["debits_posted_fen"]) for a in funds},
        "projects": {
            id: (
                state["phase"],
                state["returned"]["fen"],
                sum(share["amount"]["fen"] for share in state["refunded"]),
                tuple((i["step"], i["amount"]["fen"]) for i in state["instalments"]),
            )
            for id, state in states.items()
        },
        "books": {
            a["id"]: (
                a["credits_pending_fen"],
                a["credits_posted_fen"],
                a["debits_pending_fen"],
                a["debits_posted_fen"],
            )
            for a in books
            if states[a["id"]]["phase"] != "refused"
        },
        "payee": sum(
            row["credits_posted_fen"] - row["debits_posted_fen"]
            for row in await ledger.fetch("SELECT * FROM accounts WHERE kind = 'payee'")
        ),
        "booked": [(row["effective_date"], row["booked_on"]) for row in paid],
        "closed": [row["day"] for row in closed],
    }


@settings(max_examples=150, deadline=None)
@given(some_moves)
def test_in_memory_every_story_is_what_the_model_says(moves: list[Move]) -> None:
    async def story() -> None:
        desk = Desk()
        player = Player(in_memory(desk))
        for move in moves:
            await player.play(move)
            assert snapshot_of(desk) == player.model.snapshot()

    asyncio.run(story())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=some_moves)
async def test_in_postgres_every_story_is_what_the_model_says_and_the_books_add_up(
    postgres_dsn: str, moves: list[Move]
) -> None:
    async with a_ledger(postgres_dsn) as ledger:
        player = Player(in_postgres(ledger))
        for move in moves:
            await player.play(move)
            assert await snapshot_in(ledger) == player.model.snapshot()
            assert await ledger.findings() == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowds=some_crowds)
async def test_in_postgres_whatever_happens_at_once_is_as_if_it_had_happened_in_some_order(
    postgres_dsn: str, crowds: list[list[Move]]
) -> None:
    async with a_ledger(postgres_dsn) as ledger:
        player = Player(in_postgres(ledger))
        await player.play(("fund", 0, 1, 2999))
        for crowd in crowds:
            at_once = [move for move in crowd if move[0] not in ("fund", "more")]
            for move in crowd:
                if move not in at_once:
                    await player.play(move)
            await player.play_at_once(at_once, lambda: snapshot_in(ledger))
            assert await ledger.findings() == []
