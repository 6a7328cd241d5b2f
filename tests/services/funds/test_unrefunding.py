"""A refund recorded by mistake is taken back by another person, lot by lot, as far as its money is still free."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from events.catalogue import CATALOGUE
from schemas.fund import PaymentRefunded
from schemas.ids import EventId, ProjectId
from schemas.refund import RefundCorrected
from schemas.refused import Refused
from schemas.role import Role
from services.audit.rules import Entry, Project, movements_of, unaccounted
from services.audit.rules.standing import flows_of, standing_of
from services.funds import SERVICE
from services.funds.rules.ledger import Transfer
from services.funds.rules.order import OrderPayment
from services.funds.rules.periods import FreezePeriod
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import (
    FUNDER,
    OTHER_FINANCE,
    PROVIDER,
    Desk,
    a_line,
    a_refund,
    a_refund_correction,
    a_signing,
    an_approval,
    fen,
    the,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_at_once import with_retries
from tests.services.funds.test_refunds import paid
from tests.support.fixtures import Running
from tests.support.pure import an_actor, refused


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


async def paid_in(ledger: Ledger) -> ProjectId:
    """500 fen paid, half of each account."""
    first, second = await ledger.appropriate(500), await ledger.appropriate(500)
    approval = an_approval({first: 500, second: 500})
    await ledger.hear(approval, a_signing(approval.project_id, 1000))
    await ledger.do(OrderPayment(project_id=approval.project_id, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(approval.project_id, 1, 500),)))
    return approval.project_id


def test_a_refund_recorded_twice_is_taken_back_whole_and_every_lot_is_as_before() -> None:
    desk = Desk()
    project = paid(desk)  # 375 and 125 fen
    desk.refund(a_refund(project, 10, "A"))
    before = desk.money(project).paid_shares
    fact = the(desk.refund(a_refund(project, 10, "B")), PaymentRefunded)

    undone = the(desk.correct_refund(project, "B", 10), RefundCorrected)

    assert undone.shares == fact.shares
    assert desk.money(project).paid_shares == before
    lots = [lot for share in fact.shares for lot in desk.lots(share.account_id)]
    assert [(lot.spent.fen, lot.corrected.fen) for lot in lots] == [(367, 0), (123, 0)]
    payee = desk.account(PROVIDER)
    assert payee.credits_posted.fen - payee.debits_posted.fen == 490
    mirrors = [t for t in desk.world.each(Transfer) if t.corrects is not None]
    assert {desk.world.get(Transfer, t.corrects).debit_id for t in mirrors if t.corrects} == {PROVIDER}


def test_too_much_is_corrected_in_parts_and_never_beyond_what_was_recorded() -> None:
    desk = Desk()
    project = paid(desk)
    desk.refund(a_refund(project, 100, "A"))

    first = the(desk.correct_refund(project, "A", 10), RefundCorrected)
    with refused("more_than_was_refunded", status=409) as caught:
        desk.correct_refund(project, "A", 91)
    desk.correct_refund(project, "A", 90)
    with refused("more_than_was_refunded"):
        desk.correct_refund(project, "A", 1)

    assert fen(first.shares) == [8, 2]  # of 75 and 25
    assert (caught.value.details["amount"].fen, caught.value.details["left"].fen) == (100, 90)
    assert desk.money(project).refunded == ()
    desk.refund(a_refund(project, 500))  # all of it can come back again


def test_what_was_set_aside_meanwhile_was_there() -> None:
    desk = Desk()
    project = paid(desk)
    fact = the(desk.refund(a_refund(project, 100, "A")), PaymentRefunded)
    account = fact.shares[0].account_id
    desk.hear(an_approval({account: 70}))  # of the 75 that came back to it

    with refused("more_than_is_free") as caught:
        desk.correct_refund(project, "A", 100)
    desk.correct_refund(project, "A", 6)

    assert caught.value.details["free"].fen == 5
    assert desk.free(account) == 0


def test_another_person_of_the_same_funder_corrects_and_of_this_project_only() -> None:
    desk = Desk()
    project, other = paid(desk), paid(desk)
    recorder = an_actor(Role.FINANCE, FUNDER)
    desk.refund(a_refund(project, 100, "A"), recorder)

    with refused("who_recorded_does_not_correct", status=403):
        desk.correct_refund(project, "A", 1, recorder)
    with refused("not_your_party", status=403):
        desk.correct_refund(project, "A", 1, an_actor(Role.FINANCE))
    with refused("not_found", status=404):
        desk.correct_refund(other, "A", 1)
    desk.correct_refund(project, "A", 1)


async def test_the_database_holds_what_a_correction_left_and_the_books_add_up(ledger: Ledger) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 101, "A"))

    await ledger.do(a_refund_correction(project, "A", 51), OTHER_FINANCE)

    (row,) = await ledger.fetch("SELECT fen FROM refunded")
    assert row["fen"] == 50
    assert await ledger.findings() == []
    await ledger.do(a_refund(project, 450, "B"))  # 500 were paid, 50 came back
    with refused("refund_above_paid"):
        await ledger.do(a_refund(project, 1, "C"))
    assert await ledger.findings() == []


async def test_a_refund_of_a_frozen_month_is_corrected_on_its_own_day_and_booked_on_the_first_open_one(
    ledger: Ledger,
) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 100, "A"))  # on 2026-03-02
    ledger.clock.at = ledger.clock.at.replace(month=4, day=2)
    await ledger.do(FreezePeriod(funder_id=FUNDER, through=date(2026, 3, 31)))

    await ledger.do(a_refund_correction(project, "A", 100), OTHER_FINANCE)

    rows = await ledger.fetch("SELECT DISTINCT effective_date, booked_on FROM transfers WHERE corrects IS NOT NULL")
    assert [tuple(row) for row in rows] == [(date(2026, 3, 2), date(2026, 4, 1))]
    assert await ledger.findings() == []


async def test_two_who_correct_the_same_refund_at_once_do_not_take_back_more_than_came(ledger: Ledger) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 100, "A"))

    async def correct() -> str:
        try:
            await with_retries(lambda: ledger.do(a_refund_correction(project, "A", 60), OTHER_FINANCE))
        except Refused as refusal:
            return refusal.code
        return "corrected"

    said = await asyncio.gather(*(correct() for _ in range(4)))

    assert sorted(said) == ["corrected", *["more_than_was_refunded"] * 3]
    assert await ledger.findings() == []


async def test_the_database_refuses_a_correction_by_who_recorded_it_or_beyond_the_refund(ledger: Ledger) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 100, "A"))
    await ledger.do(a_refund_correction(project, "A", 100), OTHER_FINANCE)
    again = """
        INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation, effective_date,
            booked_on, recorded_at, recorded_by, corrects, refunds, reason)
        SELECT gen_random_uuid(), funder_id, credit_id, debit_id, 1, state, correlation, effective_date,
            booked_on, recorded_at, {by}, id, {refunds}, reason
        FROM transfers WHERE refunds IS NOT NULL AND corrects IS NULL LIMIT 1
    """

    for by, refunds in (("recorded_by", "refunds"), (f"'{uuid4()}'", "NULL"), (f"'{uuid4()}'", "refunds")):
        with pytest.raises(asyncpg.CheckViolationError):
            await ledger.fetch(again.format(by=by, refunds=refunds))
    assert await ledger.findings() == []


async def test_refunds_of_before_find_the_transfers_they_were_booked_with(ledger: Ledger) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 100, "A"))
    (row,) = await ledger.fetch("SELECT state ->> 'caused_by' AS cause FROM refunds")
    await ledger.as_owner("UPDATE refunds SET state = state - 'caused_by' - 'corrected'")
    text = (SERVICE.folder / "migrations" / "0008_refund_corrections.sql").read_text("utf-8")

    await ledger.as_owner(text[text.index("UPDATE refunds r") : text.index("CREATE OR REPLACE")])

    (found,) = await ledger.fetch("SELECT state ->> 'caused_by' AS cause FROM refunds")
    assert found["cause"] == row["cause"]
    await ledger.do(a_refund_correction(project, "A", 100), OTHER_FINANCE)
    assert await ledger.findings() == []


async def test_an_auditor_reads_every_transfer_of_it_from_the_log(ledger: Ledger) -> None:
    project = await paid_in(ledger)
    await ledger.do(a_refund(project, 101, "A"))
    await ledger.do(a_refund_correction(project, "A", 51), OTHER_FINANCE)
    rows = await ledger.fetch("SELECT * FROM outbox WHERE key = $1 ORDER BY sequence", str(project))
    told = [CATALOGUE.decode(row["type"], row["version"], row["body"]) for row in rows]
    entries = [Entry(event_id=EventId(e.id), cause=e.causationid, at=e.time, fact=e.data) for e in told]

    movements = movements_of(entries)

    booked = await ledger.fetch(
        "SELECT id, debit_id, credit_id, amount_fen FROM transfers WHERE $1 IN (debit_id, credit_id, refunds)", project
    )
    assert {(m.transfer_id, m.debit_id, m.credit_id, m.amount.fen) for m in movements} == {tuple(row) for row in booked}
    assert unaccounted(entries) == []
    lot = movements[-1].lots[0].lot_id
    standing = standing_of(flows_of(Project(id=project, entries=tuple(entries)), lot))
    assert (standing["paid"], standing["returned"]) == (225, 25)  # 250 paid, 51 and 26 back and forth


async def test_a_refund_is_corrected_through_the_doors_by_another_person(running: Running) -> None:
    async with running(SERVICE) as system:
        scene = await a_scene(system)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        line = {"line_reference": "L", "payment_reference": ordered["reference"], "paid_on": ordered["ordered_on"]}
        await system.post("/v1/receipts", {"lines": [line | {"amount": ordered["amount"]}]}, scene.finance)
        door = f"/v1/projects/{scene.project}/refunds"
        refund = {"amount": {"fen": 100}, "received_on": ordered["ordered_on"], "line_reference": "R", "basis": "x"}
        made = await system.post(door, refund | {"reason": "overpaid"}, scene.finance)
        path = f"{door}/{made.json['refund']['refund_id']}/corrections"
        body = {"amount": {"fen": 40}, "reason": "amount_too_large", "basis": "更正单"}

        himself = await system.post(path, body, scene.finance)
        done = await system.post(path, body, scene.funder)
        beyond = await system.post(path, body | {"amount": {"fen": 61}}, scene.funder)

        assert (himself.status, himself.json["title"]) == (403, "who_recorded_does_not_correct")
        assert (done.status, done.json["refund"]["corrected"]) == (201, {"fen": 40})
        assert (beyond.status, beyond.json["title"]) == (409, "more_than_was_refunded")
        assert "0.60" in beyond.json["detail"]
        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json
        assert (money["paid"], money["refunded"]) == ({"fen": 5000}, {"fen": 60})
        on = (await system.get(f"/v1/funders/{scene.funder.party_id}/idle", scene.finance)).json
        spent = [(lot["appropriated"]["fen"], lot["spent"]["fen"]) for one in on["accounts"] for lot in one["lots"]]
        assert sorted(spent) == [(4000, 1976), (6000, 2964)]  # 2000 and 3000 less 40 and 60 percent of 60
