"""From the award to the signature over HTTP, PostgreSQL and Kafka: notice, objection, default, cancellation, rerun."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from schemas.days import day_of
from schemas.ids import FundAccountId
from schemas.party import PartyKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Role
from services import contracts, matching, tenders
from tests.services.tenders.market import Market
from tests.services.tenders.stories import CEILING, a_draft
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, Person, Reply

LETTER = "c" * 64


@dataclass(slots=True)
class Awarded:
    market: Market
    bidders: dict[str, Person]
    """by their party"""
    ranking: list[dict[str, Any]]

    def bidder(self, place: int) -> Person:
        return self.bidders[self.ranking[place]["bidder_id"]]

    async def confirm(self, place: int, **more: str) -> None:
        body = {"bid_id": self.ranking[place]["bid_id"]} | more
        await self.market.must("award", body, self.market.approver)
        await self.market.system.settled()

    async def object(self, place: int, **changes: Any) -> Reply:
        by = self.bidder(place)
        body = {"objector_id": str(by.party_id), "item": "result", "ground": "scoring"}
        return await self.market.post("objections", body | {"text": "人员分计算有误"} | changes, by)

    async def sign(self, by: Person) -> Reply:
        digest = (await self.market.get("/contract", by)).json["digest"]
        return await self.market.post("contract/endorsements", {"digest": digest}, by)

    async def due(self, by: Person) -> set[str]:
        return {one["duty"] for one in (await self.market.system.get("/v1/me/due", by)).json["due"]}


@asynccontextmanager
async def ranked(running: Running) -> AsyncIterator[Awarded]:
    """Three bids in the order of their prices."""
    async with running(tenders.SERVICE, matching.SERVICE, contracts.SERVICE, virtual=True) as system:
        drafter = await system.person(PartyKind.FUNDER, Role.FUNDER)
        market = Market(
            system=system,
            community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
            drafter=drafter,
            approver=await system.person(PartyKind.FUNDER, Role.FUNDER, party_id=drafter.party_id),
        )
        await market.open()
        bidders = [await market.bidder() for _ in range(3)]
        for i, bidder in enumerate(bidders):
            assert (await market.bid(bidder, 88_000_00 + i * 1000_00)).status == 201
        await market.close("opened")
        qualified = await market.qualify()
        for _ in range(3):
            evaluator = await system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
            assert (await market.score(qualified, evaluator, {str(b.party_id): "30" for b in bidders})).status == 201
        await market.must("scores/closing", {}, market.drafter)
        await market.reaches("ranked")
        ranking = (await market.get("/ranking")).json["ranking"]
        yield Awarded(market, {str(bidder.party_id): bidder for bidder in bidders}, ranking)


async def test_nothing_is_signed_while_an_objection_may_change_the_result(running: Running) -> None:
    async with ranked(running) as town:
        market = town.market
        assert await town.due(market.drafter) == {"choose_winner"}
        await town.confirm(0)
        assert await town.due(market.drafter) == {"announce_result"}
        await market.must("award/notice", {}, market.drafter)
        await market.system.settled()
        winner = town.bidder(0)
        assert (await town.due(winner), await town.due(market.drafter)) == ({"conclude"}, {"conclude"})
        shown = (await market.get("/award")).json["notice"]
        conclude = (await market.get("/timeline")).json["deadlines"][-1]

        raised = await town.object(1, evidence=[LETTER])
        await market.system.settled()
        refused = await town.sign(winner)
        path = f"objections/{raised.json['objection_id']}"
        owed = await town.due(market.drafter)
        await market.must(f"{path}/answers", {"upheld": False, "text": "经复核无误"}, market.drafter)
        await market.system.settled()
        signed = [await town.sign(by) for by in (winner, market.approver)]
        await market.system.settled()

        assert shown["objections"]["source"].startswith("示例:限额以下参照政府采购法第五十二条")
        assert (conclude["what"], conclude["until"], conclude["state"]) == (
            "conclude",
            shown["contract"]["until"],
            "open",
        )
        after = (await market.get("/timeline")).json["deadlines"]
        assert {one["state"] for one in after if one["what"] == "conclude"} == {"ended"}
        assert shown["last_day"] == str(day_of(BEGINNING) + timedelta(days=8))
        assert raised.status == 201
        assert (refused.status, refused.json["title"]) == (409, "signing_suspended")
        assert "第五十四条" in refused.json["rule"]["source"]
        assert owed == {"answer_objection", "assess_objection"}
        assert [reply.status for reply in signed] == [201, 201]
        assert (await town.due(winner), await town.due(market.drafter)) == (set(), set())
        assert (await market.get("/award")).json["signed"]


async def test_who_objected_is_told_to_nobody_but_the_buyer_and_itself(running: Running) -> None:
    async with ranked(running) as town:
        market = town.market
        await town.confirm(0)
        await market.must("award/notice", {}, market.drafter)
        objector = town.bidder(1)
        await town.object(1)

        seen = [(await market.get("/objections", by)).json["objections"][0] for by in (None, town.bidder(2))]
        [own] = (await market.get("/objections", objector)).json["objections"]
        [inside] = (await market.get("/objections", market.drafter)).json["objections"]
        told = await market.system.facts("tenders", "objection.raised", "signing.suspended")

        assert [(one["own"], one["objector_id"], one["suspends"]) for one in seen] == [(False, None, True)] * 2
        assert (own["own"], inside["objector_id"]) == (True, str(objector.party_id))
        assert len(told) == 2
        assert str(objector.party_id) not in str(told)


async def test_until_when_to_complain_to_the_finance_department_is_shown_with_its_article(running: Running) -> None:
    """The reply is due on Wednesday 18 March; of the fifteen working days after it Monday 6 April is Qingming's."""
    async with ranked(running) as town:
        market = town.market
        await town.confirm(0)
        await market.must("award/notice", {}, market.drafter)
        raised = (await town.object(1)).json
        answer = {"upheld": False, "text": "经复核无误"}
        await market.must(f"objections/{raised['objection_id']}/answers", answer, market.drafter)

        [shown] = (await market.get("/objections", town.bidder(1))).json["objections"]

        assert shown["answer_due"] == "2026-03-19T00:00:00+08:00"
        assert (shown["complaint"]["until"], shown["complaint"]["overdue"]) == ("2026-04-10T00:00:00+08:00", False)
        assert shown["complaint"]["source"].startswith("示例:限额以下参照政府采购法第五十五条")


async def test_a_stranger_and_whoever_is_late_cannot_object(running: Running) -> None:
    async with ranked(running) as town:
        market = town.market
        await town.confirm(0)
        await market.must("award/notice", {}, market.drafter)
        stranger = await market.bidder()
        body = {"objector_id": str(stranger.party_id), "item": "result", "ground": "scoring", "text": "评分有误"}

        theirs = await market.post("objections", body, stranger)
        await market.system.advance(timedelta(days=12))
        late = await town.object(1)

        assert (theirs.status, theirs.json["title"]) == (403, "objector_is_no_bidder")
        assert (late.status, late.json["title"]) == (409, "objection_after_its_time")
        assert "第五十二条" in late.json["rule"]["source"]
        assert (await market.get("/objections")).json["objections"] == []


async def test_when_the_winner_gives_up_the_next_signs_an_agreement_of_its_own(running: Running) -> None:
    async with ranked(running) as town:
        market, second = town.market, town.bidder(1)
        await town.confirm(0)
        first = (await market.get("/contract", market.drafter)).json["agreement"]["contract_id"]
        default = {"bid_id": town.ranking[0]["bid_id"], "ground": "gave_up", "reason": "来函放弃", "evidence": LETTER}
        await market.must("award/default", default, market.drafter)
        await market.system.settled()
        gone = await town.sign(market.approver)

        await town.confirm(1, reason="报价相近,服务不能中断")
        drafted = (await market.get("/contract", second)).json["agreement"]
        signed = [await town.sign(by) for by in (second, market.approver)]

        assert (gone.status, gone.json["title"]) == (409, "contract_is_over")
        assert drafted["contract_id"] != first
        assert drafted["provider_id"] == str(second.party_id)
        assert [reply.status for reply in signed] == [201, 201]
        assert len(await market.system.facts("contracts", "contract.withdrawn")) == 1


async def test_a_winner_that_signed_cannot_be_recorded_as_late(running: Running) -> None:
    async with ranked(running) as town:
        market = town.market
        await town.confirm(0)
        await market.must("award/notice", {}, market.drafter)
        await market.system.settled()
        assert (await town.sign(town.bidder(0))).status == 201
        await market.system.settled()
        await market.system.advance(timedelta(days=60))

        default = {"bid_id": town.ranking[0]["bid_id"], "ground": "not_signed", "reason": "期限已过"}
        refused = await market.post("award/default", default, market.drafter)

        assert (refused.status, refused.json["title"]) == (409, "winner_has_signed")


async def test_a_cancelled_tender_is_run_again_with_bids_of_its_own(running: Running) -> None:
    async with ranked(running) as town:
        market = town.market
        drafted = await market.must(
            "cancellations", {"ground": "no_longer_needed", "reason": "上级统一安排"}, market.drafter
        )
        path = f"cancellations/{drafted['draft_id']}/approval"
        own = await market.post(path, {}, market.drafter)
        await market.must(path, {}, market.approver)
        voided = (await market.get()).json
        await market.must("rerun", {"reason": "安排取消,需求未变"}, market.drafter)
        proposed = (await market.get()).json
        await _open_again(market)
        during = (await market.get()).json
        for bidder in town.bidders.values():
            assert (await market.bid(bidder, 77_000_00)).status == 201
        await market.close("opened")

        assert (own.status, own.json["title"]) == (403, "drafter_cannot_approve")
        assert voided["phase"] == "voided"
        assert voided["setback"].startswith("采购人依规定情形废标")
        assert (proposed["phase"], proposed["opened"], proposed["ranking"]) == ("proposed", [], [])
        assert (during["phase"], during["opened"]) == ("open", [])
        opened = (await market.get()).json["opened"]
        assert {bid["price"]["fen"] for bid in opened} == {77_000_00}
        assert len(opened) == 3
        assert (await market.get("/award")).json["run"] == 2


async def _open_again(market: Market) -> None:
    draft = a_draft().model_dump(mode="json", exclude={"project_id"})
    drafted = await market.must("drafts", draft, market.drafter)
    await market.must(f"drafts/{drafted['draft_id']}/approval", {}, market.approver)
    share = FundShare(account_id=FundAccountId(uuid4()), amount=CEILING)
    reserved = BudgetReserved(project_id=market.project, ceiling=CEILING, shares=(share,))
    await market.system.seen(await market.system.teller.tell(reserved, "funds"))
    await market.must("tender", {}, market.drafter)
