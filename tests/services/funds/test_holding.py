"""A hold stops money at once, as much as it names and no more, until its last day or until it is lifted."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.days import day_of
from schemas.ids import HoldId, ProjectId
from schemas.money import Money
from schemas.role import Role
from services import funds
from services.funds.rules.holds import LONGEST, MOST_HOLDS, PlaceHold
from services.funds.rules.instalment import Step
from tests.services.funds.desk import Desk, a_grade, a_signing, an_acceptance, an_approval
from tests.services.funds.test_api import a_scene
from tests.support.fixtures import Running
from tests.support.pure import an_actor, refused

TODAY = date(2026, 3, 2)
LATER = TODAY + timedelta(days=30)


def a_signed_project(desk: Desk) -> ProjectId:
    """1,000 fen in 500, 400 and 100; the first released."""
    approval = an_approval({desk.appropriate(1000): 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    return approval.project_id


@pytest.mark.parametrize("held", [501, 1000, 5000])
def test_a_payment_that_would_not_leave_what_is_held_is_refused_with_its_basis(held: int) -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hold(project, held, LATER)

    with refused("money_on_hold") as caught:
        desk.order(project, 1)

    assert caught.value.details["basis"] == "审计报告〔2026〕3 号"
    assert caught.value.details["until"] == LATER
    assert desk.money(project).instalments[0].step is Step.RELEASED


def test_the_undisputed_part_is_payable_and_the_rest_is_not() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hold(project, 450, LATER)

    desk.pay(project, 1)  # 500 are left, of which 450 must stay
    desk.hear(an_acceptance(project))

    with refused("money_on_hold"):
        desk.order(project, 2)


def test_several_holds_add_up() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hold(project, 250, LATER)
    desk.hold(project, 250, LATER)
    desk.order(project, 1)
    desk.hear(an_acceptance(project))

    desk.hold(project, 1, LATER)

    with refused("money_on_hold"):
        desk.order(project, 2)


def test_a_hold_binds_through_its_last_day_in_china_and_not_on_the_next() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hold(project, 1000, TODAY)

    desk.story.at = desk.story.at.replace(hour=15, minute=59)  # UTC: the last minute of the day in China
    with refused("money_on_hold"):
        desk.order(project, 1)
    desk.story.at += timedelta(minutes=1)
    desk.order(project, 1)


def test_who_placed_a_hold_lifts_it_once_and_nobody_else_does() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    hold = desk.hold(project, 1000, LATER)

    with refused("not_your_party", status=403):
        desk.lift(project, hold, an_actor(Role.AUDITOR))
    with refused("not_found", status=404):
        desk.lift(project, HoldId(uuid4()))
    desk.lift(project, hold)
    desk.order(project, 1)
    with refused("hold_lifted_already"):
        desk.lift(project, hold)


def test_a_withheld_last_tranche_needs_no_hold_to_stay() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project, 0))
    desk.hold(project, 400, LATER)

    desk.order(project, 1)

    with refused("money_on_hold"):
        desk.order(project, 2)


def test_what_cannot_be_held_is_refused() -> None:
    desk = Desk()
    approval = an_approval({desk.appropriate(1000): 1000})
    desk.hear(approval)

    with refused("nothing_to_hold"):
        desk.hold(approval.project_id, 1, LATER)
    desk.hear(a_signing(approval.project_id, 1000))
    for until in (TODAY - timedelta(days=1), TODAY + LONGEST + timedelta(days=1)):
        with refused("hold_until_out_of_range", status=422):
            desk.hold(approval.project_id, 1, until)
    for _ in range(MOST_HOLDS):
        desk.hold(approval.project_id, 1, LATER)
    with refused("too_many_holds"):
        desk.hold(approval.project_id, 1, LATER)
    for amount in (0, -1):
        with pytest.raises((ValidationError, ValueError)):
            PlaceHold(project_id=approval.project_id, amount=Money(amount), basis="x", until=LATER)


async def test_a_hold_and_an_order_at_the_same_moment_are_one_after_the_other(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)  # 10,000 fen, the first tranche of 5,000 released
        until = (day_of(datetime.now(UTC)) + timedelta(days=10)).isoformat()
        hold = {"amount": {"fen": 5001}, "basis": "审计报告〔2026〕3 号", "until": until}

        placed, ordered = await asyncio.gather(
            system.post(f"/v1/projects/{scene.project}/holds", hold, scene.auditor),
            system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance),
        )
        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json
        again = await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)

        assert placed.status == 201, placed.json
        assert (money["held"], money["holds"][0]["binds"]) == ({"fen": 5001}, True)
        assert again.status == 409
        if ordered.status == 201:
            assert again.json["title"] == "payment_already_ordered"
        else:
            assert ordered.json["title"] == again.json["title"] == "money_on_hold"
            assert "审计报告〔2026〕3 号" in again.json["detail"]
            assert money["tranches"][0]["missing"]["code"] == "money_on_hold"
        lifting = f"/v1/projects/{scene.project}/holds/{placed.json['hold_id']}/lifting"
        assert (await system.post(lifting, {"reason": "已整改"}, scene.auditor)).status == 201
