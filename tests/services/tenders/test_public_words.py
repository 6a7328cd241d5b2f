"""What bidders and buyers write is told to everyone in the end: nobody's number stands in it, sealed or not."""

from typing import Any

from services.tenders.rules import proposal, qualification
from tests.services.tenders.market import a_bid, a_market
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered
from tests.support.fixtures import Running
from tests.support.pure import refused

CALL = "联系人 13812345678"


async def test_a_proposal_with_somebodys_number_is_refused_before_it_is_sealed(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder = await market.bidder()

        reply = await market.bid(bidder, 100_000_00, CALL)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "personal_data", "proposal")
        assert reply.json["rule"]["certainty"] == "L"
        assert CALL not in str(reply.json)
        assert (await market.system.get("/v1/bids", bidder)).json["bids"] == []
        assert (await market.post("bids", a_bid(bidder, 100_000_00), bidder)).status == 201


def test_a_verdict_names_the_bid_whose_reason_holds_a_number() -> None:
    story = Tendered().with_bids(90_000_00, 91_000_00, 92_000_00)
    said: list[dict[str, Any]] = [
        {"bid_id": bid.bid_id, "bidder_id": bid.bidder_id, "qualified": True, "reason": "齐全"} for bid in story.bids
    ]
    said[1]["reason"] = CALL
    command = qualification.QualifyBids.model_validate({"project_id": PROJECT, "judgements": said})

    with refused("personal_data", source="个人信息保护法", status=422) as caught:
        story.do(qualification.qualify_bids, command, APPROVER)
    assert caught.value.field == "judgements.1.reason"


def test_the_reason_to_decline_a_proposal_is_looked_through() -> None:
    command = proposal.DeclineProject(project_id=PROJECT, reason=CALL)

    with refused("personal_data") as caught:
        Tendered().proposed().do(proposal.decline_project, command, DRAFTER)
    assert caught.value.field == "reason"
