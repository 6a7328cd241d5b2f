"""An organization is put on a credit list between its bid and the award."""

import pytest

from deploy.demo.story import tendering, whole
from deploy.replay import replay
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.kit.rulebooks import shipped
from services.matching.advice import Eligibility
from services.registry.api.organizations import OrganizationAnswer
from services.tenders.api.answers import Step
from tests.journey.recorded import list_as_breaching, register_group, take_off_as_mistaken
from tests.journey.town import Town, a_need, a_plan, choose, players, refused

RULE = "民政部令第60号"


@pytest.mark.timeout(240)
async def test_the_award_is_refused_and_the_next_in_rank_may_be_chosen_for_a_reason(town: Town) -> None:
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await whole.to_bids(api, plan)
    await town.days(tendering.BID_DAYS)
    ranking = (await whole.to_ranking(api, plan)).ranking
    first = next(offer.provider for offer in plan.offers if offer.provider.party_id == ranking[0].bidder_id)
    second = next(offer.provider for offer in plan.offers if offer.provider.party_id == ranking[1].bidder_id)
    await list_as_breaching(town, first)

    with refused("bidder_listed", RULE):
        await tendering.confirm_award(api, plan.buyer.approver, project_id, ranking[0].bid_id)
    with refused("choice_needs_reason"):
        await tendering.confirm_award(api, plan.buyer.approver, project_id, ranking[1].bid_id)
    choice = {"bid_id": ranking[1].bid_id, "reason": "第一名已列入名单,服务不能中断"}
    await api.post(f"/v1/projects/{project_id}/award", Step, choice, plan.buyer.approver)
    await api.until(
        f"/v1/projects/{project_id}/contract",
        ContractAnswer,
        lambda found: found.agreement.provider_id == second.party_id,
        second,
    )
    trace = await api.get(f"/v1/audit/projects/{project_id}/trace", TraceAnswer, town.auditor)
    await town.clock.quiet()
    async with town.observer.snapshot() as tx:
        replayed = await replay(tx, project_id, shipped())

    assert trace.findings == ()
    assert [step.zh for step in trace.steps if step.type == "bidder.barred" and RULE in step.zh]
    assert replayed is not None
    assert replayed.differences == ()


async def test_advice_says_so_before_and_the_door_after_and_neither_once_it_came_off(town: Town) -> None:
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await whole.to_bids(api, plan)
    late = await town.organization()
    record = await list_as_breaching(town, late)
    door = f"/v1/projects/{project_id}/eligibility"

    advice = await api.get(door, Eligibility, late)
    shown = await api.get(f"/v1/organizations/{late.party_id}", OrganizationAnswer)
    with refused("bidder_listed", RULE):
        await tendering.bid(api, late, project_id, plan.offers[0].price, "示例方案")
    await take_off_as_mistaken(town, record)
    await town.clock.quiet()

    assert (advice.eligible, advice.missing, shown.lists) == (False, ("bidder_listed",), ("serious_breach",))
    assert [line.rule for line in advice.gates if not line.met] == ["bidder.barred_lists"]
    assert (await api.get(door, Eligibility, late)).eligible
    await tendering.bid(api, late, project_id, plan.offers[0].price, "示例方案")


async def test_a_hub_names_its_registered_group_in_its_bid(town: Town) -> None:
    of, api = await players(town), town.api
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await whole.to_bids(api, plan)
    hub = await town.organization()
    group = await register_group(town, hub, "备〔2026〕7号")
    await town.clock.quiet()
    sealed = await tendering.bid(api, hub, project_id, plan.offers[0].price, "示例方案")

    named = {"name": "示例互助社", "filed_with": "示例街道 备〔2026〕7号", "part": "送餐", "group_id": group}
    path = f"/v1/projects/{project_id}/bids/{sealed.bid_id}/delivery"
    await api.post(path, Step, {"delivered_by": [named]}, hub)
    with refused("not_ones_group"):
        await api.post(path, Step, {"delivered_by": [named | {"name": "别的名称"}]}, hub)
