"""What is due when, and under which rule: each person's own list, through the public doors."""

from datetime import timedelta

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, rating, whole
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.ids import ProjectId
from schemas.obligation import Duty
from services.evaluation.rules import Level
from services.kit.due import PATH, DueItem, DueList
from tests.journey.test_delivering import an_awarded_project
from tests.journey.town import Town, players, refused


async def due(api: Client, person: Person) -> dict[Duty, DueItem]:
    return {item.duty: item for item in (await api.get(PATH, DueList, person)).due}


async def becomes(api: Client, person: Person, *duties: Duty) -> dict[Duty, DueItem]:
    found = await api.until(PATH, DueList, lambda found: {item.duty for item in found.due} == {*duties}, person)
    return {item.duty: item for item in found.due}


async def test_everybody_sees_what_is_due_when_under_which_rule_and_nobody_anothers(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of, levels=(Level.VERY_DISSATISFIED,))
    api, id, buyer = town.api, plan.project_id, of.buyer

    signing = (await becomes(api, buyer.drafter, Duty.SIGN, Duty.CONCLUDE))[Duty.SIGN]
    assert (signing.project_id, signing.zh) == (id, "在预留失效前签订协议")
    assert signing.source is not None
    concluding = (await becomes(api, winner, Duty.CONCLUDE))[Duty.CONCLUDE]
    assert concluding.on <= signing.on
    assert await due(api, buyer.finance) == {}
    await delivering.endorse(api, buyer.approver, id)
    await delivering.endorse(api, winner, id)
    await becomes(api, buyer.drafter)

    payment = (await becomes(api, buyer.finance, Duty.PAY))[Duty.PAY]
    assert payment.on == day_of(await town.now()) + timedelta(days=30)
    assert (payment.days_left, payment.overdue) == (30, False)
    await town.days(31)
    late = (await due(api, buyer.finance))[Duty.PAY]
    assert (late.days_left, late.overdue) == (-1, True), "what is late stays until it is done"
    await paying.pay(api, buyer.finance, id, 1, buyer.approver)
    await becomes(api, buyer.finance)
    await in_time_and_after(town, plan, winner, id)


async def in_time_and_after(town: Town, plan: whole.Plan, winner: Person, id: ProjectId) -> None:
    api, buyer = town.api, plan.buyer
    await delivering.submit(api, winner, id, Milestone.MID_TERM, "中期记录")
    await delivering.confirm(api, plan.community, id, Milestone.MID_TERM)
    accepting = (await becomes(api, buyer.drafter, Duty.ACCEPT))[Duty.ACCEPT]
    assert accepting.en == "accept or return a confirmed milestone; silence counts as acceptance"
    assert Duty.ACCEPT not in await due(api, buyer.finance)
    await delivering.accept(api, buyer.drafter, id, Milestone.MID_TERM)
    await becomes(api, buyer.drafter)
    await becomes(api, buyer.finance, Duty.PAY)
    await paying.pay(api, buyer.finance, id, 2, buyer.approver)

    tokens = await rating.issue_tokens(api, plan.community, id, plan.beneficiaries)
    await whole.rate(api, plan, tokens, Milestone.MID_TERM)
    rectifying = (await becomes(api, winner, Duty.RECTIFY))[Duty.RECTIFY]
    assert rectifying.source is not None
    await whole.to_final(api, plan, winner, tokens)
    await town.days(whole.RATING_DAYS)
    found = await api.until(PATH, DueList, lambda found: len(found.due) == 3, winner)
    assert [item.duty for item in found.due][-1] is Duty.REPLY_TO_GRADE, "the soonest first"
    await rating.accept_grade(api, winner, id)
    await api.until(PATH, DueList, lambda found: all(item.overdue for item in found.due), winner)


async def test_the_list_is_for_who_has_a_key_and_a_role(town: Town) -> None:
    of = await players(town)
    assert (await town.api.get(PATH, DueList, of.community)).due == ()
    with refused("unauthenticated"):
        await town.api.get(PATH, DueList, None)
    evaluator = of.evaluators[0]
    assert await due(town.api, evaluator) == {}
