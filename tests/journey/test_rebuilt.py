"""A life with everything in it that money can go through, told as the ledger keeps it and rebuilt as it was."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.cli.naming import named_by
from deploy.cli.visits import checked_visits
from deploy.demo.client import Person
from deploy.demo.story import paying, whole
from deploy.demo.story.whole import Plan
from schemas.days import day_of
from schemas.money import Money
from services.audit.api.transfers import TransfersAnswer
from services.audit.api.visits import AuditedVisits
from services.contracts.api.ending import TerminationAnswer
from services.contracts.api.visits import BatchAnswer
from services.funds.api.answers import HoldOf, ReceiptsAnswer
from services.funds.api.going_back import RefundAnswer
from tests.journey.test_delivering import an_awarded_project
from tests.journey.test_life import a_supplement, changed, of_contract, published
from tests.journey.test_tracing import assert_as_in_the_ledger, assert_rebuilt_alike, ledger, more_money
from tests.journey.town import COMMUNITY, Town, players, refused, yuan

KINDS = {
    *("arrived", "reserved", "reduced", "released", "changed", "settled", "ordered", "paid"),
    *("refunded", "refund_corrected", "sent_back"),
}


@pytest.mark.timeout(240)
async def test_a_change_a_hold_a_returned_payment_a_termination_and_refunds_are_rebuilt_as_they_were(
    town: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    of = await players(town)
    await more_money(town, of)
    plan, winner = await an_awarded_project(town, of)
    api = town.api
    await whole.to_first_payment(api, plan, winner)
    await visited(town, plan, winner)
    await changed(api, plan, winner, a_supplement(4_000))
    await ended(town, plan, winner)
    await held_and_sent_back(town, plan)
    await published(town, plan)
    await paid_back_by_mistake(town, plan)
    await town.clock.quiet()

    rows = await ledger(town, of)
    for row in rows:
        await assert_as_in_the_ledger(town, row)
    told = [await api.get(f"/v1/audit/transfers/{row['id']}", TransfersAnswer, town.auditor) for row in rows]
    assert {one.kind.value for answer in told for one in answer.transfers} == KINDS
    assert any(one.effective_date < day_of(one.at) for answer in told for one in answer.transfers)
    await assert_rebuilt_alike(town, of, plan.project_id)
    await assert_visits_are_as_the_log_says(town, plan, capsys)
    await assert_the_agreement_is_known_by_its_bytes(town, plan, winner, tmp_path, capsys)


async def visited(town: Town, plan: Plan, winner: Person) -> None:
    """Two batches, one of which was a mistake."""
    door = f"/v1/projects/{plan.project_id}/milestones/mid_term/visits"
    await town.days(1)
    ends = await town.now() - timedelta(hours=1)
    for place in (1, 2):
        row: dict[str, Any] = {
            "worker_id": uuid4(),
            "token": f"{place:064x}",
            "starts_at": ends - timedelta(minutes=40),
            "ends_at": ends,
            "division": COMMUNITY,
            "kind": "home",
        }
        batch = await town.api.post(door, BatchAnswer, {"reference": f"v{place}", "visits": [row]}, winner)
    void = f"/v1/projects/{plan.project_id}/visit-batches/{batch.batch_id}/voiding"
    await town.api.post(void, BatchAnswer, {"reason": "mistaken"}, winner)


async def ended(town: Town, plan: Plan, winner: Person) -> None:
    lines = [{"work": "前三个月送餐", "amount": yuan(30_000)}]
    mutual = {"reason": "mutual_consent", "text": "场地收回", "lines": lines}
    doors = of_contract(plan, "terminations")
    proposed = await town.api.post(doors, TerminationAnswer, mutual, plan.buyer.drafter)
    agreed = {"consents": True, "text": "同意"}
    await town.api.post(f"{doors}/{proposed.termination_id}/answers", TerminationAnswer, agreed, winner)


async def held_and_sent_back(town: Town, plan: Plan) -> None:
    """A part is held, and let go; the bank sends the payment back, which is seen days later; then it is paid."""
    api, finance, project = town.api, plan.buyer.finance, plan.project_id
    await paying.released(api, finance, project, 4)
    holds = f"/v1/projects/{project}/holds"
    hold = {"amount": yuan(4_000), "basis": "审计取证单(示例)", "until": day_of(await town.now() + timedelta(days=9))}
    placed = await api.post(holds, HoldOf, hold, town.auditor)
    with refused("money_on_hold"):
        await paying.order(api, finance, project, 4)
    await api.post(f"{holds}/{placed.hold_id}/lifting", HoldOf, {"reason": "已核实(示例)"}, town.auditor)
    payment = await paying.order(api, finance, project, 4)
    await town.days(3)
    line: dict[str, Any] = {"line_reference": f"TP{uuid4().hex[:8]}", "payment_reference": payment.reference}
    line |= {"amount": payment.amount, "paid_on": payment.ordered_on, "returned": "账号已销户"}
    await api.post("/v1/receipts", ReceiptsAnswer, {"lines": [line]}, finance)
    await paying.pay(api, finance, project, 4, plan.buyer.approver)


async def paid_back_by_mistake(town: Town, plan: Plan) -> None:
    door = f"/v1/projects/{plan.project_id}/refunds"
    refund = {
        "amount": Money(333_334),
        "received_on": day_of(await town.now()),
        "line_reference": f"退款 {plan.project_id}",
        "reason": "overpaid",
        "basis": "多付(示例)",
    }
    recorded = (await town.api.post(door, RefundAnswer, refund, plan.buyer.finance)).refund
    correction = {"amount": Money(111), "reason": "never_arrived", "basis": "更正单(示例)"}
    await town.api.post(f"{door}/{recorded.refund_id}/corrections", RefundAnswer, correction, plan.buyer.approver)


async def assert_visits_are_as_the_log_says(town: Town, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    path = f"/v1/audit/projects/{plan.project_id}/visits"
    first = await town.api.get(path, AuditedVisits, town.auditor, limit=1)
    rest = await town.api.get(path, AuditedVisits, town.auditor, cursor=str(first.next))
    assert [(one.visits, one.voided) for one in (*first.batches, *rest.batches)] == [(1, None), (1, "mistaken")]
    assert rest.next is None

    assert await checked_visits(town.api, town.auditor, plan.project_id) == 0
    assert "2 次走访,与日志一致" in capsys.readouterr().out
    await town.inside.fetch("UPDATE contracts.visits SET minutes = minutes, ends_at = ends_at + interval '1 minute'")
    try:
        assert await checked_visits(town.api, town.auditor, plan.project_id) == 1
        assert "与日志不符" in capsys.readouterr().out
    finally:
        await town.inside.fetch("UPDATE contracts.visits SET ends_at = ends_at - interval '1 minute'")


async def assert_the_agreement_is_known_by_its_bytes(
    town: Town, plan: Plan, winner: Person, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The paper somebody holds is the one the log names, and one with another byte is none of it."""
    paper = await town.api.read(f"/v1/projects/{plan.project_id}/contract/document", winner)
    held = folder / "agreement.docx"
    held.write_bytes(paper)

    assert await named_by(town.api, town.auditor, held) == 0
    assert f"contract.paper_made  {plan.project_id}  paper_digest" in capsys.readouterr().out

    held.write_bytes(paper + b" ")
    assert await named_by(town.api, town.auditor, held) == 1
