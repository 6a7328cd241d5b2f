"""A reservation nobody signs an agreement on ends by itself, on the day the rulebook says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.days import day_of
from schemas.fund import FundsCommitted, ReservationReleased, TrancheRefused
from schemas.ids import ProjectId
from services.funds import SERVICE
from services.funds.api.idle import get_idle
from services.funds.rules.lapse import DAY, last_day
from services.funds.rules.project import RESERVATION_DAYS, Phase, ProjectMoney
from services.kit.asked import Asked
from services.kit.ticking import Ticker
from services.kit.vault import Vault
from tests.services.funds.desk import FINANCE, FUNDER, RULEBOOK, Desk, a_signing, an_approval, fen, the, voided
from tests.services.funds.ledger import Ledger, a_ledger

DAYS = timedelta(days=RULEBOOK.integer(RESERVATION_DAYS))


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def reserved(desk: Desk) -> ProjectId:
    approval = an_approval({desk.appropriate(1000): 800})
    desk.hear(approval)
    return approval.project_id


def test_a_reservation_stands_through_its_last_day_in_china() -> None:
    desk = Desk()
    money = desk.world.get(ProjectMoney, reserved(desk))

    assert last_day(money) == date(2026, 3, 2) + DAYS
    assert money.due() == {"lapse": datetime(2026, 8, 29, 16, tzinfo=UTC)}  # the midnight that ends 29 August there


def test_when_it_lapses_the_money_is_free_again_and_the_story_says_so() -> None:
    desk = Desk()
    project = reserved(desk)
    (share,) = desk.world.get(ProjectMoney, project).shares

    told = the(desk.ring(project), ReservationReleased)

    money = desk.world.get(ProjectMoney, project)
    assert [one.amount.fen for one in told.shares] == [800]
    assert (money.phase, money.due(), last_day(money)) == (Phase.RETURNED, {}, None)
    assert desk.free(share.account_id) == 1000


def test_an_agreement_signed_after_it_finds_nothing_reserved_and_that_is_a_fact() -> None:
    desk = Desk()
    project = reserved(desk)
    desk.ring(project)

    told = the(desk.hear(a_signing(project, 800)), TrancheRefused)

    assert told.code == "nothing_reserved"
    assert desk.world.get(ProjectMoney, project).phase is Phase.RETURNED


def test_what_lapsed_stays_reported_when_the_project_is_reserved_anew() -> None:
    desk = Desk()
    approval = an_approval({desk.appropriate(1000): 800})
    desk.hear(approval)
    desk.ring(approval.project_id)

    desk.hear(approval)
    desk.hear(voided(approval.project_id))  # a tender that failed is no lapse

    (lapsed,) = desk.money(approval.project_id).lapsed
    assert (lapsed.last_day, fen(lapsed.shares)) == (date(2026, 3, 2) + DAYS, [800])


def test_once_signed_or_given_back_nothing_lapses() -> None:
    desk = Desk()
    signed, ended = reserved(desk), reserved(desk)
    the(desk.hear(a_signing(signed, 800)), FundsCommitted)
    desk.hear(voided(ended))

    assert desk.ring(signed) == desk.ring(ended) == []


def test_reserved_anew_it_has_its_days_anew() -> None:
    desk = Desk()
    account = desk.appropriate(1000)
    approval = an_approval({account: 800})
    desk.hear(approval)
    desk.hear(voided(approval.project_id))
    desk.story.at += timedelta(days=7)
    desk.hear(approval)

    assert last_day(desk.world.get(ProjectMoney, approval.project_id)) == date(2026, 3, 9) + DAYS


def test_a_reservation_made_before_reservations_ended_stays() -> None:
    desk = Desk()
    money = replace(desk.world.get(ProjectMoney, reserved(desk)), lapses_at=None)

    assert (money.due(), last_day(money)) == ({}, None)


async def timers(ledger: Ledger) -> list[datetime]:
    return [row["due_at"] for row in await ledger.fetch("SELECT due_at FROM timers ORDER BY 1")]


async def test_the_timer_is_kept_rings_when_it_is_due_and_only_then(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    kept, lost = an_approval({account: 300}), an_approval({account: 500})
    await ledger.hear(kept, lost)
    (due, other) = await timers(ledger)
    ticker = Ticker(ledger.shell, ledger.database, lambda: None)
    await ledger.hear(a_signing(kept.project_id, 300))
    assert due == other
    assert await timers(ledger) == [due]

    ledger.clock.at = due - timedelta(seconds=5)
    early = await ticker.ring()
    ledger.clock.at = due
    rung = [await ticker.ring() for _ in range(2)]

    assert (early, rung) == (0, [1, 0])
    assert await timers(ledger) == []
    phases = await ledger.fetch("SELECT id, state ->> 'phase' AS phase FROM projects")
    assert {row["id"]: row["phase"] for row in phases} == {kept.project_id: "committed", lost.project_id: "returned"}
    (row,) = await ledger.fetch("SELECT debits_pending_fen AS fen FROM accounts WHERE id = $1", account)
    assert row["fen"] == 150  # what of the signed agreement is not released
    told = await ledger.fetch("SELECT key FROM outbox WHERE type = 'reservation.released'")
    assert [row["key"] for row in told] == [str(lost.project_id)]
    assert await ledger.findings() == []
    async with ledger.database.connection() as connection:
        asked = Asked(by=FINANCE, at=ledger.clock.at, path={"funder_id": str(FUNDER)}, query={}, vault=Vault(bytes(32)))
        found = await get_idle(connection, asked)
        before = await get_idle(connection, replace(asked, query={"on": (day_of(due) - DAY).isoformat()}))
    (lapse,) = found.lapsed
    assert (lapse.project_id, lapse.account_id, lapse.amount.fen) == (lost.project_id, account, 500)
    assert (lapse.last_day, lapse.rule.path) == (day_of(due) - DAY, RESERVATION_DAYS)
    assert lapse.rule.source == RULEBOOK.source(RESERVATION_DAYS).text
    assert before.lapsed == ()


async def test_a_timer_that_comes_too_late_changes_nothing(ledger: Ledger) -> None:
    """It was read as due, and the agreement was signed before its turn came."""
    approval = an_approval({await ledger.appropriate(1000): 300})
    await ledger.hear(approval)
    (timer,) = await ledger.fetch("SELECT * FROM timers")
    await ledger.hear(a_signing(approval.project_id, 300))
    await ledger.as_owner(
        f"INSERT INTO timers VALUES ('ProjectMoney', '{timer['id']}', 'lapse', '{timer['due_at'].isoformat()}')"
    )

    applied = await ledger.ring(approval.project_id)

    assert applied.lines == []
    assert SERVICE.timers.keys() == {ProjectMoney}
    assert await ledger.findings() == []
