"""An agreement between signing and its end: changed with money first, terminated with a settlement, told to the fen."""

from hashlib import sha256
from typing import Any

import pytest

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, rating, whole
from deploy.demo.story.whole import Plan
from schemas.canonical import digest_of
from schemas.days import day_of
from schemas.money import Money
from schemas.termination import NO_GRADE
from services.contracts.api import ContractAnswer
from services.contracts.api.changes import ChangeAnswer, ChangesAnswer
from services.contracts.api.ending import TerminationAnswer, TerminationsAnswer
from services.contracts.rules.life import ChangeStage, ContractState, ProceedingStage
from services.funds.api.going_back import RefundAnswer
from services.funds.rules.instalment import Step
from tests.journey.test_delivering import an_awarded_project
from tests.journey.test_tracing import assert_as_in_the_ledger, assert_lots_as_in_the_ledger, ledger, more_money
from tests.journey.town import Town, players, refused, shares, yuan


def of_contract(plan: Plan, rest: str) -> str:
    return f"/v1/projects/{plan.project_id}/contract/{rest}"


def a_supplement(more: int) -> dict[str, Any]:
    """In yuan on 40,000, all of it behind the final grade."""
    return {
        "reason": "quantity",
        "text": "每周增加一次送餐",
        "price": yuan(40_000 + more),
        "tranches": [
            {"number": 2, "amount": yuan(16_000), "gate": "mid_term_accepted"},
            {"number": 3, "amount": yuan(4_000 + more), "gate": "final_graded"},
        ],
    }


async def changed(api: Client, plan: Plan, winner: Person, body: dict[str, Any]) -> ChangeAnswer:
    """Proposed by the provider, signed by the funder, and answered by funds."""
    proposed = await api.post(of_contract(plan, "changes"), ChangeAnswer, body, winner)
    path = of_contract(plan, f"changes/{proposed.change_id}/endorsements")
    await api.post(path, ChangeAnswer, {"digest": proposed.digest}, plan.buyer.approver)
    found = await api.until(
        of_contract(plan, "changes"), ChangesAnswer, lambda it: it.changes[-1].stage is not ChangeStage.AGREED, winner
    )
    return found.changes[-1]


async def published(town: Town, plan: Plan) -> ContractAnswer:
    """And nothing that anybody could find wrong."""
    contract = await delivering.published(town.api, plan.project_id)
    trace = await delivering.trace(town.api, plan.project_id, town.auditor)
    assert trace.findings == ()
    assert all(source.adds_up for source in trace.sources)
    assert await town.findings() == ()
    return contract


@pytest.mark.timeout(180)
async def test_a_supplement_has_its_money_first_and_a_consented_end_pays_what_is_left_of_the_settlement(
    town: Town,
) -> None:
    of = await players(town)
    await more_money(town, of)
    plan, winner = await an_awarded_project(town, of)
    api, finance = town.api, of.buyer.finance
    await whole.to_first_payment(api, plan, winner)

    with refused("supplement_too_large", "政府采购法第四十九条"):
        await api.post(of_contract(plan, "changes"), ChangeAnswer, a_supplement(4_001), winner)
    change = await changed(api, plan, winner, a_supplement(4_000))

    assert (change.stage, change.agreement.price) == (ChangeStage.EFFECTIVE, yuan(44_000))
    contract = await delivering.agreement(api, plan.project_id, winner)
    assert (contract.digest, contract.changes) == (digest_of(contract.agreement), 1)
    assert contract.digest == change.digest
    assert change.document is not None
    assert sha256(await api.read(change.document, winner)).hexdigest() == change.document_digest
    money = await paying.money(api, plan.project_id, finance)
    assert (money.price, money.set_aside) == (yuan(44_000), yuan(24_000))
    assert [tranche.planned for tranche in money.tranches] == [yuan(20_000), yuan(16_000), yuan(8_000)]

    lines = [{"work": "前三个月送餐", "amount": yuan(30_000)}]
    mutual = {"reason": "mutual_consent", "text": "场地收回", "lines": lines}
    proposed = await api.post(of_contract(plan, "terminations"), TerminationAnswer, mutual, of.buyer.drafter)
    answer = of_contract(plan, f"terminations/{proposed.termination_id}/answers")
    await api.post(answer, TerminationAnswer, {"consents": True, "text": "同意"}, winner)
    settlement = await paying.pay(api, finance, plan.project_id, 4, of.buyer.approver)

    assert settlement is not None
    assert settlement.amount == yuan(10_000)
    contract = await published(town, plan)
    assert (contract.state.code, contract.state.zh) == (ContractState.TERMINATED, "已终止")
    money = await paying.settled(api, plan.project_id, finance)
    assert (money.paid, money.returned, money.expected_refund) == (yuan(30_000), yuan(14_000), Money(0))
    (told,) = await town.told("project.published", plan.project_id)
    assert (told["grade"], told["paid"]["fen"]) == (NO_GRADE, yuan(30_000).fen)
    for row in await ledger(town, of):
        await assert_as_in_the_ledger(town, row)
    await assert_lots_as_in_the_ledger(town, of)
    with refused("evaluation_without_grade"):
        await rating.issue_tokens(api, plan.community, plan.project_id, 1)


@pytest.mark.timeout(180)
async def test_what_was_paid_beyond_a_decided_settlement_is_expected_back(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of)
    api, finance, doors = town.api, of.buyer.finance, of_contract(plan, "terminations")
    await whole.to_first_payment(api, plan, winner)
    breach = {"reason": "breach_by_provider", "text": "连续三周未送餐", "lines": []}
    notice = await api.post(doors, TerminationAnswer, breach, of.buyer.drafter)
    decision = {"terminates": True, "text": "查实", "lines": [{"work": "第一个月送餐", "amount": yuan(5_000)}]}
    decide = f"{doors}/{notice.termination_id}/decision"

    with refused("answer_still_due"):
        await api.post(decide, TerminationAnswer, decision, of.buyer.approver)
    await town.days(10)
    with refused("same_person_took_earlier_step"):
        await api.post(decide, TerminationAnswer, decision, of.buyer.drafter)
    await api.post(decide, TerminationAnswer, decision, of.buyer.approver)

    await published(town, plan)
    found = await api.get(doors, TerminationsAnswer, winner)
    assert [one.stage for one in found.terminations] == [ProceedingStage.TERMINATED]
    money = await paying.settled(api, plan.project_id, finance)
    assert (money.paid, money.returned) == (yuan(20_000), yuan(20_000))
    assert (money.terminated_due, money.expected_refund) == (yuan(5_000), yuan(15_000))
    assert [tranche.step for tranche in money.tranches] == [Step.PAID, Step.NOTHING_DUE, Step.NOTHING_DUE]
    refund = {
        "amount": yuan(15_000),
        "received_on": day_of(await town.now()),
        "line_reference": f"退款 {plan.project_id}",
        "reason": "terminated",
        "basis": "终止决定书",
    }
    await api.post(f"/v1/projects/{plan.project_id}/refunds", RefundAnswer, refund, finance)
    assert not (await paying.money(api, plan.project_id, finance)).expected_refund
    assert await town.findings() == ()


@pytest.mark.timeout(180)
async def test_a_supplement_nobody_has_money_for_changes_nothing_and_says_so(town: Town) -> None:
    of = await players(town, yuan(30_000))
    plan, winner = await an_awarded_project(town, of, shares=shares(of, yuan(30_000), yuan(12_000)))
    api, finance = town.api, of.buyer.finance
    await whole.to_first_payment(api, plan, winner)

    before = await paying.money(api, plan.project_id, finance)
    change = await changed(api, plan, winner, a_supplement(4_000))

    assert change.stage is ChangeStage.REFUSED
    assert change.why is not None
    assert "余额不足" in change.why
    contract = await delivering.agreement(api, plan.project_id, winner)
    assert (contract.agreement.price, contract.changes) == (yuan(40_000), 0)
    money = await paying.money(api, plan.project_id, finance)
    assert (money.price, money.shares, money.tranches) == (before.price, before.shares, before.tranches)
    (told,) = await town.told("change.refused", plan.project_id)
    assert told["code"] == "no_money_for_supplement"
    assert await town.findings() == ()
