"""A hub bids and is liable; who delivers is said before the deadline and told with the award."""

from typing import Any
from uuid import UUID, uuid4

from schemas.disclosure import Deliverer, DeliveryDisclosed
from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.organization import GroupRegistered
from schemas.role import Actor
from schemas.standing import Party, evolve_standing
from schemas.tender import AwardConfirmed
from services.tenders.rules.disclosure import DeliveryKept, DiscloseDelivery, delivery_refs, disclose_delivery
from tests.services.tenders.market import a_market
from tests.services.tenders.stories import PROJECT, Tendered, a_ranking, remember
from tests.support.fixtures import Running
from tests.support.pure import refused

GROUP = Deliverer(name="示例互助社", filed_with="示例街道备案 3 号", part="每日送餐")


def disclose(story: Tendered, by: Actor, bid_id: UUID, *groups: Deliverer) -> list[Model]:
    command = DiscloseDelivery(project_id=PROJECT, bid_id=BidId(bid_id), delivered_by=groups)
    return story.do(disclose_delivery, command, by)


def of(story: Tendered, bidder: Actor) -> UUID:
    return next(bid.id for bid in story.bids if bid.bidder_id == bidder.party_id)


def test_who_delivers_is_kept_until_the_award_tells_it() -> None:
    story = Tendered().opened()
    bidders = [story.a_bidder() for _ in range(3)]
    for bidder in bidders:
        story.seal(bidder)
    (kept,) = disclose(story, bidders[0], of(story, bidders[0]), GROUP)
    assert isinstance(kept, DeliveryKept)
    _to_the_ranking(story)
    first = next(bid for bid in story.bids if bid.bidder_id == bidders[0].party_id)

    confirmed, told = story.award(first.id)[:2]

    assert isinstance(confirmed, AwardConfirmed)
    assert isinstance(told, DeliveryDisclosed)
    assert (told.provider_id, told.deliverers) == (bidders[0].party_id, (GROUP,))
    assert confirmed.provider_id == told.provider_id


def _to_the_ranking(story: Tendered) -> None:
    story.at_the_deadline()
    story.qualify()
    for _ in range(3):
        story.score(story.an_evaluator())
    story.close_scoring()
    story.do(remember, a_ranking(story.bids, (1, 1, 1)))


def test_an_award_to_a_bidder_that_delivers_alone_tells_nothing_more() -> None:
    story = Tendered().ranked(1, 2, 3)

    said = story.award(story.bids[0].id)

    assert not [one for one in said if isinstance(one, DeliveryDisclosed)]


def test_only_the_bidder_says_who_delivers_and_only_before_the_deadline() -> None:
    story = Tendered().opened()
    bidder, other = story.a_bidder(), story.a_bidder()
    story.seal(bidder)
    bid = of(story, bidder)

    with refused("not_your_party", status=403):
        disclose(story, other, bid, GROUP)
    with refused("no_such_bid", status=404):
        disclose(story, bidder, uuid4(), GROUP)
    with refused("personal_data", status=422):
        disclose(story, bidder, bid, GROUP.model_copy(update={"part": "联系 13812345678"}))
    disclose(story, bidder, bid, GROUP)
    disclose(story, bidder, bid)
    assert story.bids[0].deliverers == ()
    assert story.project.closes_at is not None
    story.at = story.project.closes_at
    with refused("bid_after_deadline", source="第三十三条"):
        disclose(story, bidder, bid, GROUP)


async def test_before_opening_only_the_bidder_reads_who_delivers_and_then_the_buyer(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        hub, *others = [await market.bidder() for _ in range(3)]
        bid = (await market.bid(hub, 88_000_00)).json
        for other in others:
            await market.bid(other, 90_000_00)
        body: dict[str, Any] = {"delivered_by": [GROUP.model_dump()]}
        said = await market.post(f"bids/{bid['bid_id']}/delivery", body, hub)
        own = (await market.system.get("/v1/bids", hub)).json["bids"][0]
        before = await market.get()
        told = await market.system.facts("tenders")
        await market.close("opened")
        bidders = (await market.get("/bidders", market.approver)).json["bidders"]

        assert said.status == 201
        assert own["delivered_by"] == [GROUP.model_dump()]
        assert GROUP.name not in str(before.json)
        assert GROUP.name not in str(told)
        assert [one["delivered_by"] for one in bidders if one["bidder_id"] == str(hub.party_id)] == [
            [GROUP.model_dump()]
        ]


def a_registered_group(story: Tendered, hub: Actor, name: str = GROUP.name, **changes: Any) -> Deliverer:
    """As tenders hears of it."""
    group_id = PartyId(uuid4())
    told = GroupRegistered(
        party_id=group_id,
        name=name,
        division="320508001001",
        hub_id=hub.party_id,
        filed_with="示例街道",
        filing_number="备〔2026〕3号",
    )
    for state in evolve_standing(story.world, told):
        story.world.put(state)
    story.changes(group_id, **({"verified": True} | changes))
    return GROUP.model_copy(update={"group_id": group_id})


def test_a_registered_group_is_named_by_its_hub_alone() -> None:
    story = Tendered().opened()
    hub, other = story.a_bidder(), story.a_bidder()
    for bidder in (hub, other):
        story.seal(bidder)
    group = a_registered_group(story, hub)

    (kept,) = disclose(story, hub, of(story, hub), group)

    assert isinstance(kept, DeliveryKept)
    assert kept.deliverers[0].group_id == group.group_id
    with refused("not_ones_group", status=422) as caught:
        disclose(story, other, of(story, other), GROUP, group)
    assert caught.value.field == "delivered_by.1.group_id"
    with refused("not_ones_group", status=422):
        disclose(story, hub, of(story, hub), a_registered_group(story, hub, name="另一名称"))
    with refused("party_not_verified", status=403):
        disclose(story, hub, of(story, hub), a_registered_group(story, hub, verified=False))
    command = DiscloseDelivery(project_id=PROJECT, bid_id=BidId(of(story, hub)), delivered_by=(GROUP, group))
    assert (Party, group.group_id) in delivery_refs(command, uuid4())
