"""The journey of a project, from a resident's need to published money, through public doors only."""

from datetime import timedelta

from deploy.demo.story import whole
from tests.journey.town import Town, a_need, a_plan, choose, players


async def test_a_need_becomes_published_money(town: Town) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await whole.to_bids(town.api, plan)
    await town.until(await town.now() + timedelta(days=20))
    winner = (await whole.to_award(town.api, plan)).provider
    await whole.to_first_payment(town.api, plan, winner)
    tokens = await whole.to_mid_term(town.api, plan, winner)
    await whole.to_final(town.api, plan, winner, tokens)
    await town.until(await town.now() + timedelta(days=14))
    trace = await whole.to_the_end(town.api, plan)
    for step in trace.steps:
        print(step.time, step.type, step.zh, step.en)
    print(trace.sources, trace.money, trace.findings)
    assert await town.findings() == []
