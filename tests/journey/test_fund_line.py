"""What a ballot decides, it decides with money: the line stands in the ballot, the proposal, and the draft."""

from deploy.demo.client import Problem
from deploy.demo.story import choosing, tendering
from deploy.demo.story.choosing import Cast
from schemas.project import FundShare
from services.tenders.api.answers import Drafted
from tests.journey.deliberated import list_voters, open_by_roll, token
from tests.journey.town import COST, Town, a_need, players, refused


async def test_residents_choose_with_a_fund_line_and_it_pays_or_the_reason_is_told(town: Town) -> None:
    of = await players(town)
    needs = await choosing.post_needs(town.api, of.community, [a_need("修缮凉亭")])
    with refused("fund_line_unknown"):
        await open_by_roll(town, of, *needs, fund_account_id=token("nobody")[:32])
    ballot = await open_by_roll(town, of, *needs)
    assert ballot.fund_line is not None
    assert ballot.fund_line.account_id == of.accounts[0]
    voters = [f"居民{n}" for n in range(6)]
    roll = await list_voters(town, of, ballot.id, *voters)
    assert (roll.total, roll.listed) == (6, {"registered": 6})
    await choosing.cast_votes(town.api, of.community, ballot.id, [Cast(voter, tuple(needs)) for voter in voters])
    with refused("bad_votes"):
        await choosing.cast_votes(town.api, of.community, ballot.id, [Cast("外来者", tuple(needs))])
    await town.until(ballot.closes_at)
    counted = await choosing.counted(town.api, ballot.id)
    assert counted.result is not None
    assert (counted.result.votes, counted.listed) == (6, {"registered": 6})

    project = await choosing.proposed(town.api, ballot.id, needs[0])
    assert project.fund_line == ballot.fund_line
    (told,) = await town.told("project.proposed", project.project_id)
    assert told["fund_line"]["account_id"] == str(of.accounts[0])
    (chosen,) = await town.told("need.chosen", of.community.party_id)
    assert chosen["fund_line"]["name"] == ballot.fund_line.name

    elsewhere = (FundShare(account_id=of.accounts[1], amount=COST),)
    with refused("line_residents_chose", "确定资金使用方向"):
        await tendering.draft(town.api, of.buyer.drafter, project.project_id, elsewhere)
    body = {
        "ceiling": COST,
        "shares": elsewhere,
        "terms": tendering.TERMS,
        "bid_days": tendering.BID_DAYS,
        "rulebook": tendering.RULEBOOK,
        "line_left": "专项经费本年已用完",
    }
    path = f"/v1/projects/{project.project_id}/drafts"
    drafted = await town.api.post(path, Drafted, body, of.buyer.drafter)
    await tendering.approve(town.api, of.buyer.approver, drafted)
    (left,) = await town.told("fund_line.left", project.project_id)
    assert (left["reason"], left["accounts"]) == ("专项经费本年已用完", [str(of.accounts[1])])


async def test_a_draft_that_keeps_to_the_line_needs_no_reason_and_takes_none(town: Town) -> None:
    of = await players(town)
    needs = await choosing.post_needs(town.api, of.community, [a_need("楼道灯")])
    ballot = await open_by_roll(town, of, *needs, by_roll=False)
    await choosing.cast_votes(town.api, of.community, ballot.id, [Cast("居民", tuple(needs))])
    await town.until(ballot.closes_at)
    project = await choosing.proposed(town.api, ballot.id, needs[0])
    kept = (FundShare(account_id=of.accounts[0], amount=COST),)

    try:
        drafted = await tendering.draft(town.api, of.buyer.drafter, project.project_id, kept)
    except Problem as problem:
        raise AssertionError(problem.code) from problem
    await tendering.approve(town.api, of.buyer.approver, drafted)
    assert await town.told("fund_line.left", project.project_id) == []
