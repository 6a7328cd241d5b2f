"""A mid-term deemed passed opens its gate as a judgement does; before, the provider sees the last day."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from schemas.fund import TrancheRefused, TrancheReleased
from schemas.ids import ContractId, ProjectId
from schemas.judging import MidTermAwaited, MidTermDeemedPassed, MidTermResult
from schemas.role import Role
from schemas.tranche import Gate
from services import funds
from services.funds.rules.project import ProjectMoney
from tests.services.funds.desk import FUNDER, RULEBOOK, Desk, an_acceptance, the
from tests.services.funds.gated import (
    PLAN,
    a_gated_project,
    a_judgement,
    a_report,
    graded,
    passed,
    shown,
    steps,
)
from tests.services.funds.test_api import a_scene
from tests.support.fixtures import Running

DUE = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
LAST = date(2026, 3, 16)


def awaited(project: ProjectId, due: datetime = DUE) -> MidTermAwaited:
    return MidTermAwaited(
        project_id=project,
        contract_id=ContractId(uuid4()),
        judgement_due=due,
        days=10,
        holidays_known=True,
        source="示例:十个工作日",
        rulebook=RULEBOOK.hash,
    )


def deemed(project: ProjectId) -> MidTermDeemedPassed:
    return MidTermDeemedPassed(
        project_id=project,
        contract_id=ContractId(uuid4()),
        funder_id=FUNDER,
        judgement_due=DUE,
        days=10,
        source="示例:十个工作日",
        rulebook=RULEBOOK.hash,
    )


def test_before_the_day_the_provider_sees_whose_turn_it_is_until_when_and_what_silence_does() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))

    assert desk.hear(awaited(project)) == []

    missing = shown(desk, project, 2).missing
    assert missing is not None
    assert (missing.code, missing.who, missing.until) == ("mid_term_not_judged", (Role.FUNDER,), LAST)
    assert ("2026-03-16" in missing.zh, "视为" in missing.zh, "2026-03-16" in missing.en) == (True, True, True)


def test_a_standstill_moves_the_day_that_is_shown() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(awaited(project))

    desk.hear(awaited(project, DUE + timedelta(days=3, hours=1)))

    missing = shown(desk, project, 2).missing
    assert missing is not None
    assert missing.until == date(2026, 3, 20)


def test_deemed_passed_opens_the_gate_releases_and_the_gate_says_that_nobody_judged() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(awaited(project))

    said = desk.hear(deemed(project))

    assert the(said, TrancheReleased).number == 2
    gate = shown(desk, project, 2).gates[1]
    assert (gate.gate, gate.open, gate.since) == (Gate.MID_TERM_PASSED, True, date(2026, 3, 2))
    assert "无人作出评估" in gate.zh
    assert "nobody of the funder judged it by 2026-03-16" in gate.en
    money = desk.money(project)
    assert (money.mid_term, money.deemed_passed) == (MidTermResult.PASSED, True)


def test_a_mid_term_somebody_judged_says_so_as_before() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(awaited(project))

    desk.hear(passed(project))

    gate = shown(desk, project, 2).gates[1]
    assert (gate.open, gate.zh) == (True, "中期评估合格。")


@pytest.mark.parametrize("result", [MidTermResult.RECTIFY, MidTermResult.FAILED])
def test_a_judgement_in_time_ends_the_countdown(result: MidTermResult) -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(awaited(project))

    desk.hear(a_judgement(project, result))

    missing = shown(desk, project, 2).missing
    assert missing is not None
    assert missing.code == ("mid_term_to_be_rectified" if result is MidTermResult.RECTIFY else "mid_term_failed")


def test_deemed_passed_after_the_gates_closed_is_too_late_and_after_settlement_changes_nothing() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(graded(project, "优秀"))
    desk.ring(project)

    assert the(desk.hear(deemed(project)), TrancheRefused).code == "gates_closed"
    desk.pay(project, 1)
    before: ProjectMoney = desk.money(project)
    assert the(desk.hear(deemed(project)), TrancheRefused).code == "project_settled"
    assert desk.money(project) == before


def test_while_the_days_to_judge_run_a_report_releases_what_waits_for_nothing_else() -> None:
    desk = Desk()
    project = a_gated_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(awaited(project))
    desk.hear(a_report(project))

    desk.hear(graded(project, "优秀"))

    assert steps(desk, project) == ["released", "waiting", "released"]
    assert the(desk.hear(deemed(project)), TrancheReleased).number == 2


async def test_at_the_door_the_countdown_and_the_silence_are_shown(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system, plan=PLAN)
        project = f"/v1/projects/{scene.project}/money"
        await scene.tell(an_acceptance(scene.project), awaited(scene.project))
        waits = (await system.get(project, scene.provider)).json["tranches"][1]
        await scene.tell(deemed(scene.project))
        opened = (await system.get(project, scene.provider)).json["tranches"][1]

        assert (waits["missing"]["code"], waits["missing"]["until"]) == ("mid_term_not_judged", "2026-03-16")
        assert (opened["step"], "无人作出评估" in opened["gates"][1]["zh"]) == ("released", True)
