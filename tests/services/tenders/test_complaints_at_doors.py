"""Complaints over HTTP, PostgreSQL and Kafka: who sees what, what is suspended meanwhile, and two decisions at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from schemas.party import PartyKind
from schemas.role import Role
from tests.services.tenders.test_after_award_at_doors import Awarded, ranked
from tests.support.fixtures import Running
from tests.support.system import Person, Reply
from tests.support.waiting import eventually

SECRET = "答复没有说明人员分如何计算"


@dataclass(slots=True)
class Complained:
    """The second in rank objected to the result and was answered."""

    town: Awarded
    finance: Person
    elsewhere: Person
    auditor: Person
    objection: str
    complaint: str = ""

    @property
    def complainant(self) -> Person:
        return self.town.bidder(1)

    async def file(self, by: Person | None = None, **changes: Any) -> Reply:
        by = by or self.complainant
        body = {
            "objection_id": self.objection,
            "complainant_id": str(by.party_id),
            "respondent_id": str(self.town.market.drafter.party_id),
            "authority_id": str(self.finance.party_id),
            "facts": SECRET,
            "request": "重新评审",
        }
        reply = await self.town.market.post("complaints", body | changes, by)
        self.complaint = reply.json.get("complaint_id", self.complaint)
        return reply

    async def step(self, noun: str, by: Person, **body: Any) -> Reply:
        reply = await self.town.market.post(f"complaints/{self.complaint}/{noun}", body, by)
        await self.town.market.system.settled()
        return reply

    async def resumed(self) -> bool:
        """Its timer has rung."""
        return bool(await self.town.market.system.facts("tenders", "purchase.resumed"))

    async def seen(self, by: Person | None = None) -> dict[str, Any]:
        [shown] = (await self.town.market.get("/complaints", by)).json["complaints"]
        return dict(shown)


@asynccontextmanager
async def objected(running: Running) -> AsyncIterator[Complained]:
    async with ranked(running) as town:
        market, county = town.market, "320508"
        kind, role = PartyKind.PROCUREMENT_SUPERVISOR, Role.PROCUREMENT_SUPERVISOR
        await town.confirm(0)
        await market.must("award/notice", {}, market.drafter)
        raised = (await town.object(1)).json["objection_id"]
        answer = {"upheld": False, "text": "经复核无误"}
        await market.must(f"objections/{raised}/answers", answer, market.drafter)
        await market.system.settled()
        yield Complained(
            town=town,
            finance=await market.system.person(kind, role, division=county),
            elsewhere=await market.system.person(kind, role, division="320507"),
            auditor=await market.system.person(PartyKind.AUDITOR, Role.AUDITOR),
            objection=raised,
        )


async def test_everybody_sees_a_complaint_and_its_decision_and_only_whom_it_concerns_its_words(
    running: Running,
) -> None:
    async with objected(running) as story:
        town, buyer, winner, other = story.town, story.town.market.drafter, story.town.bidder(0), story.town.bidder(2)
        filed = await story.file()
        due = [await town.due(by) for by in (story.finance, story.elsewhere)]
        before = [(await story.seen(by))["words"] for by in (None, winner, other, story.elsewhere)]
        await story.step("acceptance", story.finance, others=[str(winner.party_id)])
        asked = [await town.due(by) for by in (buyer, winner, other)]
        await story.step("answers", buyer, text="评分依据见评分表")
        inside = [(await story.seen(by))["words"] for by in (story.complainant, buyer, winner, story.finance)]
        still = [(await story.seen(by))["words"] for by in (None, other, story.elsewhere)]
        await story.step("decision", story.finance, upheld=False, text="投诉缺乏事实依据")
        public = await story.seen()
        told = await town.market.system.facts("tenders", "complaint.filed", "complaint.accepted", "complaint.answered")

        assert filed.status == 201
        assert due == [{"review_complaint", "decide_complaint"}, set()]
        assert (before, still) == ([None] * 4, [None] * 3)
        assert [set(one) & {"answer_complaint"} for one in asked] == [{"answer_complaint"}, {"answer_complaint"}, set()]
        assert [one["facts"] for one in inside] == [SECRET] * 4
        assert [len(one["answers"]) for one in inside] == [0, 1, 0, 1]
        assert {one["complainant_id"] for one in inside} == {str(story.complainant.party_id)}
        assert (public["status"], public["decision"]["text"]) == ("decided", "投诉缺乏事实依据")
        assert public["decision_due"]["source"].startswith("示例:限额以下参照政府采购法第五十六条")
        assert (public["own"], (await story.seen(story.complainant))["own"]) == (False, True)
        assert (SECRET in str(public), SECRET in str(told)) == (False, False)
        assert str(story.complainant.party_id) not in str(told)


async def test_its_terms_stand_in_the_timeline(running: Running) -> None:
    async with objected(running) as story:
        await story.file()
        await story.step("acceptance", story.finance)

        deadlines = (await story.town.market.get("/timeline")).json["deadlines"]

        found = {one["what"]: one for one in deadlines if one["what"].endswith("_complaint")}
        assert set(found) == {"review_complaint", "answer_complaint", "decide_complaint"}
        assert found["review_complaint"]["state"] == "ended"
        assert found["decide_complaint"]["counting"]["count"] == 30
        assert found["decide_complaint"]["party_id"] == str(story.finance.party_id)


async def test_nothing_is_signed_while_the_purchase_is_suspended_and_its_timer_ends_that(running: Running) -> None:
    async with objected(running) as story:
        town, winner = story.town, story.town.bidder(0)
        await story.file()
        await story.step("acceptance", story.finance)
        await story.step("suspension", story.finance, days=10, reason="核对评分表")

        refused = await town.sign(winner)
        during = await story.seen()
        await town.market.system.advance(timedelta(days=11))
        await eventually(story.resumed, "the suspension to be over")
        await town.market.system.settled()
        signed = await town.sign(winner)

        assert (refused.status, refused.json["title"]) == (409, "signing_suspended")
        assert "第五十七条" in refused.json["rule"]["source"]
        assert (during["suspended"], during["suspension"]["reason"]) == (True, "核对评分表")
        assert signed.status == 201
        assert not (await story.seen())["suspended"]
        [resumed] = await town.market.system.facts("tenders", "purchase.resumed")
        assert resumed["data"]["sooner"] is False


async def test_a_decision_may_set_the_award_aside_and_its_agreement_is_withdrawn(running: Running) -> None:
    async with objected(running) as story:
        market = story.town.market
        await story.file()
        await story.step("acceptance", story.finance)

        decided = await story.step("decision", story.finance, upheld=True, remedy="next", text="评分错误")

        assert (decided.status, decided.json["phase"]) == (201, "ranked")
        [aside] = (await market.get("/award")).json["set_aside"]
        assert aside["code"] == "complaint_upheld"
        assert len(await market.system.facts("contracts", "contract.withdrawn")) == 1
        await story.town.confirm(1, reason="按排名顺序")
        assert (await market.get()).json["phase"] == "awarded"


async def test_the_wrong_ones_are_refused_and_of_two_decisions_at_once_one_counts(running: Running) -> None:
    async with objected(running) as story:
        buyer = story.town.market.drafter
        stranger = await story.file(story.town.bidder(2))
        elsewhere = await story.file(authority_id=str(story.elsewhere.party_id))
        filed, twice = await story.file(), await story.file()
        decision = {"upheld": False, "text": "投诉缺乏事实依据"}
        await story.step("acceptance", story.finance)
        by_buyer = await story.step("decision", buyer, **decision)
        by_other = await story.step("decision", story.elsewhere, **decision)
        long = await story.step("suspension", story.finance, days=31, reason="核对评分表")
        both = await asyncio.gather(*(story.step("decision", story.finance, **decision) for _ in range(2)))
        after = await story.step("withdrawal", story.complainant)

        told = [(one.status, one.json["title"]) for one in (stranger, elsewhere, twice, by_other, long, after)]
        assert filed.status == 201
        assert told == [
            (403, "complaint_without_objection"),
            (422, "complaint_at_wrong_venue"),
            (409, "already_complained"),
            (404, "not_found"),
            (422, "purchase_stay_too_long"),
            (409, "complaint_not_open"),
        ]
        assert by_buyer.status == 403
        assert sorted(one.status for one in both) == [201, 409]


async def test_unfounded_complaints_of_twelve_months_are_counted_for_the_finance_department(running: Running) -> None:
    async with objected(running) as story:
        market = story.town.market
        await story.file()
        await story.step("acceptance", story.finance)
        door = f"/complaints/{story.complaint}/unfounded"
        none_yet = await market.get(door, story.finance)
        await story.step("decision", story.finance, upheld=False, text="投诉缺乏事实依据")

        counted = [(await market.get(door, by)).json for by in (story.finance, story.auditor)]
        refused = [(await market.get(door, by)).status for by in (story.elsewhere, story.complainant, None)]
        unknown = await market.get(f"/complaints/{story.objection}/unfounded", story.finance)
        await market.system.advance(timedelta(days=366))
        later = await market.get(door, story.finance)

        assert (none_yet.json["count"], counted[0]["count"], later.json["count"]) == (0, 1, 0)
        assert counted[0] == counted[1]
        assert counted[0]["unfounded"][0]["complaint_id"] == story.complaint
        assert counted[0]["listed_from"] == 3
        assert "12 个月" in counted[0]["source"]
        assert refused == [404, 403, 401]
        assert (unknown.status, unknown.json["title"]) == (404, "no_such_complaint")
