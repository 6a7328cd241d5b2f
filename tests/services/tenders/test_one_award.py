"""One project, one award that stands: decided under the lock, and kept by the database as well."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services.tenders import store
from services.tenders.rules.project import Bid, Project
from tests.services.tenders.market import Market, a_market
from tests.support.fixtures import Running

MARK = "UPDATE tenders.bids SET state = state || '{\"awarded\": true}' WHERE id = $1"


async def ranked(market: Market, *prices: int) -> list[str]:
    """The bids in rank order: equal in quality, so that the lowest price is first."""
    await market.open()
    bidders = [await market.bidder() for _ in prices]
    for bidder, price in zip(bidders, prices, strict=True):
        assert (await market.bid(bidder, price)).status == 201
    await market.close("opened")
    qualified = await market.qualify()
    for _ in range(3):
        evaluator = await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
        plans = {str(bidder.party_id): "30" for bidder in bidders}
        assert (await market.score(qualified, evaluator, plans)).status == 201
    await market.must("scores/closing", {}, market.drafter)
    await market.reaches("ranked")
    return [one["bid_id"] for one in (await market.get("/ranking")).json["ranking"]]


async def test_of_two_confirmations_at_once_one_stands_and_the_other_is_refused(running: Running) -> None:
    """Equal in rank, so that either might be chosen."""
    async with a_market(running) as market:
        bids = await ranked(market, 88_000_00, 88_000_00, 95_000_00)

        replies = await asyncio.gather(
            market.post("award", {"bid_id": bids[0]}, market.approver),
            market.post("award", {"bid_id": bids[1]}, market.drafter),
        )

        assert sorted(reply.status for reply in replies) == [201, 409]
        assert [reply.json["title"] for reply in replies if reply.status == 409] == ["wrong_phase"]
        assert len(await market.system.facts("tenders", "award.confirmed")) == 1
        standing = await market.system.fetch("SELECT id FROM tenders.bids WHERE awarded")
        chosen = (await market.get()).json["award"]
        assert [str(row["id"]) for row in standing] == [chosen]


async def test_the_database_has_no_room_for_a_second_award(running: Running) -> None:
    async with a_market(running) as market:
        bids = await ranked(market, 88_000_00, 90_000_00, 95_000_00)
        await market.must("award", {"bid_id": bids[0]}, market.approver)
        connection = await asyncpg.connect(market.system.dsn)

        with pytest.raises(asyncpg.UniqueViolationError, match=store.ONE_AWARD):
            await connection.execute(MARK, bids[1])

        await connection.execute("SET search_path = tenders")
        transaction = connection.transaction()
        await transaction.start()
        world = await store.load(connection, [(Project, market.project)])
        [other] = [bid for bid in world.each(Bid) if str(bid.id) == bids[1]]
        world.put(replace(other, awarded=True))
        with pytest.raises(asyncpg.SerializationError, match="another award"):  # decided again by the shell
            await store.save(connection, world)
        await transaction.rollback()
        await connection.close()


async def test_the_place_is_free_again_once_the_award_is_set_aside(running: Running) -> None:
    async with a_market(running) as market:
        bids = await ranked(market, 88_000_00, 90_000_00, 95_000_00)
        await market.must("award", {"bid_id": bids[0]}, market.approver)
        default = {"bid_id": bids[0], "ground": "gave_up", "reason": "来函放弃", "evidence": "c" * 64}
        await market.must("award/default", default, market.drafter)

        await market.must("award", {"bid_id": bids[1], "reason": "服务不能中断"}, market.approver)

        standing = await market.system.fetch("SELECT id FROM tenders.bids WHERE awarded")
        assert [str(row["id"]) for row in standing] == [bids[1]]
