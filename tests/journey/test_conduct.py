"""A drawn committee and a low price, from the commitment to the award; `sanshe replay` derives both again."""

import asyncpg

from deploy.demo.story import tendering, whole
from deploy.replay import Replayed, replay
from schemas.ids import ProjectId
from services.kit.rulebooks import shipped
from services.tenders.api.answers import Sealed, Step
from services.tenders.api.conducting import InquiriesAnswer
from tests.journey.town import Town, a_need, a_plan, choose, players, yuan

REWRITTEN = {
    "experts.drawn": ("{members,0,evaluator_id}", '"00000000-0000-7000-8000-000000000001"', "评审小组的抽取"),
    "draw.committed": ("{commitment}", f'"{"0" * 64}"', "评审小组的抽取"),
    "low_price.inquired": ("{triggers,0,arithmetic}", '"…"', "异常低价审查"),
    "quotation.opened": ("{quotation,capitals}", '"壹元整"', "与密封时的摘要不符"),
    "price.corrected": ("{steps,0,arithmetic}", '"…"', "报价修正"),
    "correction.answered": ("{confirmed}", "false", "交付排名"),
    "low_price.decided": ("{accepted}", "true", "交付排名"),
}
"""type of fact, place in it, what somebody wrote there, and what is said of it"""

DIFFERS = {"capitals": "人民币肆万贰仟元整"}


async def test_a_committee_and_an_inquiry_follow_from_the_log_and_a_rewritten_one_is_shown(town: Town) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    cheap = whole.Offer(provider=await town.organization(), price=yuan(10_000), quality=90, proposal="示例方案低价")
    plan = a_plan(of, project_id, offers=(*plan.offers, cheap))
    await whole.to_bids(town.api, plan)
    door, drafter = f"/v1/projects/{project_id}", of.buyer.drafter
    unclear = await town.organization()
    offer = {"bidder_id": unclear.party_id, "price": yuan(42_500), "proposal": "示例方案", "quotation": DIFFERS}
    sealed = await town.api.post(f"{door}/bids", Sealed, offer, unclear)
    pool = [one.party_id for one in of.evaluators]
    await town.api.post(f"{door}/committee/commitment", Step, {"pool": pool, "seats": 3}, drafter)
    await town.days(tendering.BID_DAYS)
    await tendering.opened(town.api, project_id)
    await town.api.post(f"{door}/committee/drawing", Step, None, drafter)
    stands = {"bidder_id": unclear.party_id, "confirmed": True}
    await town.api.post(f"{door}/bids/{sealed.bid_id}/correction", Step, stands, unclear)
    await tendering.qualify(town.api, drafter, project_id)
    (asked,) = (await town.api.get(f"{door}/low-price", InquiriesAnswer)).inquiries
    words = {"bidder_id": cheap.provider.party_id, "text": "志愿者分担(示例)"}
    await town.api.post(f"{door}/low-price/{asked.bid_id}/explanation", Step, words, cheap.provider)
    decision = {"accepted": False, "reason": "说明与人员成本不符(示例)"}
    await town.api.post(f"{door}/low-price/{asked.bid_id}/decision", Step, decision, of.buyer.approver)
    await _scored_and_awarded(town, plan, project_id)

    assert asked.bidder_id == cheap.provider.party_id
    assert await town.findings() == ()
    found = await _replayed(town, project_id)
    assert (found.differences, found.bids) == ((), 4)
    for type, (place, value, said) in REWRITTEN.items():
        rewritten = await _replayed(town, project_id, type, place, value)
        assert said in "".join(one.zh for one in rewritten.differences), type


async def _scored_and_awarded(town: Town, plan: whole.Plan, project_id: ProjectId) -> None:
    project = await tendering.opened(town.api, project_id)
    taking_part = [bid.bid_id for bid in project.opened if bid.qualified]
    for place, evaluator in enumerate(plan.evaluators):
        points = {bid_id: whole.marks(plan.terms, 80 - place) for bid_id in taking_part}
        await tendering.score(town.api, evaluator, project_id, points)
    await tendering.close_scoring(town.api, plan.buyer.drafter, project_id)
    ranked = await tendering.ranked(town.api, project_id)
    await tendering.confirm_award(town.api, plan.buyer.approver, project_id, ranked.ranking[0].bid_id)


async def _replayed(town: Town, project_id: ProjectId, *rewritten: str) -> Replayed:
    """As owner of the database: what is rewritten is forgotten afterwards."""
    connection = await asyncpg.connect(town.inside.dsn)
    try:
        transaction = connection.transaction()
        await transaction.start()
        if rewritten:
            type, place, value = rewritten
            changed = await connection.execute(
                """
                UPDATE audit.events SET data = jsonb_set(data, $3::text[], $4::jsonb, false)
                WHERE key = $1 AND type = $2
                """,
                str(project_id),
                type,
                place.strip("{}").split(","),
                value,
            )
            assert changed == "UPDATE 1"
        found = await replay(connection, project_id, shipped())
        await transaction.rollback()
    finally:
        await connection.close()
    assert found is not None
    return found
