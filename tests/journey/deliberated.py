"""A community talks a matter over, and holds a ballot by roll and on paper, through the public doors."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from deploy.demo.story import choosing
from schemas.days import day_of
from schemas.ids import BallotId, NeedId
from services.needs.api.ballots import PapersTaken, RollAnswer
from services.needs.api.deliberations import DeliberationAnswer, UnitAnswer
from services.needs.api.intake import BallotAnswer
from tests.journey.town import COMMUNITY, COST, Players, Town, a_need

DOCUMENT = "d" * 64
NOTICE_DAYS = 3


def token(voter: str) -> str:
    return sha256(voter.encode()).hexdigest()


async def a_whole_deliberation(town: Town, of: Players) -> None:
    """In a building: noticed, held, opined on, answered, published."""
    api, staff, home = town.api, of.community, f"/v1/communities/{of.community.party_id}"
    unit = {"kind": "building", "name": "示例 3 号楼", "division": COMMUNITY, "number": "3"}
    building = await api.post(f"{home}/units", UnitAnswer, unit, staff)
    body = {"procedure": "heart_to_heart", "unit_id": building.id, "title": "楼道堆物", "words": "怎样清理楼道堆物。"}
    walk = await api.post(f"{home}/deliberations", DeliberationAnswer, body, staff)
    door = f"/v1/deliberations/{walk.id}"
    day = day_of(await town.now()) + timedelta(days=NOTICE_DAYS)
    await api.post(f"{door}/notices", DeliberationAnswer, {"step": "talk", "meets_on": day.isoformat()}, staff)
    await town.days(NOTICE_DAYS)
    held: dict[str, Any] = {"due": 24, "present": 15, "in_favour": 12, "against": 1, "minutes": DOCUMENT}
    held |= {"step": "talk", "held_on": day.isoformat()}
    await api.post(f"{door}/steps", DeliberationAnswer, held, staff)
    opinion = {"step": "talk", "text": "请写明到会人数。"}
    opined = await api.post(f"{door}/opinions", DeliberationAnswer, opinion, await town.committee())
    path = f"{door}/opinions/{opined.opinions[0].opinion_id}/answers"
    await api.post(path, DeliberationAnswer, {"text": "已写明。"}, staff)
    publication = {"step": "published", "document": DOCUMENT}
    await api.post(f"{door}/publications", DeliberationAnswer, publication, staff)


async def open_by_roll(town: Town, of: Players, *needs: NeedId, **changes: Any) -> BallotAnswer:
    """Bound to the first account, once needs has heard of it."""
    await town.clock.quiet()
    body = {
        "funder_id": of.buyer.drafter.party_id,
        "items": [{"need_id": need, "cost": COST} for need in needs],
        "budget": COST,
        "vote_type": "approval",
        "tally_rule": "greedy",
        "max_choices": len(needs),
        "closes_at": (await town.now() + timedelta(days=7)).isoformat(),
        "by_roll": True,
        "fund_account_id": of.accounts[0],
    }
    path = f"/v1/communities/{of.community.party_id}/ballots"
    return await town.api.post(path, BallotAnswer, body | changes, of.community)


async def list_voters(town: Town, of: Players, ballot_id: BallotId, *voters: str) -> RollAnswer:
    body = {"voters": [{"token": token(voter), "ground": "registered"} for voter in voters]}
    return await town.api.post(f"/v1/ballots/{ballot_id}/roll", RollAnswer, body, of.community)


async def a_whole_ballot(town: Town, of: Players) -> None:
    """Its roll, and a paper that waits for a second person."""
    (need,) = await choosing.post_needs(town.api, of.community, [a_need("代际共学")])
    ballot = await open_by_roll(town, of, need)
    await list_voters(town, of, ballot.id, "居民甲")
    papers = {"votes": [{"token": token("居民甲"), "choices": [need]}]}
    await town.api.post(f"/v1/ballots/{ballot.id}/papers", PapersTaken, papers, of.community)
