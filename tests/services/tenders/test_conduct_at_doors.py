"""Committee, draw and low prices over HTTP, PostgreSQL and Kafka, with their durable timer."""

from datetime import timedelta
from typing import Any

from schemas.party import PartyKind, TieDeclared, TieKind
from schemas.role import Role
from services.tenders.rules.committee.lot import commitment_of, order_of, seed_of
from tests.services.tenders.market import Market, a_bid, a_market
from tests.services.tenders.test_secrecy import tenders_lines
from tests.support.fixtures import Running
from tests.support.secrecy import everything_told
from tests.support.system import Person, Reply
from tests.support.waiting import eventually

LOW = 40_000_00
OTHERS = (90_000_00, 100_000_00, 110_000_00)


async def evaluators(market: Market, number: int) -> list[Person]:
    return [await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR) for _ in range(number)]


async def bids(market: Market, *prices: int) -> dict[int, Person]:
    found = {price: await market.bidder() for price in prices}
    for price, bidder in found.items():
        assert (await market.bid(bidder, price)).status == 201
    return found


async def test_anybody_draws_the_committee_again_from_what_is_public(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        system = market.system
        people = {str(one.party_id): one for one in await evaluators(market, 7)}
        committed = {"pool": list(people), "seats": 3}
        await market.must("committee/commitment", committed, market.drafter)
        before = (await market.get("/committee")).json
        told_before = tenders_lines(await everything_told(system))
        by_price = await bids(market, *OTHERS)
        tied, away, *_ = people.values()
        tie = TieDeclared(party_id=tied.party_id, tied_to=by_price[OTHERS[0]].party_id, kind=TieKind.KINSHIP)
        await system.seen(await system.teller.tell(tie, "registry"))
        recusal = {"evaluator_id": str(away.party_id), "ground": "dispute"}
        await market.must("committee/recusals", recusal, away)
        too_early = await market.post("committee/drawing", {}, market.drafter)
        await market.close("opened")
        await market.must("committee/drawing", {}, market.drafter)

        [fact] = [one["data"] for one in await system.facts("tenders", "experts.drawn")]
        sealed = [one["data"]["digest"] for one in await system.facts("tenders", "bid.sealed")]
        seed = seed_of(market.project, fact["secret"], sealed)
        order = [str(id) for id in order_of(seed, [one.party_id for one in people.values()])]
        out = {str(tied.party_id), str(away.party_id)}
        drawn = [id for id in order if id not in out][:3]
        assert too_early.json["title"] == "wrong_phase"
        assert (before["draw"]["pool"], before["size"]) == (list(people), None)
        assert commitment_of(market.project, fact["secret"]) == before["draw"]["commitment"]
        assert not any(fact["secret"] in line for line in told_before)
        assert (fact["seed"], fact["order"]) == (seed, order)
        assert [member["evaluator_id"] for member in fact["members"]] == drawn
        await only_the_committee_scores(market, people, drawn)


async def only_the_committee_scores(market: Market, people: dict[str, Person], drawn: list[str]) -> None:
    """Its members are nobody else's business until scoring is closed, and how far they stand is shown after it."""
    qualified = await market.qualify()
    outside = next(one for id, one in people.items() if id not in drawn)
    plans = [{one["bidder_id"]: points for one in qualified} for points in ("30", "31", "10")]
    refused = await market.score(qualified, outside, plans[0])
    hidden = [(await market.get("/committee", by)).json["members"] for by in (None, outside, await market.bidder())]
    shown = (await market.get("/committee", market.drafter)).json["members"]
    early = await market.get("/scores", market.drafter)
    for id, plan in zip(drawn, plans, strict=True):
        assert (await market.score(qualified, people[id], plan)).status == 201
    await market.must("scores/closing", {}, market.drafter)
    deviations = (await market.get("/scores", market.drafter)).json["deviations"]
    stranger = await market.system.person(PartyKind.FUNDER, Role.FUNDER)

    assert (refused.status, refused.json["title"]) == (403, "not_in_committee")
    assert hidden == [None] * 3
    assert {member["evaluator_id"] for member in shown} == {*drawn}
    assert len((await market.get("/committee")).json["members"]) == 3
    assert early.json["title"] == "wrong_phase"
    assert (await market.get("/scores", stranger)).status == 403
    assert len(deviations) == 9
    far = [one for one in deviations if one["of_note"]]
    assert {one["evaluator_id"] for one in far} == {drawn[2]}
    assert {(one["others_median"], one["distance"], one["spread"], one["z"]) for one in far} == {
        ("50.50", "-20.50", "0.50", "-27.65")
    }


async def test_a_record_of_the_librarys_draw_is_entered_and_checked(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        await bids(market, *OTHERS)
        await market.close("opened")
        people = await evaluators(market, 3)
        stranger = await market.system.person(PartyKind.FUNDER, Role.FUNDER)
        members = [{"evaluator_id": str(one.party_id), "seat": "expert"} for one in people]
        day = (await market.get()).json["closes_at"][:10]
        record: dict[str, Any] = {"record_number": "1", "drawn_on": day, "pool": "示例评审专家库", "members": members}

        bad = [
            await market.post("committee/import", record | {"members": members[:2]}, market.drafter),
            await market.post("committee/import", record | {"members": [*members[:2], members[0]]}, market.drafter),
            await market.post("committee/import", record | {"drawn_on": "2027-01-01"}, market.drafter),
            await market.post("committee/import", record | {"pool": "致电 13812345678"}, market.drafter),
            await market.post("committee/import", record, stranger),
        ]
        nothing = await market.system.facts("tenders", "committee.imported")
        await market.must("committee/import", record, market.drafter)

        assert [(reply.status, reply.json["title"]) for reply in bad] == [
            (422, "committee_size"),
            (422, "member_twice"),
            (422, "drawn_in_future"),
            (422, "personal_data"),
            (403, "not_your_party"),
        ]
        assert bad[0].json["rule"]["source"].startswith("财库〔2014〕214号第十四条")
        assert nothing == []
        shown = (await market.get("/committee", people[0])).json
        assert (shown["record_number"], shown["size"], len(shown["members"])) == ("1", 3, 3)


async def test_a_low_price_is_explained_in_the_bidders_own_list_and_decided_with_a_reason(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        by_price = await bids(market, LOW, *OTHERS)
        await market.close("opened")
        qualified = await market.qualify()
        bidder, rival = by_price[LOW], by_price[OTHERS[0]]
        [due] = (await market.system.get("/v1/me/due", bidder)).json["due"]
        [asked] = (await market.get("/low-price")).json["inquiries"]
        words = {"bidder_id": str(bidder.party_id), "text": "志愿者承担配送"}
        door = f"low-price/{asked['bid_id']}"
        early = await market.post(f"{door}/decision", {"accepted": True, "reason": "…"}, market.drafter)
        of_another = words | {"bidder_id": str(rival.party_id)}
        stranger = await market.post(f"{door}/explanation", of_another, rival)
        await market.must(f"{door}/explanation", words, bidder)
        seen = [
            (await market.get("/low-price", by)).json["inquiries"][0]["explanation"]
            for by in (None, rival, bidder, market.drafter)
        ]
        await market.must(f"{door}/decision", {"accepted": True, "reason": "志愿者名单属实"}, market.drafter)

        assert (due["duty"], due["source"][:11]) == ("explain_price", "财库〔2026〕2号(")
        assert [one["test"] for one in asked["triggers"]] == ["mean", "second", "ceiling"]
        assert early.json["title"] == "explanation_running"
        assert (stranger.status, stranger.json["title"]) == (403, "bid_of_another")
        assert seen == [None, None, words["text"], words["text"]]
        assert (await market.system.get("/v1/me/due", bidder)).json["due"] == []
        [evaluator] = await evaluators(market, 1)
        plans = {one["bidder_id"]: "30" for one in qualified}
        assert (await market.score(qualified, evaluator, plans)).status == 201


async def test_silence_past_the_half_hour_is_told_by_the_timer_and_the_bid_is_invalid(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        by_price = await bids(market, LOW, *OTHERS)
        await market.close("opened")
        qualified = await market.qualify()
        [asked] = (await market.get("/low-price")).json["inquiries"]
        await market.system.advance(timedelta(minutes=31))

        async def lapsed() -> bool:
            return bool(await market.system.facts("tenders", "low_price.unexplained"))

        await eventually(lapsed, "the time to explain to be over")
        door = f"low-price/{asked['bid_id']}"
        words = {"bidder_id": str(by_price[LOW].party_id), "text": "志愿者承担配送"}
        late = await market.post(f"{door}/explanation", words, by_price[LOW])
        excused = await market.post(f"{door}/decision", {"accepted": True, "reason": "…"}, market.drafter)
        await market.must(f"{door}/decision", {"accepted": False, "reason": "未作说明"}, market.drafter)
        [evaluator] = await evaluators(market, 1)
        left = [one for one in qualified if one["bid_id"] != asked["bid_id"]]
        plans = {one["bidder_id"]: "30" for one in qualified}

        assert (late.json["title"], excused.json["title"]) == ("explanation_late", "price_unexplained")
        assert (await market.score(qualified, evaluator, plans)).json["title"] == "scores_incomplete"
        assert (await market.score(left, evaluator, plans)).status == 201


async def test_differing_amounts_are_confirmed_by_the_bidder_and_shown_to_the_buyer(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder, rival = await market.bidder(), await market.bidder()

        async def offer(quotation: dict[str, Any]) -> Reply:
            return await market.post("bids", a_bid(bidder, 90_000_00, "送餐") | {"quotation": quotation}, bidder)

        unreadable = await offer({"capitals": "九万元"})
        negative = {"items": [{"name": "送餐", "unit": "次", "quantity": "1", "unit_price": {"fen": -1}}]}
        refused = await offer(negative)
        personal = {"items": [{"name": "电话13812345678", "unit": "次", "quantity": "1", "unit_price": {"fen": 1}}]}
        named = await offer(personal)
        assert (await offer({"capitals": "捌万元整"})).status == 201
        for price in OTHERS[1:]:
            assert (await market.bid(await market.bidder(), price)).status == 201
        await market.close("opened")
        [own] = (await market.system.get("/v1/bids", bidder)).json["bids"]
        [due] = (await market.system.get("/v1/me/due", bidder)).json["due"]
        answer = {"bidder_id": str(bidder.party_id), "confirmed": True}
        door = f"bids/{own['bid_id']}/correction"
        stranger = await market.post(door, answer | {"bidder_id": str(rival.party_id)}, rival)
        await market.must(door, answer, bidder)
        shown = {
            by: next(one for one in (await market.get("", by)).json["opened"] if one["bid_id"] == own["bid_id"])
            for by in (None, market.drafter)
        }

        assert [(one.status, one.json["title"]) for one in (unreadable, refused)] == [(422, "invalid_field")] * 2
        assert (named.status, named.json["field"]) == (422, "quotation.items.0.name")
        assert own["correction"]["steps"][0]["rule"] == "capitals"
        assert (due["duty"], due["source"][:7]) == ("confirm_price", "示例:开启后 ")
        assert (stranger.status, stranger.json["title"]) == (403, "bid_of_another")
        assert {one["price"]["fen"] for one in shown.values()} == {80_000_00}
        assert shown[None]["correction"] is None
        assert shown[market.drafter]["correction"]["confirmed"] is True
