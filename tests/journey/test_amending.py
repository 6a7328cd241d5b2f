"""What was amended while a tender was open is what is ranked, agreed on and replayed."""

from dataclasses import replace
from decimal import Decimal

from deploy.demo.story import delivering, tendering, whole
from services.tenders.api.answers import Drafted, Step
from tests.journey.test_replay import Place
from tests.journey.town import Town, a_need, a_plan, choose, players

AMENDED = tendering.TERMS.model_copy(
    update={
        "price_points": Decimal(10),
        "criteria": (
            tendering.TERMS.criteria[0].model_copy(update={"points": Decimal(50)}),
            *tendering.TERMS.criteria[1:],
        ),
        "requirements": "十一点半以前送到。",
    }
)


async def test_the_agreement_is_drafted_from_the_amended_terms_and_the_replay_takes_its_points_from_them(
    town: Town,
) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    await whole.to_bids(town.api, plan)
    door, body = f"/v1/projects/{project_id}/amendments", {"terms": AMENDED, "reason": "写明送达时间"}
    drafted = await town.api.post(door, Drafted, body, of.buyer.drafter)
    await town.api.post(f"{door}/{drafted.draft_id}/approval", Step, None, of.buyer.approver)

    await town.days(tendering.BID_DAYS)
    winner = (await whole.to_award(town.api, replace(plan, terms=AMENDED))).provider
    agreement = (await delivering.agreement(town.api, project_id, winner)).agreement
    (closed,) = await town.told("scoring.closed", project_id)
    place = Place(town, project_id)
    async with town.observer.snapshot() as tx:
        equal = await place.replayed(tx)
    async with place.rewritten() as tx:
        await tx.execute(
            """
            UPDATE audit.events SET data = jsonb_set(data, '{terms,price_points}', '"20"')
            WHERE key = $1 AND type = 'tender.amended'
            """,
            str(project_id),
        )
        different = await place.replayed(tx)

    assert agreement.requirements == AMENDED.requirements
    assert Decimal(closed["price_points"]) == 10
    assert (equal.differences, equal.bids) == ((), 3)
    assert "价格分应为 20,记录为 10" in different.differences[0].zh
    assert await town.findings() == ()
