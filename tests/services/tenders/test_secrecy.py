"""What a bidder sealed is readable nowhere before opening: no table, topic, log or error message."""

import logging
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
import structlog

from tests.services.tenders.market import Market, a_bid, a_market
from tests.support.fixtures import Running
from tests.support.secrecy import MARKER, PRICE, everything_stored, everything_told, shows
from tests.support.system import Person
from tests.support.waiting import eventually


async def refused_bids(market: Market, by: Person) -> str:
    """Ways to be refused with the marker in hand: the wrong party, field, type, JSON, size and tender; twice."""
    good = a_bid(by, PRICE, MARKER)
    elsewhere = await market.system.post(f"/v1/projects/{uuid4()}/bids", good, by)
    bodies: list[Any] = [
        good | {"bidder_id": str(uuid4())},
        good | {"note": MARKER},
        good | {"price": {"yuan": PRICE}},
        good | {"price": {"fen": f"{PRICE}x{MARKER}"}},
        good | {"price": MARKER},
        good | {"price": {"fen": -PRICE}},
        good | {"replaces": MARKER},
        good | {"proposal": MARKER * 1000},
        orjson.dumps(good) + MARKER.encode(),
        orjson.dumps([MARKER]),
        orjson.dumps(good | {"proposal": MARKER * 20_000}),
        good,
    ]
    replies = [elsewhere, *[await market.post("bids", body, by) for body in bodies]]
    reused = await market.post("bids", good | {"proposal": f"{MARKER}!"}, by, Idempotency_Key="one")
    assert [reply.status for reply in (*replies, reused) if reply.status < 400] == []
    return "\n".join(f"{reply.json} {dict(reply.headers)}" for reply in (*replies, reused))


async def test_a_marker_in_a_bid_occurs_nowhere_before_opening_and_in_the_opening_after(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        async with a_market(running) as market:
            await market.open()
            bidders = [await market.bidder() for _ in range(3)]
            sealed = [await market.bid(bidder, PRICE, MARKER, Idempotency_Key="one") for bidder in bidders[:2]]
            answers = await refused_bids(market, bidders[0])
            await market.bid(bidders[2], PRICE, MARKER)
            await market.system.settled()

            answers += "\n".join(f"{reply.json} {dict(reply.headers)}" for reply in sealed)
            answers += f"{(await market.get('', market.drafter)).json} {(await market.get('/ranking')).json}"
            stored, told = await everything_stored(market.system), await everything_told(market.system)
            out, err = capfd.readouterr()
            logs = "\n".join((caplog.text, out, err, repr(entries)))

            assert [reply.status for reply in sealed] == [201, 201]
            assert not shows(stored)
            assert not shows(told)
            assert not shows(answers)
            assert not shows(logs)
            assert not any(str(bidder.party_id) in lines for bidder in bidders for lines in tenders_lines(told))
            assert str(bidders[0].party_id) in stored  # the dump does see what is there

            await market.close("opened")
            await market.system.settled()

            assert shows(await everything_told(market.system))
            assert shows(await everything_stored(market.system))


async def test_what_is_void_stays_sealed_for_ever(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        for _ in range(2):
            await market.bid(await market.bidder(), PRICE, MARKER)

        await market.close("voided")
        await market.system.settled()

        assert not shows(await everything_stored(market.system))
        assert not shows(await everything_told(market.system))
        assert (await market.system.fetch("SELECT state ->> 'key' FROM tenders.projects"))[0][0] is None


async def test_a_bid_altered_in_the_table_stops_the_opening_and_the_cry_shows_no_content(
    running: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    async with a_market(running) as market:
        await market.open()
        for _ in range(3):
            await market.bid(await market.bidder(), PRICE, MARKER)
        await market.system.fetch(
            "UPDATE tenders.bids SET state = jsonb_set(state, '{sealed}', to_jsonb(repeat('A', 400))) "
            "WHERE id = (SELECT max(id::text)::uuid FROM tenders.bids)"
        )
        printed: list[str] = []

        async def cried() -> bool:
            printed.extend(capfd.readouterr())
            return "timers.failed" in "".join(printed)

        await market.system.advance(timedelta(days=7))
        await eventually(cried, "the failed opening to be logged")

        assert not shows("".join(printed))
        assert "VaultError" in "".join(printed)
        assert await market.phase() == "open"
        assert not shows(await everything_stored(market.system))


def tenders_lines(told: str) -> list[str]:
    return [line for line in told.splitlines() if "('source', b'tenders')" in line]
