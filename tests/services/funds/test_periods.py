"""Closing: nothing gets into a frozen period, two people close it over one digest, and what comes late goes on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from events.database import Connection
from schemas.deciding import World
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.period import PeriodClosed
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.funds import SERVICE
from services.funds.rules.order import OrderPayment
from services.funds.rules.periods import Books, ClosePeriod, FreezePeriod, PeriodSum, ReopenPeriod
from services.funds.rules.receipts import ImportReceipts
from services.funds.store import load
from tests.services.funds.desk import FINANCE, FUNDER, OTHER_FINANCE, a_line, a_signing, an_approval
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_at_once import with_retries
from tests.support.pure import an_actor, refused
from tests.support.waiting import eventually

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
THIRD = an_actor(Role.FINANCE, FUNDER)
A_STRANGER = an_actor(Role.FINANCE)
NOTHING = "0" * 64


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    """1,000 fen arrived on 10 February, half of it was ordered; it is 2 March."""
    async with a_ledger(postgres_dsn) as one:
        one.clock.at = datetime(2026, 3, 2, 4, tzinfo=UTC)
        await an_order_of_february(one)
        yield one


async def an_order(ledger: Ledger) -> ProjectId:
    """500 fen, waiting for their receipt."""
    approval = an_approval({await ledger.appropriate(1000): 1000})
    await ledger.hear(approval, a_signing(approval.project_id, 1000))
    await ledger.do(OrderPayment(project_id=approval.project_id, number=1))
    return approval.project_id


async def an_order_of_february(ledger: Ledger) -> ProjectId:
    """What lines of that month can pay."""
    now, ledger.clock.at = ledger.clock.at, datetime(2026, 2, 10, 4, tzinfo=UTC)
    project = await an_order(ledger)
    ledger.clock.at = now
    return project


def a_receipt(project: ProjectId, paid_on: date) -> ImportReceipts:
    return ImportReceipts(lines=(a_line(project, 1, 500).model_copy(update={"paid_on": paid_on}),))


async def freeze(ledger: Ledger, through: date, by: Actor = FINANCE) -> None:
    await ledger.do(FreezePeriod(funder_id=FUNDER, through=through), by)


async def close(ledger: Ledger, through: date, by: Actor = OTHER_FINANCE, digest: str | None = None) -> None:
    found = digest or (await what_stands(ledger)).digest
    await ledger.do(ClosePeriod(funder_id=FUNDER, through=through, digest=found), by)


async def what_stands(ledger: Ledger) -> PeriodSum:
    found = await ledger.frozen(FUNDER)
    assert found is not None
    return found


async def the_books(ledger: Ledger) -> Books:
    async with ledger.database.transaction() as tx:
        return (await load(tx, [(Books, FUNDER)])).get(Books, FUNDER)


async def booked(ledger: Ledger) -> list[tuple[date, date]]:
    """When what was paid counts, and when it was booked."""
    rows = await ledger.fetch("SELECT effective_date, booked_on FROM transfers WHERE reason LIKE '%paid'")
    return [(row["effective_date"], row["booked_on"]) for row in rows]


async def test_two_people_close_a_period_and_each_digest_rests_on_the_one_before(ledger: Ledger) -> None:
    for through in (JANUARY, FEBRUARY):
        await freeze(ledger, through)
        await close(ledger, through)

    books = await the_books(ledger)
    first, second = books.closed
    assert books.frozen is None
    assert books.open_from == date(2026, 3, 1)
    assert (first.after, first.through, first.transfers) == (None, JANUARY, 0)
    assert (second.after, second.through) == (JANUARY, FEBRUARY)
    assert second.transfers == 4  # arrived, set aside, released, ordered
    assert (second.frozen_by, second.closed_by) == (FINANCE.person_id, OTHER_FINANCE.person_id)
    (alone,) = await ledger.fetch("SELECT digest FROM period_sum($1, $2, $3, NULL)", FUNDER, JANUARY, FEBRUARY)
    assert alone["digest"] != second.digest
    assert await ledger.findings() == []


async def test_what_comes_late_is_booked_on_the_first_open_day_and_keeps_its_own(ledger: Ledger) -> None:
    first, second, third = [await an_order_of_february(ledger) for _ in range(3)]
    paid_on = date(2026, 2, 27)

    await ledger.do(a_receipt(first, paid_on))
    await freeze(ledger, FEBRUARY)
    await ledger.do(a_receipt(second, paid_on))
    await close(ledger, FEBRUARY)
    await ledger.do(a_receipt(third, paid_on))

    late = (paid_on, date(2026, 3, 1))
    assert await booked(ledger) == [(paid_on, paid_on), late, late]
    assert await ledger.findings() == []


async def test_a_frozen_period_may_be_opened_again_and_a_closed_one_never(ledger: Ledger) -> None:
    project = await an_order_of_february(ledger)
    await freeze(ledger, FEBRUARY)
    await ledger.do(ReopenPeriod(funder_id=FUNDER, through=FEBRUARY, reason="漏记一笔"))
    await ledger.do(a_receipt(project, FEBRUARY))
    await freeze(ledger, FEBRUARY)
    await close(ledger, FEBRUARY)

    assert await booked(ledger) == [(FEBRUARY, FEBRUARY)]
    with refused("period_not_frozen"):
        await ledger.do(ReopenPeriod(funder_id=FUNDER, through=FEBRUARY, reason="再改"))


@pytest.mark.parametrize(
    ("command", "by", "code", "status"),
    [
        (FreezePeriod(funder_id=FUNDER, through=date(2026, 2, 27)), FINANCE, "not_a_months_end", 422),
        (FreezePeriod(funder_id=FUNDER, through=date(2026, 3, 31)), FINANCE, "period_not_over", 422),
        (FreezePeriod(funder_id=FUNDER, through=date.max), FINANCE, "period_not_over", 422),
        (FreezePeriod(funder_id=FUNDER, through=JANUARY), FINANCE, "period_closed_already", 409),
        (FreezePeriod(funder_id=FUNDER, through=FEBRUARY), OTHER_FINANCE, "period_frozen_already", 409),
        (FreezePeriod(funder_id=FUNDER, through=FEBRUARY), A_STRANGER, "not_your_party", 403),
        (ReopenPeriod(funder_id=FUNDER, through=JANUARY, reason="x"), FINANCE, "period_not_frozen", 409),
        (ReopenPeriod(funder_id=FUNDER, through=FEBRUARY, reason="x"), A_STRANGER, "not_your_party", 403),
        (ClosePeriod(funder_id=FUNDER, through=JANUARY, digest=NOTHING), OTHER_FINANCE, "period_not_frozen", 409),
        (ClosePeriod(funder_id=FUNDER, through=FEBRUARY, digest=NOTHING), FINANCE, "who_froze_does_not_close", 403),
        (ClosePeriod(funder_id=FUNDER, through=FEBRUARY, digest=NOTHING), OTHER_FINANCE, "another_digest", 409),
        (
            ClosePeriod(funder_id=FUNDER, through=FEBRUARY, digest=NOTHING),
            A_STRANGER,
            "not_your_party",
            403,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_does_not_close_is_refused_and_writes_nothing(
    ledger: Ledger, command: Any, by: Actor, code: str, status: int
) -> None:
    await freeze(ledger, JANUARY)
    await close(ledger, JANUARY)
    await freeze(ledger, FEBRUARY)
    before = await the_books(ledger)

    with refused(code, status=status):
        await ledger.do(command, by)

    assert await the_books(ledger) == before


async def test_of_two_closers_and_of_two_freezers_at_once_one_succeeds(ledger: Ledger) -> None:
    async def tried(command: Model, by: Actor) -> str:
        try:
            await with_retries(lambda: ledger.do(command, by))  # type: ignore[arg-type]
        except Refused as refusal:
            return refusal.code
        return "done"

    freezing = FreezePeriod(funder_id=FUNDER, through=FEBRUARY)
    frozen = await asyncio.gather(*(tried(freezing, FINANCE) for _ in range(2)))
    closing = ClosePeriod(funder_id=FUNDER, through=FEBRUARY, digest=(await what_stands(ledger)).digest)
    closed = await asyncio.gather(tried(closing, OTHER_FINANCE), tried(closing, THIRD))

    assert sorted(frozen) == ["done", "period_frozen_already"]
    assert sorted(closed) == ["done", "period_not_frozen"]
    assert len(await ledger.fetch("SELECT FROM outbox WHERE type = $1", PeriodClosed.type)) == 1


async def test_who_freezes_waits_for_what_is_on_its_way_into_the_period(ledger: Ledger) -> None:
    project = await an_order_of_february(ledger)

    async def waits() -> bool:
        return bool(await ledger.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))

    async with ledger.transaction() as do:
        await do(a_receipt(project, FEBRUARY))
        freezing = asyncio.create_task(freeze(ledger, FEBRUARY))
        await eventually(waits, "the freezing to wait")
        assert not freezing.done()
    await freezing

    assert (await what_stands(ledger)).transfers == 9  # two orders of four, and the receipt
    assert await booked(ledger) == [(FEBRUARY, FEBRUARY)]


async def test_what_was_decided_before_the_freezing_and_comes_after_is_decided_again(ledger: Ledger) -> None:
    project = await an_order_of_february(ledger)
    decided, frozen = asyncio.Event(), asyncio.Event()

    async def save_late(tx: Connection, world: World) -> None:
        decided.set()
        await frozen.wait()
        await SERVICE.save(tx, world)

    late = replace(ledger, shell=replace(ledger.shell, service=replace(SERVICE, save=save_late)))
    receiving = asyncio.create_task(with_retries(lambda: late.do(a_receipt(project, FEBRUARY))))
    await decided.wait()
    await freeze(ledger, FEBRUARY)
    frozen.set()
    await receiving

    assert await booked(ledger) == [(FEBRUARY, FEBRUARY + timedelta(days=1))]
    assert (await what_stands(ledger)).transfers == 8


async def test_nobody_writes_into_a_frozen_period_nor_unnoticed_into_a_closed_one(ledger: Ledger) -> None:
    await freeze(ledger, FEBRUARY)
    copied = """
        INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation, effective_date,
            booked_on, recorded_at, reason)
        SELECT gen_random_uuid(), funder_id, debit_id, credit_id, 1, 'posted', correlation, effective_date, booked_on,
            recorded_at, 'x'
        FROM transfers WHERE reason = 'appropriation'
    """
    with pytest.raises(asyncpg.SerializationError):
        await ledger.as_owner(copied)
    await close(ledger, FEBRUARY)
    assert await ledger.findings() == []

    await ledger.as_owner("UPDATE transfers SET reason = 'another' WHERE reason = 'appropriation'")

    for senseless in (
        "UPDATE books SET state = jsonb_set(state, '{closed}', '[]')",
        "UPDATE books SET state = jsonb_set(state, '{closed,0,digest}', '\"x\"')",
    ):
        with pytest.raises(asyncpg.CheckViolationError, match="closed for good"):
            await ledger.fetch(senseless)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ledger.fetch("DELETE FROM books")
    (found,) = await ledger.findings()
    assert "a closed period is not what it was" in found
    assert f"{FUNDER}, through 2026-02-28" in found
