"""What the auditor says of money against the ledger's own rows, and against itself once it is built again."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
import pytest

from deploy.demo.story import delivering, paying, tendering, whole
from events.catalogue import CATALOGUE
from schemas.days import day_of
from schemas.fund import CorrectionReason, RefundReason, SourceType
from schemas.ids import ProjectId
from schemas.money import Money
from services.audit import SERVICE
from services.audit.api import TraceAnswer
from services.audit.api.transfers import TransfersAnswer
from services.audit.api.uses import UsesAnswer
from services.funds.api.answers import AppropriationAnswer, ProjectMoneyAnswer
from services.funds.api.going_back import CorrectionAnswer, RefundAnswer
from services.funds.rules.project import Phase
from services.kit.apply import Shell
from services.kit.clock import VirtualClock
from services.kit.migrations import migrate
from services.kit.rulebooks import shipped
from services.kit.running import Running
from services.kit.settings import Settings
from services.kit.vault import Vault
from tests.journey.town import Players, Town, a_need, a_plan, choose, players, shares
from tests.support.system import serving
from tests.support.waiting import eventually

ANEW = replace(SERVICE, name="audit_anew")
"""The same projection as another consumer with tables of its own (law 12)."""


@asynccontextmanager
async def rebuilt(town: Town) -> AsyncIterator[str]:
    """The auditor's projection made again from the log, beside the one that serves; where it answers."""
    inside = town.inside
    await migrate(inside.dsn, [ANEW])
    shell = Shell(service=ANEW, catalogue=CATALOGUE, clock=VirtualClock(), rulebooks=shipped(), vault=Vault(bytes(32)))
    again = Running(shell, inside.dsn, inside.cluster, Settings(pool=4, session_ms=6000))
    try:
        async with again.database, serving([again]) as url:
            again.start()
            try:
                await eventually(lambda: has_all(town), "the rebuilt projection", 60)
                yield url
            finally:
                await again.stop()
    finally:
        await inside.fetch("DROP SCHEMA audit_anew CASCADE")


async def has_all(town: Town) -> bool:
    (row,) = await town.inside.fetch(
        "SELECT (SELECT count(*) FROM audit.events) = (SELECT count(*) FROM audit_anew.events) AS equal"
    )
    return bool(row["equal"])


async def more_money(town: Town, of: Players) -> None:
    """Each account gets a second lot, so that shares divide to odd fen; one is bound to the purpose."""
    for account, source, category in zip(
        of.accounts, (SourceType.DONATION, SourceType.OWN), ("health_elderly", None), strict=True
    ):
        body = {
            "source_type": source,
            "budget_line": f"示例 {secrets.token_hex(3)}",
            "amount": Money(1_000_003),
            "restricted_to": category,
        }
        await town.api.post(f"/v1/funds/{account}/appropriations", AppropriationAnswer, body, of.buyer.finance)


async def told_to_the_end(town: Town, of: Players, project_id: ProjectId) -> None:
    """The first tranche is above the limit of one person."""
    plan = a_plan(of, project_id, shares=shares(of, Money(4_600_001), Money(2_000_000)), price=Money(6_333_333))
    await whole.to_bids(town.api, plan)
    await town.days(tendering.BID_DAYS)
    winner = (await whole.to_award(town.api, plan)).provider
    await whole.to_first_payment(town.api, plan, winner)
    tokens = await whole.to_mid_term(town.api, plan, winner)
    await whole.to_final(town.api, plan, winner, tokens)
    await town.days(whole.RATING_DAYS)
    await whole.to_the_end(town.api, plan, winner)


async def voided(town: Town, of: Players, project_id: ProjectId) -> None:
    """Nobody bids, and everything goes back."""
    await whole.to_bids(town.api, a_plan(of, project_id, offers=()))
    await town.days(tendering.BID_DAYS)
    path = f"/v1/projects/{project_id}/money"
    back = await town.api.until(path, ProjectMoneyAnswer, lambda money: money.phase is Phase.RETURNED, of.buyer.finance)
    assert not back.set_aside


async def under_way(town: Town, of: Players, project_id: ProjectId) -> None:
    """Signed; one tranche is ordered and no receipt is in."""
    plan = a_plan(of, project_id)
    await whole.to_bids(town.api, plan)
    await town.days(tendering.BID_DAYS)
    winner = (await whole.to_award(town.api, plan)).provider
    await delivering.endorse(town.api, of.buyer.approver, project_id)
    await delivering.endorse(town.api, winner, project_id)
    await paying.released(town.api, of.buyer.finance, project_id, 1)
    await paying.order(town.api, of.buyer.finance, project_id, 1)


async def gone_back(town: Town, of: Players, project_id: ProjectId) -> None:
    """The payee pays odd fen back, and of one arrival a part had never come."""
    refund = {
        "amount": Money(333_334),
        "received_on": day_of(await town.now()),
        "line_reference": secrets.token_hex(4),
        "reason": RefundReason.AUDIT_FINDING,
        "basis": "审计报告〔2026〕3 号",
    }
    await town.api.post(f"/v1/projects/{project_id}/refunds", RefundAnswer, refund, of.buyer.finance)
    arrival = next(row for row in await ledger(town, of) if row["amount_fen"] == 1_000_003)
    mistake = {"amount": Money(3), "reason": CorrectionReason.AMOUNT_TOO_LARGE, "basis": "到账通知书"}
    path = f"/v1/funders/{of.buyer.finance.party_id}/transfers/{arrival['id']}/corrections"
    await town.api.post(path, CorrectionAnswer, mistake, of.buyer.approver)


async def ledger(town: Town, of: Players) -> list[Any]:
    """The rows of this funder's books, with their lots."""
    rows = await town.inside.fetch(
        """
        SELECT t.*, (SELECT jsonb_object_agg(a.lot_id, a.amount_fen) FROM funds.allocations a
            WHERE a.transfer_id = t.id) AS lots
        FROM funds.transfers t WHERE funder_id = $1 ORDER BY number
        """,
        of.buyer.finance.party_id,
    )
    return list(rows)


async def assert_as_in_the_ledger(town: Town, row: Any) -> None:
    answer = await town.api.get(f"/v1/audit/transfers/{row['id']}", TransfersAnswer, town.auditor)
    (told,) = answer.transfers
    assert (told.transfer_id, told.debit_id, told.credit_id) == (row["id"], row["debit_id"], row["credit_id"])
    assert (told.amount.fen, told.state, told.resolves) == (row["amount_fen"], row["state"], row["pending_id"])
    assert (told.cause, told.at) == (row["correlation"], row["recorded_at"])
    assert (told.effective_date, told.booked_on) == (row["effective_date"], row["booked_on"])
    assert {str(lot.lot_id): lot.amount.fen for lot in told.lots} == orjson.loads(row["lots"])
    assert answer.complete


async def assert_lots_as_in_the_ledger(town: Town, of: Players) -> None:
    """Set aside, spent and free, by lot; and the account tells its lots as they tell themselves."""
    rows = await town.inside.fetch("SELECT * FROM funds.lots WHERE account_id = ANY($1::uuid[])", list(of.accounts))
    assert len(rows) == 4
    for row in rows:
        answer = await town.api.get(f"/v1/audit/sources/{row['id']}/uses", UsesAnswer, town.auditor)
        (lot,) = answer.lots
        c = lot.columns
        assert (lot.amount, lot.free) == (
            Money(row["amount_fen"]),
            Money(row["amount_fen"] - row["corrected_fen"] - row["reserved_fen"] - row["spent_fen"]),
        )
        assert lot.corrected.fen == row["corrected_fen"]
        assert (lot.functional_code, lot.economic_code) == (row["functional_code"], row["economic_code"])
        assert (c.reserved + c.committed).fen == row["reserved_fen"]
        assert (c.released + c.ordered + c.paid).fen == row["spent_fen"]
        assert (answer.complete, answer.findings, lot.projects) == (True, (), len(answer.uses))
        account = await town.api.get(f"/v1/audit/sources/{row['account_id']}/uses", UsesAnswer, town.auditor)
        assert lot in account.lots


async def assert_both_persons_are_shown(town: Town, of: Players, project_id: ProjectId) -> None:
    """Of the payment above the limit: in the trace, and at each of its transfers."""
    path = f"/v1/audit/projects/{project_id}/trace"
    trace = await town.api.get(path, TraceAnswer, town.auditor)
    (approval,) = [step for step in trace.steps if step.type == "payment.approved"]
    assert trace.findings == ()
    both = {(p["by"], p["second"]) for p in await _payments(town, project_id) if p["second"] is not None}
    assert both == {(approval.actors["drawn_up_by"], approval.actors["approved_by"])}
    for row in await town.inside.fetch(
        "SELECT t.id FROM funds.transfers t JOIN funds.payments p ON p.id IN (t.id, t.pending_id)"
        " WHERE p.project_id = $1 AND p.state ->> 'approved_by' IS NOT NULL",
        project_id,
    ):
        answer = await town.api.get(f"/v1/audit/transfers/{row['id']}", TransfersAnswer, town.auditor)
        (told,) = answer.transfers
        assert told.project is not None
        assert told.project.payment is not None
        assert {(told.project.payment.drawn_up_by, told.project.payment.approved_by)} == both


async def _payments(town: Town, project_id: ProjectId) -> list[Any]:
    return await town.inside.fetch(
        "SELECT (state ->> 'ordered_by')::uuid AS by, (state ->> 'approved_by')::uuid AS second"
        " FROM funds.payments WHERE project_id = $1",
        project_id,
    )


@pytest.mark.timeout(240)
async def test_every_transfer_is_told_as_the_ledger_keeps_it_and_again_when_the_archive_is_rebuilt(town: Town) -> None:
    of = await players(town)
    await more_money(town, of)
    ended, unwanted, open_ = await choose(town, of, a_need(), a_need("楼道扶手"), a_need("邻里书屋"))
    await voided(town, of, unwanted)
    await told_to_the_end(town, of, ended)
    await under_way(town, of, open_)
    await gone_back(town, of, ended)
    await town.clock.quiet()
    rows = await ledger(town, of)

    assert {row["reason"].split(" ")[0] for row in rows} == {
        *("appropriation", "reservation", "no", "price", "tranche", "never", "refund", "correction:")
    }
    for row in rows:
        await assert_as_in_the_ledger(town, row)
    await assert_lots_as_in_the_ledger(town, of)

    await assert_both_persons_are_shown(town, of, ended)
    await assert_rebuilt_alike(town, of, ended, unwanted, open_)


async def assert_rebuilt_alike(town: Town, of: Players, *projects: ProjectId) -> None:
    """Every answer about these projects and this funder's money, byte for byte."""
    rows = await ledger(town, of)
    lots = {lot for row in rows for lot in orjson.loads(row["lots"])}
    paths = [
        *(f"/v1/audit/projects/{project}/trace" for project in projects),
        *(f"/v1/audit/projects/{project}/visits" for project in projects),
        *(f"/v1/audit/sources/{source}/uses" for source in (*lots, *of.accounts)),
        *(f"/v1/audit/transfers/{row['id']}" for row in rows),
    ]
    live = {path: await town.api.read(path, town.auditor) for path in paths}
    async with rebuilt(town) as url, aiohttp.ClientSession(url) as http:
        for path in paths:
            async with http.get(path, headers={"Authorization": f"Bearer {town.auditor.secret}"}) as reply:
                assert await reply.read() == live[path], path
