"""Small instruments from the need to the published result: a community paid by workload, a reward after the result."""

import pytest

from deploy.demo.story import delivering, paying, rating
from schemas.arranging import Basis
from schemas.contract import Milestone
from schemas.money import Money
from schemas.need import Origin
from schemas.tranche import Gate
from services.audit.api import TraceAnswer
from services.contracts.api import MilestonesAnswer
from services.contracts.api.workload import WorkAnswer
from services.evaluation.rules import Level
from services.funds.rules.instalment import Step
from services.funds.rules.project import Phase
from services.tenders.api.answers import ProjectAnswer
from services.tenders.rules.project import Phase as ProjectPhase
from tests.journey.arranged import a_commission, a_reward, arrange, count, draft, report
from tests.journey.town import Town, a_need, choose, players, refused, yuan
from tests.services.contracts.reading import read

UNTIL_THE_GRADE_DAYS = 60


@pytest.mark.timeout(240)
async def test_a_community_performs_what_a_department_wants_and_is_paid_by_the_units_accepted(town: Town) -> None:
    of = await players(town)
    (id,) = await choose(town, of, a_need("独居老人情况核实", origin=Origin.DEPARTMENT))
    buyer, community, finance = of.buyer, of.community, of.buyer.finance

    awarded = await arrange(town.api, buyer, id, a_commission(of))
    assert awarded.arrangement is not None
    assert awarded.arrangement.ground.code is Basis.COMMUNITY_ASSISTANCE
    await delivering.endorse(town.api, community, id)
    await delivering.endorse(town.api, buyer.approver, id)
    advance = await paying.pay(town.api, finance, id, 1, buyer.approver)
    assert advance is not None
    assert advance.amount == yuan(3_600)

    with refused("work_not_reported"):
        await delivering.submit(town.api, community, id, Milestone.FINAL, "核实汇总")
    with refused("milestone_not_agreed"):
        await delivering.submit(town.api, community, id, Milestone.MID_TERM, "中期")
    await report(town.api, community, id, visit=130, talk=6)
    await report(town.api, community, id, visit=110, talk=6)
    await delivering.submit(town.api, community, id, Milestone.FINAL, "核实汇总")
    with refused("community_performs"):
        await delivering.confirm(town.api, community, id, Milestone.FINAL)
    with refused("work_not_accepted"):
        await delivering.accept(town.api, buyer.drafter, id, Milestone.FINAL)
    with refused("more_than_reported"):
        await count(town.api, buyer.drafter, id, visit=111, talk=6)
    counted = await count(town.api, buyer.drafter, id, visit=100, talk=5)
    with refused("not_your_party"):
        await delivering.consult(town.api, community, id, Milestone.FINAL)
    await delivering.consult(town.api, buyer.drafter, id, Milestone.FINAL)
    await delivering.accept(town.api, buyer.drafter, id, Milestone.FINAL)

    assert counted.fee == yuan(9_000)
    assert counted.arithmetic == (
        "入户核实 100 户 × 50.00 元 = 5,000.00 元;政策宣讲 5 场 × 800.00 元 = 4,000.00 元;合计 9,000.00 元"
    )
    rest = await paying.pay(town.api, finance, id, 2, buyer.approver)
    assert rest is not None
    assert rest.amount == yuan(5_400)

    with refused("chooses_own_raters"):
        await rating.issue_tokens(town.api, community, id, 4)
    tokens = await rating.issue_tokens(town.api, await town.committee(), id, 4)
    given = rating.in_turn(tokens, [Level.SATISFIED])
    with refused("rates_own_work"):
        await rating.rate(town.api, id, Milestone.FINAL, given, community)
    await rating.rate(town.api, id, Milestone.FINAL, given)
    await town.days(UNTIL_THE_GRADE_DAYS)
    published = await delivering.published(town.api, id)
    money = await paying.money(town.api, id, finance)

    assert (money.phase, money.fee, money.paid, money.returned) == (
        *(Phase.SETTLED, yuan(9_000)),
        *(yuan(9_000), yuan(3_000)),
    )
    assert published.published
    (told,) = await town.told("project.published", id)
    assert (told["paid"], told["returned"]) == ({"fen": 900_000}, {"fen": 300_000})
    trace = await town.api.until(f"/v1/audit/projects/{id}/trace", TraceAnswer, lambda t: t.published, town.auditor)
    assert trace.findings == ()
    assert await town.findings() == ()
    work = await town.api.get(f"/v1/projects/{id}/work", WorkAnswer)
    assert [(item.reported, item.accepted) for item in work.items] == [(110, 100), (6, 5)]


@pytest.mark.timeout(240)
async def test_a_reward_is_paid_after_the_result_and_has_one_milestone(town: Town) -> None:
    of = await players(town)
    (id,) = await choose(town, of, a_need("邻里节"))
    buyer, provider = of.buyer, of.providers[0]

    with refused("reward_before_result"):
        early = [{"amount": yuan(2_000), "gate": "signed"}, {"amount": yuan(3_000), "gate": "final_accepted"}]
        await draft(town.api, buyer, id, a_reward(of, provider, tranches=early))
    await arrange(town.api, buyer, id, a_reward(of, provider))
    await delivering.endorse(town.api, provider, id)
    await delivering.endorse(town.api, buyer.approver, id)
    assert [t.step for t in (await paying.money(town.api, id, buyer.finance)).tranches] == [Step.WAITING]
    milestones = await town.api.get(f"/v1/projects/{id}/milestones", MilestonesAnswer, provider)
    assert [one.milestone for one in milestones.milestones] == [Milestone.FINAL]
    await delivering.submit(town.api, provider, id, Milestone.FINAL, "邻里节总结")
    await delivering.confirm(town.api, of.community, id, Milestone.FINAL)
    await delivering.accept(town.api, buyer.drafter, id, Milestone.FINAL)
    paid = await paying.pay(town.api, buyer.finance, id, 1, buyer.approver)
    assert paid is not None
    assert paid.amount == yuan(5_000)
    await town.days(UNTIL_THE_GRADE_DAYS)
    await delivering.published(town.api, id)

    money = await paying.money(town.api, id, buyer.finance)
    assert (money.phase, money.paid, money.returned, [one.gate for one in money.tranches[0].gates]) == (
        *(Phase.SETTLED, yuan(5_000)),
        *(Money(0), [Gate.FINAL_ACCEPTED]),
    )
    paper = read(await town.api.read(f"/v1/projects/{id}/contract/document"))
    assert paper.texts[0] == "奖补协议 · Reward agreement"
    assert await town.findings() == ()


@pytest.mark.parametrize(("fen", "field"), [(0, ""), (-5_000, ".fen")])
async def test_a_unit_price_of_nothing_or_less_is_refused_by_its_field(town: Town, fen: int, field: str) -> None:
    of = await players(town)
    (id,) = await choose(town, of, a_need())
    item = {"id": "visit", "name": "入户核实", "unit": "户", "unit_price": {"fen": fen}, "most_units": 120}

    with refused("invalid_field") as caught:
        await draft(town.api, of.buyer, id, a_commission(of, work={"items": [item]}))

    assert (caught.value.status, caught.value.field) == (422, f"work.items.0.unit_price{field}")
    project = await town.api.get(f"/v1/projects/{id}", ProjectAnswer)
    assert project.phase is ProjectPhase.PROPOSED
