"""Under keys of bidders and under shares nothing readable lies anywhere before the opening, and no key ever does."""

import base64
import logging
from datetime import timedelta

import pytest
import structlog

from schemas.envelope import Holder, SealingRule, join, new_key
from tests.services.tenders.market import a_bid
from tests.services.tenders.sealed_market import SealedMarket, a_sealed_market
from tests.support.fixtures import Running
from tests.support.secrecy import MARKER, PRICE, everything_stored, everything_told, shows


def holds(text: str, secret: bytes) -> bool:
    """In hexadecimal, or in base64 with either alphabet at any of the three alignments."""
    spelt = [base64.b64encode(bytes(shift) + secret).decode()[4 if shift else 0 : -4] for shift in range(3)]
    alike = text.replace("-", "+").replace("_", "/")
    return secret.hex() in text.lower() or any(spelling in alike for spelling in spelt)


async def everything(market: SealedMarket) -> tuple[str, str]:
    await market.market.system.settled()
    return await everything_stored(market.market.system), await everything_told(market.market.system)


@pytest.mark.parametrize("shift", range(3))
def test_a_secret_is_found_in_every_spelling(shift: int) -> None:
    secret = new_key()

    assert holds(f"x{secret.hex()}y", secret)
    assert holds(base64.b64encode(b"a" * shift + secret + b"z" * 7).decode(), secret)
    assert holds(base64.urlsafe_b64encode(b"a" * shift + secret + b"z" * 7).decode(), secret)
    assert not holds(new_key().hex(), secret)


async def test_under_bidders_own_keys_neither_bid_nor_key_is_readable(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
            await market.open()
            bids = []
            for _ in range(2):
                bidder, key = await market.market.bidder(), new_key()
                sealed = await market.seal(bidder, PRICE, MARKER, key)
                bids.append((bidder, sealed.json["bid_id"], key))
            bidder, key = await market.market.bidder(), new_key()
            body = a_bid(bidder, PRICE, MARKER) | {"key": key.hex()}
            at_door = await market.market.must("bids", body, bidder)
            bids.append((bidder, at_door["bid_id"], key))
            early = await market.release(*bids[0])
            assert early.status == 409
            keys = [key for _, _, key in bids]

            stored, told = await everything(market)
            assert not shows(stored)
            assert not shows(told)
            assert not any(holds(stored + told, key) for key in keys)

            await market.deadline("locked")
            for bid in bids[:2]:
                assert (await market.release(*bid)).json["phase"] == "locked"
            stored, told = await everything(market)
            assert not shows(stored)  # two keys are there, wrapped, and nothing is opened before the third
            assert not shows(told)
            assert not any(holds(stored + told, key) for key in keys)

            assert (await market.release(*bids[2])).json["phase"] == "opened"
            stored, told = await everything(market)
            assert shows(stored)
            assert shows(told)
            out, err = capfd.readouterr()
            assert not any(holds(stored + told + out + err + caplog.text + repr(entries), key) for key in keys)


async def test_under_shares_neither_bid_nor_share_nor_key_is_readable(
    running: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as entries:
        async with a_sealed_market(running, SealingRule.ESCROW) as market:
            await market.open()
            assert (await market.seal(await market.market.bidder(), PRICE, MARKER)).status == 201
            for _ in range(2):
                assert (await market.market.bid(await market.market.bidder(), PRICE, MARKER)).status == 201
            drafter = market.market.drafter
            buyer = await market.share_of(drafter, market.buyers_key)
            auditor = await market.share_of(market.auditor, market.auditors_key)
            private = join((Holder.BUYER, buyer), (Holder.SUPERVISOR, auditor))
            secrets = (private, buyer[:32], buyer[32:], auditor[:32], auditor[32:])
            assert (await market.hand_in(drafter, buyer)).status == 409

            stored, told = await everything(market)
            assert not shows(stored)
            assert not shows(told)
            assert not any(holds(stored + told, secret) for secret in secrets)

            await market.deadline("locked")
            assert (await market.hand_in(drafter, buyer)).json["phase"] == "locked"
            stored, told = await everything(market)
            assert not shows(stored)
            assert not any(holds(stored + told, secret) for secret in secrets)

            assert (await market.hand_in(market.auditor, auditor)).json["phase"] == "opened"
            stored, told = await everything(market)
            assert shows(told)
            out, err = capfd.readouterr()
            logs = out + err + caplog.text + repr(entries)
            assert not any(holds(stored + told + logs, secret) for secret in secrets)


async def test_what_was_not_released_or_is_void_is_never_readable(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
        await market.open()
        bids = []
        for _ in range(3):
            bidder, key = await market.market.bidder(), new_key()
            sealed = await market.seal(bidder, PRICE, MARKER, key)
            bids.append((bidder, sealed.json["bid_id"], key))
        await market.deadline("locked")
        for bid in bids[:2]:
            await market.release(*bid)

        await market.market.system.advance(timedelta(hours=24))
        await market.market.reaches("voided")

        stored, told = await everything(market)
        assert not shows(stored)
        assert not shows(told)
        (row,) = await market.market.system.fetch(
            "SELECT count(*) FROM tenders.bids WHERE jsonb_typeof(state -> 'sealed') <> 'null' "
            "OR jsonb_typeof(state -> 'released') <> 'null'"
        )
        assert row[0] == 0
