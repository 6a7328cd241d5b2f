"""A department asks a community for help in writing; it consents, works, goes through changes, and is paid by the unit.

苏州市民政局对市政协十三届三次会议第009号提案的答复(2014年).
"""

import pytest

from deploy.demo.client import Client
from deploy.demo.story import delivering, paying, tendering
from schemas.contract import Milestone
from schemas.days import day_of, last_day
from schemas.ids import ProjectId
from schemas.term import LongTermGround
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.contracts.api.changes import ChangeAnswer
from services.contracts.api.ending import StandingAnswer, TerminationAnswer
from services.contracts.rules.life import ChangeStage, ContractState
from services.contracts.rules.term import TermState
from services.funds.api.answers import ProjectMoneyAnswer
from services.funds.rules.project import Phase as MoneyPhase
from services.tenders.api.answers import Drafted, ProjectAnswer, Step
from services.tenders.rules.project import Phase
from tests.journey.arranged import a_commission, a_request, a_reward, arrange, ask, consent, count, draft, report
from tests.journey.town import Players, Town, players, refused, yuan

UNTIL_THE_GRADE_DAYS = 60


async def project(api: Client, id: ProjectId) -> ProjectAnswer:
    return await api.get(f"/v1/projects/{id}", ProjectAnswer)


@pytest.mark.timeout(240)
async def test_what_a_department_wants_from_a_community_needs_its_consent_and_no_ballot(town: Town) -> None:
    of = await players(town)
    buyer, community, finance = of.buyer, of.community, of.buyer.finance
    id = await ask(town.api, of, a_request())
    asked = await project(town.api, id)
    assert (asked.phase, asked.brief.need_id, asked.brief.ballot_id) == (Phase.REQUESTED, None, None)
    assert asked.request is not None
    assert "熟悉住户" in asked.request
    with refused("wrong_phase"):
        await draft(town.api, buyer, id, a_commission(of))
    with refused("not_your_party"):
        await consent(town.api, await town.community(), id)
    await consent(town.api, community, id)
    with refused("wrong_phase"):
        await consent(town.api, community, id)

    with refused("consent_to_a_commission", "009号"):
        await draft(town.api, buyer, id, a_reward(of, of.providers[0]))
    await arrange(town.api, buyer, id, a_commission(of, term={"months": 3}))
    await delivering.endorse(town.api, community, id)
    await delivering.endorse(town.api, buyer.approver, id)
    await paying.pay(town.api, finance, id, 1, buyer.approver)
    await report(town.api, community, id, visit=110, talk=6)
    await delivering.submit(town.api, community, id, Milestone.FINAL, "核实汇总")
    counted = await count(town.api, buyer.drafter, id, visit=100, talk=5)
    await delivering.consult(town.api, buyer.drafter, id, Milestone.FINAL)
    await delivering.accept(town.api, buyer.drafter, id, Milestone.FINAL)
    rest = await paying.pay(town.api, finance, id, 2, buyer.approver)
    assert (counted.fee, rest and rest.amount) == (yuan(9_000), yuan(5_400))

    await town.days(UNTIL_THE_GRADE_DAYS)
    await delivering.published(town.api, id)
    money = await paying.money(town.api, id, finance)
    assert (money.phase, money.paid, money.returned) == (MoneyPhase.SETTLED, yuan(9_000), yuan(3_000))
    trace = await town.api.until(f"/v1/audit/projects/{id}/trace", TraceAnswer, lambda t: t.published, town.auditor)
    assert trace.findings == ()
    assert [step.zh for step in trace.steps if "委托" in step.zh][1] == "社区同意接受委托"
    assert await town.findings() == ()


async def test_a_community_declines_with_a_reason_and_nothing_was_set_aside(town: Town) -> None:
    of = await players(town)
    id = await ask(town.api, of, a_request())
    door = f"/v1/projects/{id}/commission/declination"

    with refused("personal_data", "个人信息保护法") as caught:
        await town.api.post(door, Step, {"reason": "请找王师傅 13812345678"}, of.community)
    assert caught.value.field == "reason"
    await town.api.post(door, Step, {"reason": "人手不足,明年再议"}, of.community)

    declined = await project(town.api, id)
    assert (declined.phase, declined.setback) == (Phase.DECLINED, "人手不足,明年再议")
    assert await town.told("project.approved", id) == []
    for late in (consent(town.api, of.community, id), draft(town.api, of.buyer, id, a_commission(of))):
        with refused("wrong_phase"):
            await late


@pytest.mark.timeout(120)
async def test_a_commission_is_taken_back_before_its_answer_and_before_both_signed_and_the_money_returns(
    town: Town,
) -> None:
    of = await players(town)
    buyer, api = of.buyer, town.api
    free = [account.free for account in await paying.accounts(api, buyer.finance)]
    unanswered = await ask(api, of, a_request())
    await api.post(f"/v1/projects/{unanswered}/commission/withdrawal", Step, {"reason": "另行安排"}, buyer.drafter)
    id = await ask(api, of, a_request())
    await consent(api, of.community, id)
    await arrange(api, buyer, id, a_commission(of))
    await delivering.endorse(api, of.community, id)

    door = f"/v1/projects/{id}/contract/withdrawal"
    over = await api.post(door, StandingAnswer, {"reason": "人手不足"}, of.community)

    assert over.state.zh == "签署前已撤销"
    await api.until(f"/v1/projects/{id}", ProjectAnswer, lambda p: p.phase is Phase.WITHDRAWN)
    gone = f"/v1/projects/{id}/money"
    await api.until(gone, ProjectMoneyAnswer, lambda m: m.phase is MoneyPhase.RETURNED, buyer.finance)
    assert [account.free for account in await paying.accounts(api, buyer.finance)] == free
    assert (await project(api, unanswered)).setback == "另行安排"
    with refused("contract_is_over"):
        await delivering.endorse(api, buyer.approver, id)
    trace = await api.until(
        f"/v1/audit/projects/{id}/trace", TraceAnswer, lambda t: "撤回" in "".join(s.zh for s in t.steps), town.auditor
    )
    assert "在双方签署前撤回委托协议:人手不足" in "".join(step.zh for step in trace.steps)
    assert await town.findings() == ()


async def commissioned(town: Town, of: Players) -> ProjectId:
    """Signed, and the advance is paid."""
    id = await ask(town.api, of, a_request())
    await consent(town.api, of.community, id)
    await arrange(town.api, of.buyer, id, a_commission(of))
    await delivering.endorse(town.api, of.community, id)
    await delivering.endorse(town.api, of.buyer.approver, id)
    await paying.pay(town.api, of.buyer.finance, id, 1, of.buyer.approver)
    return id


@pytest.mark.timeout(240)
async def test_a_community_that_performs_agrees_on_changes_of_money_and_term_and_is_paid_by_them(town: Town) -> None:
    of = await players(town)
    buyer, community, api = of.buyer, of.community, town.api
    id = await commissioned(town, of)
    contract = f"/v1/projects/{id}/contract"
    first = day_of(await town.now())
    parts = [{"number": 2, "amount": yuan(7_000), "gate": "final_accepted"}]
    parts += [{"number": 3, "amount": yuan(1_400), "gate": "final_accepted", "also": ["audit_reported"]}]
    about = {"reason": "schedule", "text": "延长并分期", "tranches": parts}
    about |= {"ends_on": last_day(first, 18).isoformat()}

    with refused("term_needs_grounds", "102号"):
        await api.post(f"{contract}/changes", ChangeAnswer, about, community)
    with refused("tranche_before_result"):
        early = [parts[0] | {"gate": "audit_reported"}, parts[1]]
        await api.post(f"{contract}/changes", ChangeAnswer, about | {"tranches": early}, community)
    about |= {"grounds": list(LongTermGround)}
    change = await api.post(f"{contract}/changes", ChangeAnswer, about, community)
    signed = await api.post(
        f"{contract}/changes/{change.change_id}/endorsements", ChangeAnswer, {"digest": change.digest}, buyer.approver
    )
    assert signed.stage in (ChangeStage.AGREED, ChangeStage.EFFECTIVE)
    changed = await api.until(contract, ContractAnswer, lambda c: c.changes == 1, community)
    assert changed.term is not None
    assert changed.term.last_day == last_day(first, 18)
    assert changed.term.days_left == (changed.term.last_day - first).days + 1

    await report(api, community, id, visit=120, talk=10)
    await delivering.submit(api, community, id, Milestone.FINAL, "核实汇总")
    await count(api, buyer.drafter, id, visit=120, talk=5)
    await delivering.consult(api, buyer.drafter, id, Milestone.FINAL)
    await delivering.accept(api, buyer.drafter, id, Milestone.FINAL)
    second = await paying.pay(api, buyer.finance, id, 2, buyer.approver)
    assert (second and second.amount) == yuan(6_400)
    assert await town.findings() == ()


@pytest.mark.timeout(240)
async def test_a_community_that_performs_ends_by_consent_and_is_paid_what_was_settled(town: Town) -> None:
    of = await players(town)
    buyer, community, api = of.buyer, of.community, town.api
    id = await commissioned(town, of)
    doors = f"/v1/projects/{id}/contract/terminations"
    lines = [{"work": "入户核实 100 户", "amount": yuan(5_000)}]

    with refused("reason_of_the_other_party"):
        await api.post(doors, TerminationAnswer, {"reason": "breach_by_provider", "text": "违约"}, community)
    with refused("personal_data") as caught:
        named = [{"work": "由 13812345678 办理", "amount": yuan(5_000)}]
        await api.post(
            doors, TerminationAnswer, {"reason": "mutual_consent", "text": "搬迁", "lines": named}, community
        )
    assert caught.value.field == "lines.0.work"
    ending = {"reason": "mutual_consent", "text": "社区合并", "lines": lines}
    proposed = await api.post(doors, TerminationAnswer, ending, community)
    words = {"consents": True, "text": "同意"}
    await api.post(f"{doors}/{proposed.termination_id}/answers", TerminationAnswer, words, buyer.approver)

    settled = await paying.pay(api, buyer.finance, id, 3, buyer.approver)
    assert (settled and settled.amount) == yuan(1_400)
    await delivering.published(api, id)
    ended = await api.get(f"/v1/projects/{id}/contract", ContractAnswer, community)
    assert (ended.state.code, ended.term and ended.term.code) == (ContractState.TERMINATED, TermState.ENDED)
    money = await paying.money(api, id, buyer.finance)
    assert (money.phase, money.paid, money.returned) == (MoneyPhase.SETTLED, yuan(5_000), yuan(7_000))
    assert await town.findings() == ()


@pytest.mark.timeout(240)
async def test_a_term_that_ends_with_work_undelivered_is_overdue_until_it_is_delivered(town: Town) -> None:
    of = await players(town)
    id = await ask(town.api, of, a_request())
    await consent(town.api, of.community, id)
    with refused("term_needs_grounds", "102号") as caught:
        await draft(town.api, of.buyer, id, a_commission(of, term={"months": 13}))
    assert caught.value.field == "term"
    await arrange(town.api, of.buyer, id, a_commission(of, term={"months": 1}))
    await delivering.endorse(town.api, of.community, id)
    await delivering.endorse(town.api, of.buyer.approver, id)
    contract = f"/v1/projects/{id}/contract"
    running = (await town.api.get(contract, ContractAnswer, of.community)).term
    await town.days(32)

    late = await town.api.until(
        contract, ContractAnswer, lambda c: c.term is not None and c.term.code is TermState.OVERDUE, of.community
    )

    assert running is not None
    assert late.term is not None
    assert (running.code, running.days_left) == (TermState.RUNNING, (running.last_day - running.first_day).days + 1)
    assert (late.term.days_left, late.term.undelivered, "逾期" in late.term.zh) == (0, (Milestone.FINAL,), True)
    (told,) = await town.told("contract.overdue", id)
    assert told["undelivered"] == ["final"]
    await report(town.api, of.community, id, visit=1, talk=1)
    await delivering.submit(town.api, of.community, id, Milestone.FINAL, "核实汇总")
    after = (await town.api.get(contract, ContractAnswer, of.community)).term
    assert after is not None
    assert after.code is TermState.DELIVERED


async def test_a_request_that_no_community_may_be_asked_for_or_asks_the_wrong_party_is_refused(town: Town) -> None:
    of = await players(town)

    for changes, code, field in (
        ({"request": "请协助拆迁动员"}, "on_negative_list", "request"),
        ({"title": "招商引资"}, "on_negative_list", "title"),
        ({"category": "else"}, "unknown_category", "category"),
        ({"cost": {"fen": 0}}, "invalid_field", "cost"),
        ({"request": "联系 320508199001011234"}, "personal_data", "request"),
        ({"rulebook": "nobody/knows"}, "unknown_rulebook", None),
    ):
        with refused(code) as caught:
            await ask(town.api, of, a_request(**changes))
        assert field in (None, caught.value.field)
    door = f"/v1/communities/{of.providers[0].party_id}/commissions"
    with refused("cannot_be_commissioned") as caught:
        await town.api.post(door, Step, a_request(), of.buyer.drafter)
    assert caught.value.field == "community_id"


@pytest.mark.timeout(120)
async def test_what_was_asked_for_is_not_put_out_to_tender(town: Town) -> None:
    of = await players(town)
    id = await ask(town.api, of, a_request())
    await consent(town.api, of.community, id)
    body = {"ceiling": yuan(12_000), "shares": a_commission(of)["shares"], "terms": tendering.TERMS, "bid_days": 7}

    with refused("consent_to_a_commission", "009号"):
        path = f"/v1/projects/{id}/drafts"
        await town.api.post(path, Drafted, body | {"rulebook": tendering.RULEBOOK}, of.buyer.drafter)
