"""Both ways of sealing over HTTP, PostgreSQL and Kafka: closing and opening are two steps, and keys come between."""

import secrets
from typing import Any
from uuid import uuid4

import pytest

from schemas.envelope import SealingRule, new_key, public_of
from schemas.party import PartyKind
from schemas.role import Role
from tests.services.tenders.market import a_bid, a_market
from tests.services.tenders.sealed_market import SealedMarket, a_sealed_market
from tests.support.fixtures import Running

PRICES = (88_000_00, 95_000_00, 82_000_00)


async def three_own_bids(market: SealedMarket) -> list[tuple[Any, str, bytes]]:
    """Bidder, bid and key: two sealed at home, one by the server at the door."""
    found: list[tuple[Any, str, bytes]] = []
    for price in PRICES[:2]:
        bidder, key = await market.market.bidder(), new_key()
        reply = await market.seal(bidder, price, key=key)
        assert reply.status == 201, reply.json
        found.append((bidder, reply.json["bid_id"], key))
    bidder, key = await market.market.bidder(), secrets.token_bytes(32)
    at_door = await market.market.must("bids", a_bid(bidder, PRICES[2]) | {"key": key.hex()}, bidder)
    return [*found, (bidder, at_door["bid_id"], key)]


async def test_bidders_release_their_keys_after_the_deadline_and_the_last_one_opens_all(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
        await market.open()
        bids = await three_own_bids(market)
        early = await market.release(*bids[0])
        told = (await market.market.get("/sealing")).json

        await market.deadline("locked")
        waiting = (await market.market.get()).json
        own = (await market.market.system.get("/v1/bids", bids[0][0])).json["bids"][0]
        owed = (await market.market.system.get("/v1/me/due", bids[0][0])).json
        steps = [await market.release(*bid) for bid in bids]

        assert (early.status, early.json["title"], early.json["field"]) == (409, "key_before_deadline", "key")
        assert "24 小时" in early.json["rule"]["source"]
        assert (told["rule"], told["own_keys"], told["public_key"], told["release_hours"]) == (
            "bidder_key",
            True,
            None,
            24,
        )
        assert (waiting["bids"], waiting["opened"]) == (3, [])
        assert own["key_until"] is not None
        assert "公布本方标书的解密密钥" in str(owed)
        assert [step.json["phase"] for step in steps] == ["locked", "locked", "opened"]
        shown = (await market.market.get("", market.market.drafter)).json
        assert sorted(bid["price"]["fen"] for bid in shown["opened"]) == sorted(PRICES)
        assert [fact["type"] for fact in await market.market.system.facts("tenders")][3:] == [
            *["bid.sealed", "bid.enveloped"] * 3,
            "tender.closed",
            "opening.awaited",
            *["key.released"] * 3,
            "bids.opened",
        ]
        assert (await market.market.system.get("/v1/me/due", bids[0][0])).json["due"] == []


async def test_the_window_is_a_durable_timer_and_who_is_late_has_withdrawn(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
        await market.open()
        bids = await three_own_bids(market)
        late, key = await market.market.bidder(), new_key()
        unreleased = (await market.seal(late, 70_000_00, key=key)).json["bid_id"]
        await market.deadline("locked")
        for bid in bids:
            assert (await market.release(*bid)).json["phase"] == "locked"

        await market.hours(24)
        await market.market.reaches("opened")
        too_late = await market.release(late, unreleased, key)

        own = (await market.market.system.get("/v1/bids", late)).json["bids"][0]
        assert (own["withdrawn"], own["key_until"]) == (True, None)
        assert "未在规定期限内公布密钥" in own["fault"]
        (fact,) = await market.market.system.facts("tenders", "bid.unreleased")
        assert fact["data"]["bid_id"] == unreleased
        assert too_late.status == 404
        assert len((await market.market.get()).json["opened"]) == 3


async def test_two_shares_open_the_bids_and_a_repetition_of_the_first_opens_nothing(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.ESCROW) as market:
        await market.open()
        bidders = [await market.market.bidder() for _ in range(3)]
        receipts = [await market.seal(bidder, price) for bidder, price in zip(bidders[:2], PRICES[:2], strict=True)]
        at_door = await market.market.bid(bidders[2], PRICES[2])
        assert [reply.status for reply in (*receipts, at_door)] == [201, 201, 201]
        buyer = await market.share_of(market.market.approver, market.buyers_key)
        auditor = await market.share_of(market.auditor, market.auditors_key)
        early = await market.hand_in(market.market.drafter, buyer)

        await market.deadline("locked")
        first = await market.hand_in(market.market.drafter, buyer, Idempotency_Key="one")
        again = await market.hand_in(market.market.drafter, buyer, Idempotency_Key="one")
        assert (await market.market.get()).json["opened"] == []
        second = await market.hand_in(market.auditor, auditor)

        assert (early.status, early.json["title"]) == (409, "key_before_deadline")
        assert (first.json["phase"], again.json["phase"], second.json["phase"]) == ("locked", "locked", "opened")
        assert again.headers["Idempotency-Replayed"] == "true"
        shown = (await market.market.get()).json
        assert sorted(bid["price"]["fen"] for bid in shown["opened"]) == sorted(PRICES)
        handed_in = await market.market.system.facts("tenders", "share.handed_in")
        assert [fact["data"]["holder"] for fact in handed_in] == ["buyer", "supervisor"]


async def test_the_recovery_share_is_used_by_the_operator_only_with_a_reason_all_can_read(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.ESCROW) as market:
        await market.open()
        for price in PRICES:
            await market.market.bid(await market.market.bidder(), price)
        auditor = await market.share_of(market.auditor, market.auditors_key)
        reason = {"reason": "采购人的私钥文件损坏"}
        early = await market.market.post("recovery", reason, market.operator)
        await market.deadline("locked")
        await market.hand_in(market.auditor, auditor)
        by_auditor = await market.market.post("recovery", reason, market.auditor)
        silent = await market.market.post("recovery", {}, market.operator)

        used = await market.market.must("recovery", reason, market.operator)

        assert early.json["title"] == "key_before_deadline"
        assert (by_auditor.status, silent.status) == (403, 422)
        assert used["phase"] == "opened"
        (fact,) = await market.market.system.facts("tenders", "recovery.used")
        assert fact["data"]["reason"] == "采购人的私钥文件损坏"
        assert fact["data"]["used_by"] == str(market.operator.person_id)


async def test_with_too_few_bids_no_share_is_accepted(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.ESCROW) as market:
        await market.open()
        for price in PRICES[:2]:
            await market.market.bid(await market.market.bidder(), price)
        buyer = await market.share_of(market.market.drafter, market.buyers_key)

        await market.deadline("voided")
        reply = await market.hand_in(market.market.drafter, buyer)

        assert (reply.status, reply.json["title"]) == (409, "wrong_phase")
        assert await market.market.system.facts("tenders", "bids.opened", "share.handed_in") == []
        (row,) = await market.market.system.fetch("SELECT count(*) FROM tenders.bids WHERE state ->> 'sealed' <> ''")
        assert row[0] == 0


async def test_a_tender_in_escrow_opens_only_with_two_keepers_who_registered(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.ESCROW) as market:
        await market.reserve()
        drafter = market.market.drafter
        stranger = await market.market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        nobody = await market.market.post("tender", {}, drafter)
        keyless = await market.market.post("tender", {"supervisor_id": str(stranger.party_id)}, drafter)
        itself = await market.market.post("tender", {"supervisor_id": str(drafter.party_id)}, drafter)
        weak = await market.register(stranger, bytes(32))
        path = f"/v1/keepers/{market.auditor.party_id}/keys"
        other = await market.market.system.post(path, {"public_key": "1" * 64}, stranger)

        assert (nobody.status, nobody.json["title"], nobody.json["field"]) == (
            422,
            "supervisor_missing",
            "supervisor_id",
        )
        assert (keyless.status, keyless.json["title"]) == (409, "keeper_has_no_key")
        assert str(stranger.party_id) in keyless.json["detail"]
        assert itself.json["title"] == "keeper_has_no_key"
        assert (weak.status, weak.json["title"]) == (422, "unusable_key")
        assert (other.status, other.json["title"]) == (403, "not_your_party")
        assert await market.market.phase() == "reserved"


async def test_shares_are_shown_to_buyer_and_auditors_alone_and_never_in_the_clear(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.ESCROW) as market:
        await market.open()
        stranger = await market.market.system.person(PartyKind.FUNDER, Role.FUNDER)
        auditor = await market.market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        share = await market.share_of(market.auditor, market.auditors_key)

        own = (await market.market.get("/shares", market.market.approver)).json["shares"]
        both = (await market.market.get("/shares", auditor)).json["shares"]
        told = (await market.market.get("/sealing")).json
        refused = await market.market.get("/shares", stranger)
        await market.deadline("voided")
        not_theirs = await market.hand_in(auditor, share)

        assert [one["holder"] for one in own] == ["buyer"]
        assert [one["holder"] for one in both] == ["buyer", "supervisor"]
        assert share.hex() not in f"{both}{told}"
        assert [one["handed_in"] for one in told["shares"]] == [False] * 3
        assert (refused.status, refused.json["title"]) == (403, "not_your_party")
        assert not_theirs.status == 409


def _changed(good: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return good | changes


async def test_what_was_not_sealed_is_too_large_or_late_is_turned_away_at_the_door(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
        await market.open()
        bidder, key = await market.market.bidder(), new_key()
        good = await market.sealed(bidder, PRICES[0], key=key)
        plain = '{"price": {"fen": 8800000}, "proposal": "每周五次送餐,送餐上门"}'.encode().hex()
        bodies = {
            "bid_not_sealed": _changed(good, sealed=plain),
            "own_key_needed": a_bid(bidder, PRICES[0]),
            "invalid_field": _changed(good, sealed="ab" * (32 * 1024 + 1)),
            "not_your_party": _changed(good, bidder_id=str(uuid4())),
        }
        replies = {
            code: await market.market.post("bids" if "price" in body else "sealed-bids", body, bidder)
            for code, body in bodies.items()
        }
        short = await market.market.post("sealed-bids", _changed(good, sealed="00" * 47), bidder)
        huge = await market.market.post("sealed-bids", _changed(good, sealed="ab" * 200_000), bidder)
        no_key = await market.market.post("sealed-bids", _changed(good, public_key=None), bidder)
        first = await market.market.post("sealed-bids", good, bidder)
        second = await market.market.post("sealed-bids", good, bidder)
        in_place = _changed(await market.sealed(bidder, 1_00, key=key), replaces=first.json["bid_id"])
        replaced = await market.market.post("sealed-bids", in_place, bidder)
        await market.deadline("voided")
        late = await market.market.post("sealed-bids", good, await market.market.bidder())

        assert {code: reply.json["title"] for code, reply in replies.items()} == {code: code for code in bodies}
        assert replies["invalid_field"].json["field"] == "sealed"
        assert (short.status, huge.status, no_key.json["title"]) == (422, 413, "own_key_needed")
        assert (first.status, second.json["title"], replaced.status) == (201, "already_bid", 201)
        assert (late.status, late.json["title"]) == (409, "bid_after_deadline")
        assert "第三十三条" in late.json["rule"]["source"]


async def test_in_the_below_limit_example_the_server_seals_and_any_bidder_may_do_so_itself(running: Running) -> None:
    async with a_market(running) as plain:
        await plain.open()
        own, key = await plain.bidder(), new_key()
        helper = SealedMarket(market=plain, auditor=own, operator=own)
        sealed = (await helper.seal(own, PRICES[0], key=key)).json
        for price in PRICES[1:]:
            assert (await plain.bid(await plain.bidder(), price)).status == 201
        told = (await plain.get("/sealing")).json

        await plain.close("locked")
        step = await helper.release(own, sealed["bid_id"], key)

        assert (told["rule"], told["own_keys"]) == ("server", True)
        assert step.json["phase"] == "opened"
        assert len((await plain.get()).json["opened"]) == 3


async def test_a_bid_for_the_wrong_place_spoils_itself_alone_and_its_bidder_reads_why(running: Running) -> None:
    async with a_sealed_market(running, SealingRule.BIDDER_KEY) as market:
        await market.open()
        bids = await three_own_bids(market)
        bad, key = await market.market.bidder(), new_key()
        somebody_elses = await market.sealed(await market.market.bidder(), 1_00, key=key)
        body = somebody_elses | {"bidder_id": str(bad.party_id), "public_key": public_of(key).hex()}
        bad_id = (await market.market.must("sealed-bids", body, bad))["bid_id"]
        await market.deadline("locked")
        for bid in bids:
            await market.release(*bid)

        last = await market.release(bad, bad_id, key)

        assert last.json["phase"] == "opened"
        (own,) = (await market.market.system.get("/v1/bids", bad)).json["bids"]
        assert "不能用公布的密钥打开" in own["fault"]
        assert len((await market.market.get()).json["opened"]) == 3
        (spoiled,) = await market.market.system.facts("tenders", "bid.spoiled")
        assert spoiled["data"]["code"] == "envelope_unreadable"


@pytest.mark.parametrize("rule", [SealingRule.BIDDER_KEY, SealingRule.ESCROW])
async def test_the_sealing_of_a_project_that_is_not_open_is_not_found(running: Running, rule: SealingRule) -> None:
    async with a_sealed_market(running, rule) as market:
        await market.reserve()

        assert (await market.market.get("/sealing")).status == 404
        assert (await market.market.get("/shares", market.auditor)).status == 404
