"""A mistake is taken back by its mirror: by a second person, out of what is still free, never beyond its amount."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from schemas.fund import FundCorrected
from schemas.ids import FundAccountId
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.funds.rules.ledger import TransferState
from services.funds.rules.periods import ClosePeriod, FreezePeriod
from tests.services.funds.desk import (
    FINANCE,
    FUNDER,
    OTHER_FINANCE,
    Desk,
    a_correction,
    an_approval,
    the,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_at_once import with_retries
from tests.support.pure import an_actor, refused

STRANGER = an_actor(Role.FINANCE)


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


async def an_arrival(ledger: Ledger, fen: int = 1000) -> tuple[FundAccountId, UUID]:
    account = await ledger.appropriate(fen)
    (arrival,) = await ledger.arrivals(account)
    return account, arrival


def test_a_correction_is_the_mirror_of_the_mistake_and_names_it() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    mistaken = desk.arrival(account)

    said = desk.correct(mistaken.id, 400)

    fact = the(said, FundCorrected)
    (entry,) = [one for one in said if one is not fact]
    (mirror,) = entry.transfers  # type: ignore[attr-defined]  # Booked
    assert (mirror.debit_id, mirror.credit_id) == (mistaken.credit_id, mistaken.debit_id)
    assert (mirror.state, mirror.corrects, mirror.amount.fen) == (TransferState.POSTED, mistaken.id, 400)
    assert (fact.corrects, fact.transfer_id, fact.corrected_by) == (mistaken.id, mirror.id, OTHER_FINANCE.person_id)
    (lot,) = desk.lots(account)
    assert (lot.amount.fen, lot.corrected.fen, lot.free.fen, desk.free(account)) == (1000, 400, 600, 600)


def test_parts_add_up_to_the_amount_and_never_beyond() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    arrival = desk.arrival(account).id
    desk.correct(arrival, 400)
    desk.correct(arrival, 599)

    with refused("more_than_is_free", status=409) as caught:
        desk.correct(arrival, 2)
    desk.correct(arrival, 1)
    with refused("more_than_is_free"):
        desk.correct(arrival, 1)

    assert (caught.value.field, caught.value.details["free"].fen) == ("amount", 1)
    assert desk.free(account) == 0


def test_what_is_set_aside_or_spent_was_there_and_is_not_corrected() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    desk.hear(an_approval({account: 700}))

    with refused("more_than_is_free"):
        desk.correct(desk.arrival(account).id, 301)
    desk.correct(desk.arrival(account).id, 300)

    assert desk.free(account) == 0


def test_corrected_money_can_no_longer_be_reserved() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    desk.correct(desk.arrival(account).id, 1)

    (said,) = desk.hear(an_approval({account: 1000}))

    assert said.code == "not_enough_money"  # type: ignore[attr-defined]  # BudgetRefused


def test_a_correction_cannot_be_corrected_nor_anything_but_an_arrival() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    approval = an_approval({account: 700})
    desk.hear(approval)
    correction = the(desk.correct(desk.arrival(account).id, 100), FundCorrected).transfer_id
    reservation = desk.account(approval.project_id).id

    with refused("correction_of_a_correction"):
        desk.correct(correction, 1)
    (pending,) = [t for t in desk.transfers() if t.credit_id == reservation]
    with refused("not_an_appropriation"):
        desk.correct(pending.id, 1)
    with refused("not_found", status=404):
        desk.correct(uuid4(), 1)


@pytest.mark.parametrize(
    ("by", "code"), [(FINANCE, "who_recorded_does_not_correct"), (STRANGER, "not_your_party")], ids=["same", "stranger"]
)
def test_another_person_of_the_same_party_corrects(by: Actor, code: str) -> None:
    desk = Desk()
    account = desk.appropriate(1000)

    with refused(code, status=403):
        desk.correct(desk.arrival(account).id, 1, by)


def test_a_transfer_of_another_funder_is_not_found() -> None:
    desk = Desk()
    account = desk.appropriate(1000, by=STRANGER)

    with refused("not_found", status=404):
        desk.correct(desk.arrival(account).id, 1)


@pytest.mark.parametrize(("closed", "booked_on"), [(False, date(2026, 2, 10)), (True, date(2026, 3, 1))])
async def test_it_counts_on_the_day_of_the_mistake_and_is_booked_on_the_first_open_one(
    ledger: Ledger, closed: bool, booked_on: date
) -> None:
    ledger.clock.at = datetime(2026, 2, 10, 4, tzinfo=UTC)
    _, arrival = await an_arrival(ledger)
    ledger.clock.at = datetime(2026, 3, 2, 4, tzinfo=UTC)
    if closed:
        through = date(2026, 2, 28)
        await ledger.do(FreezePeriod(funder_id=FUNDER, through=through))
        frozen = await ledger.frozen(FUNDER)
        assert frozen is not None
        await ledger.do(ClosePeriod(funder_id=FUNDER, through=through, digest=frozen.digest), OTHER_FINANCE)

    await ledger.do(a_correction(arrival, 10), OTHER_FINANCE)

    (row,) = await ledger.fetch("SELECT effective_date, booked_on FROM transfers WHERE corrects = $1", arrival)
    assert tuple(row) == (date(2026, 2, 10), booked_on)
    assert await ledger.findings() == []


async def test_two_who_correct_the_same_mistake_at_once_never_take_back_more_than_there_was(ledger: Ledger) -> None:
    account, arrival = await an_arrival(ledger)

    async def tried() -> str:
        try:
            await with_retries(lambda: ledger.do(a_correction(arrival, 600), OTHER_FINANCE))
        except Refused as refusal:
            return refusal.code
        return "done"

    assert sorted(await asyncio.gather(*(tried() for _ in range(4)))) == ["done", *["more_than_is_free"] * 3]
    (row,) = await ledger.fetch("SELECT corrected_fen FROM lots WHERE account_id = $1", account)
    assert row["corrected_fen"] == 600
    assert await ledger.findings() == []


INSERT = """
    INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation, effective_date,
        booked_on, recorded_at, recorded_by, corrects, reason)
    SELECT $1, funder_id, credit_id, debit_id, amount_fen, 'posted', id, effective_date, booked_on, now(), $3, id, 'x'
    FROM transfers WHERE id = $2
"""


async def write(ledger: Ledger, sql: str, corrects: UUID, by: UUID, lot: UUID) -> UUID:
    """A correction past all rules, as the service's role."""
    id = uuid4()
    async with ledger.database.transaction() as tx:
        await tx.execute(sql, id, corrects, by)
        await tx.execute("INSERT INTO allocations SELECT id, $2, amount_fen FROM transfers WHERE id = $1", id, lot)
    return id


@pytest.mark.parametrize(
    ("change", "error", "constraint"),
    [
        (("amount_fen, 'posted'", "1001, 'posted'"), asyncpg.CheckViolationError, "corrected_once"),
        (("credit_id, debit_id, a", "debit_id, credit_id, a"), asyncpg.ForeignKeyViolationError, "by_its_mirror"),
        (("'posted'", "'pending'"), asyncpg.CheckViolationError, "correcting_is_posted"),
        (("id, effective_date,", "id, effective_date - 1,"), asyncpg.CheckViolationError, "corrects_a_mistake"),
        (("SELECT $1, funder_id", "SELECT $1, gen_random_uuid()"), asyncpg.CheckViolationError, "corrects_a_mistake"),
        (("now(), $3", "now(), coalesce(recorded_by, $3)"), asyncpg.CheckViolationError, "corrects_a_mistake"),
        (("now(), $3", "now(), NULLIF($3::uuid, $3)"), asyncpg.CheckViolationError, "correcting_is_posted"),
    ],
    ids=["beyond", "no_mirror", "pending", "another_day", "another_funder", "same_person", "nobody"],
)
async def test_the_database_itself_refuses_a_correction_that_is_none(
    ledger: Ledger, change: tuple[str, str], error: Any, constraint: str
) -> None:
    account, arrival = await an_arrival(ledger)
    (lot,) = await ledger.fetch("SELECT id FROM lots WHERE account_id = $1", account)
    (before,) = await ledger.fetch("SELECT count(*) AS n FROM transfers")
    sql = INSERT.replace(*change)
    assert sql != INSERT

    with pytest.raises(error) as caught:
        await write(ledger, sql, arrival, uuid4(), lot["id"])

    assert caught.value.constraint_name.endswith(constraint)

    assert (await ledger.fetch("SELECT count(*) AS n FROM transfers"))[0]["n"] == before["n"]


async def test_in_the_database_corrections_add_up_over_all_sessions_and_none_is_corrected(ledger: Ledger) -> None:
    account, arrival = await an_arrival(ledger)
    (lot,) = await ledger.fetch("SELECT id FROM lots WHERE account_id = $1", account)
    half = INSERT.replace("amount_fen, 'posted'", "amount_fen / 2, 'posted'")

    async def tried() -> UUID | None:
        try:
            return await write(ledger, half, arrival, uuid4(), lot["id"])
        except asyncpg.CheckViolationError:
            return None

    written = [id for id in await asyncio.gather(*(tried() for _ in range(4))) if id is not None]

    assert len(written) == 2
    with pytest.raises(asyncpg.CheckViolationError, match="and no correction"):
        await write(ledger, INSERT, written[0], uuid4(), lot["id"])
