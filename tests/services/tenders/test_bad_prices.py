"""A price is whole fen of our currency, above nothing and below any budget; another is refused at the door."""

from typing import Any

from tests.services.tenders.market import a_bid, a_market
from tests.support.fixtures import Running

PRICES: dict[str, Any] = {
    "another currency": {"fen": 88_000_00, "currency": "USD"},
    "dollars": {"usd": 12_000},
    "yuan as a number": 88_000,
    "yuan as a text": "88,000.00",
    "half a fen": {"fen": 0.5},
    "below nothing": {"fen": -1},
    "nothing": {"fen": 0},
    "above any budget": {"fen": 10**15 + 1},
    "beyond 64 bits": {"fen": 2**63},
    "no number": {"fen": "88000"},
    "truth": {"fen": True},
}


async def test_no_absurd_price_is_taken_and_nothing_is_written(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder = await market.bidder()
        rows = "SELECT (SELECT count(*) FROM tenders.bids) + (SELECT count(*) FROM tenders.outbox)"
        before = await market.system.fetch(rows)

        replies = {
            name: await market.post("bids", a_bid(bidder, 1) | {"price": price}, bidder)
            for name, price in PRICES.items()
        }

        assert {(reply.status, reply.json["title"]) for reply in replies.values()} == {(422, "invalid_field")}
        assert all(reply.json["field"].startswith("price") for reply in replies.values())
        assert replies["another currency"].json["field"] == "price.currency"
        assert await market.system.fetch(rows) == before
        assert (await market.bid(bidder, 88_000_00)).status == 201
