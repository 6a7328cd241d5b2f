"""Costs above a limit that came down later are shown as what they are, and expected back; the books stay proven."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from schemas.money import Money
from services import funds
from services.funds.rules.cost_reports import ReportCosts
from services.funds.rules.overruns import overruns
from tests.services.funds.costs import TODAY, WORKER, a_cost, a_limited_signing, a_project, a_report, hand_in, spent
from tests.services.funds.desk import Desk, a_grade, an_acceptance, an_approval
from tests.services.funds.ending import a_change
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_api import Scene, a_scene
from tests.services.funds.test_cost_doors import another_project, today
from tests.services.funds.test_cost_doors import hand_in as hand_in_at_door
from tests.support.fixtures import Running
from tests.support.pure import NOON, refused


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def above(desk: Desk, project: Any) -> list[tuple[str | None, int, int]]:
    price = desk.money(project).price
    assert price is not None
    return [(one.head, one.limit.fen, one.above.fen) for one in overruns(spent(desk, project), price)]


def test_within_every_limit_nothing_is_above_and_a_lower_price_says_what_is() -> None:
    desk = Desk()
    project = a_project(desk)  # 1,000: activity up to 800, management up to 100
    hand_in(desk, a_report(project, a_cost(700), a_cost(90, "management")))
    before = above(desk, project)

    desk.hear(a_change(project, 1000, 500, 200, 100))  # 800: up to 640, and 80

    assert before == []
    assert above(desk, project) == [("activity", 640, 60), ("management", 80, 10)]


def test_beyond_the_price_each_fen_is_counted_once() -> None:
    desk = Desk()
    project = a_project(desk, limited=False)
    hand_in(desk, a_report(project, a_cost(950), a_cost(50, "management")))

    desk.hear(a_change(project, 1000, 500, 200, 100))

    assert above(desk, project) == [(None, 800, 200)]


def test_what_is_above_leaves_no_room_for_more_of_its_head() -> None:
    desk = Desk()
    project = a_project(desk)
    hand_in(desk, a_report(project, a_cost(700)))
    desk.hear(a_change(project, 1000, 500, 200, 100))

    with refused("cost_above_limit") as caught:
        hand_in(desk, a_report(project, a_cost(1)))
    assert caught.value.details["left"] == Money(0)
    hand_in(desk, a_report(project, a_cost(80, "management")))


def test_nor_does_what_is_above_the_price() -> None:
    desk = Desk()
    project = a_project(desk, limited=False)
    hand_in(desk, a_report(project, a_cost(1000)))
    desk.hear(a_change(project, 1000, 500, 200, 100))

    with refused("costs_above_price") as caught:
        hand_in(desk, a_report(project, a_cost(1)))
    assert caught.value.details["left"] == Money(0)


async def test_a_price_below_what_was_spent_breaks_nothing_in_the_books(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    project = approval.project_id
    await ledger.hear(approval, a_limited_signing(project, 1000))
    await ledger.do(ReportCosts(project_id=project, batch="2026-1", lines=(a_cost(800),)), WORKER)

    await ledger.hear(a_change(project, 1000, 500, 100, 100))

    assert await ledger.findings() == []


async def test_a_signature_heard_late_counts_from_the_day_it_was_made(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    signed_at = NOON - timedelta(days=5)

    await ledger.hear(approval, said_at=signed_at)
    await ledger.hear(a_limited_signing(approval.project_id, 1000), said_at=signed_at)

    (row,) = await ledger.fetch("SELECT state ->> 'signed_on' AS day FROM spendings")
    assert row["day"] == str(TODAY - timedelta(days=5))
    day = TODAY - timedelta(days=3)
    lines = (a_cost(100, spent_on=day),)
    await ledger.do(ReportCosts(project_id=approval.project_id, batch="2026-1", lines=lines), WORKER)
    with refused("cost_day_out_of_range"):
        lines = (a_cost(100, spent_on=TODAY - timedelta(days=6)),)
        await ledger.do(ReportCosts(project_id=approval.project_id, batch="2026-2", lines=lines), WORKER)


async def settled(scene: Scene, project: Any) -> None:
    await scene.tell(an_acceptance(project), a_grade(project))
    for number in (1, 2, 3):
        paid = await scene.system.post(f"/v1/projects/{project}/payments", {"number": number}, scene.finance)
        line = {
            "line_reference": f"HD{number}",
            "payment_reference": paid.json["reference"],
            "amount": paid.json["amount"],
            "paid_on": paid.json["ordered_on"],
        }
        await scene.system.post("/v1/receipts", {"lines": [line]}, scene.finance)


async def test_at_the_door_it_says_in_words_what_is_above_and_after_settlement_what_is_expected_back(
    running: Running,
) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door, day = f"/v1/projects/{project}/costs", await today(scene)
        await hand_in_at_door(scene, project, scene.provider, a_cost(7500, spent_on=day))
        await scene.tell(a_change(project, 10_000, 5000, 2000, 1000))
        lowered = (await system.get(door, scene.funder)).json
        await settled(scene, project)
        over = (await system.get(door, scene.provider)).json

        (one,) = lowered["above_limits"]
        assert (one["head"], one["limit"], one["above"]) == ("activity", {"fen": 6400}, {"fen": 1100})
        assert "业务活动费 75.00 元 填报时未超限额" in one["zh"]
        assert "expected back" in one["en"]
        assert (lowered["spent"], lowered["unspent"]) == ({"fen": 7500}, None)
        assert (over["paid"], over["unspent"]) == ({"fen": 8000}, {"fen": 1600})
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []
