"""Which rulebook a project begins under, and that it keeps it, through the public doors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from schemas.adoption import RulebookAdopted
from schemas.ids import FundAccountId, ProjectId
from schemas.layering import effective
from schemas.party import PartyKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Role
from schemas.tender import ScoringClosed
from services import matching, registry, tenders
from tests.services.kit.books import BELOW, a_document, a_rule, chain
from tests.services.matching.test_ranking import a_bid as a_scored_bid
from tests.services.registry.test_through_doors import begin
from tests.services.tenders.market import Market
from tests.services.tenders.stories import CEILING, a_draft
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, Person
from tests.support.waiting import eventually

TODAY = BEGINNING.date()
LOCAL = "320508/below-limit"


@dataclass(slots=True)
class Town:
    market: Market
    one: Person
    other: Person

    async def adopt(self, text: str) -> str:
        """Handed in by one, adopted by the other, heard by tenders."""
        system = self.market.system
        handed = await self.hand_in(text, self.one)
        assert handed.status == 201, handed.json
        body = {"registrar_id": str(self.other.party_id)}
        adopted = await system.post(f"/v1/rulebooks/{handed.json['hash']}/adoption", body, self.other)
        assert adopted.status == 201, adopted.json
        await system.settled()
        return str(handed.json["hash"])

    async def hand_in(self, text: str, by: Person) -> Any:
        body = {"registrar_id": str(by.party_id), "document": text}
        return await self.market.system.post("/v1/rulebooks", body, by)

    async def draft(self, **changes: Any) -> Any:
        body = a_draft().model_dump(mode="json", exclude={"project_id"}) | {"rulebook": LOCAL} | changes
        return await self.market.post("drafts", body, self.market.drafter)


@asynccontextmanager
async def a_town(running: Running) -> AsyncIterator[Town]:
    async with running(registry.SERVICE, tenders.SERVICE, virtual=True) as system:
        drafter = await system.person(PartyKind.FUNDER, Role.FUNDER)
        market = Market(
            system=system,
            community=await system.person(PartyKind.COMMUNITY, Role.COMMUNITY),
            drafter=drafter,
            approver=await system.person(PartyKind.FUNDER, Role.FUNDER, party_id=drafter.party_id),
        )
        await market.propose()
        one, other, *_ = await begin(system)
        yield Town(market, one, other)


def below_limit(days: int, version: str, day: object, **head: Any) -> str:
    rules = {"tender.bid_days_least": a_rule(days, f"本区通知 {version}(示例)")}
    return a_document(rules, **({"id": LOCAL, "parent": BELOW, "version": version, "effective_from": day} | head))


async def test_a_project_begins_under_what_its_county_adopted_and_a_refusal_quotes_the_local_rule(
    running: Running,
) -> None:
    async with a_town(running) as town:
        before = await town.draft()
        handed = await town.hand_in(below_limit(7, "2026.1", TODAY), town.one)
        waiting = await town.draft()
        body = {"registrar_id": str(town.one.party_id)}
        own = await town.market.system.post(f"/v1/rulebooks/{handed.json['hash']}/adoption", body, town.one)
        body = {"registrar_id": str(town.other.party_id)}
        adopted = await town.market.system.post(f"/v1/rulebooks/{handed.json['hash']}/adoption", body, town.other)
        await town.market.system.settled()

        short, right = await town.draft(bid_days=6), await town.draft(bid_days=7)

        assert [reply.json["title"] for reply in (before, waiting)] == ["unknown_rulebook"] * 2
        assert (own.status, own.json["title"]) == (403, "own_rulebook")
        assert (adopted.status, adopted.json["state"]) == (201, "adopted")
        assert (short.status, short.json["title"]) == (422, "bid_days_out_of_bounds")
        assert short.json["rule"]["source"] == "本区通知 2026.1(示例)"
        assert right.status == 201
        drafted = (await town.market.get("/draft", town.market.approver)).json
        assert drafted["rulebook"] == handed.json["hash"]
        (fact,) = await town.market.system.facts("registry", "rulebook.adopted")
        assert fact["key"] == "320508"


async def test_a_rulebook_that_changed_under_an_open_tender_does_not_affect_it(running: Running) -> None:
    """The new edition asks for five bids; the tender that was open goes on with the three it was opened with."""
    async with a_town(running) as town:
        market = town.market
        first = await town.adopt(below_limit(7, "2026.1", TODAY))
        drafted = (await town.draft()).json
        await market.must(f"drafts/{drafted['draft_id']}/approval", {}, market.approver)
        share = FundShare(account_id=FundAccountId(uuid4()), amount=CEILING)
        reserved = BudgetReserved(project_id=market.project, ceiling=CEILING, shares=(share,))
        await market.system.seen(await market.system.teller.tell(reserved, "funds"))
        await market.must("tender", {}, market.drafter)
        rules = {"tender.bids_least": a_rule(5), "tender.bid_days_least": a_rule(20)}
        later = a_document(rules, id=LOCAL, parent=BELOW, version="2026.2", effective_from=TODAY)
        second = await town.adopt(later)
        for price in (88_000_00, 95_000_00, 82_000_00):
            assert (await market.bid(await market.bidder(), price)).status == 201

        await market.close("opened")

        assert (await market.get("/draft", market.approver)).json["rulebook"] == first
        old = market.project
        market.project = ProjectId(uuid4())
        await market.propose()
        assert (await town.draft()).json["title"] == "bid_days_out_of_bounds"
        assert (await town.draft(bid_days=20)).status == 201
        assert (await market.get("/draft", market.approver)).json["rulebook"] == second
        market.project = old
        assert await market.phase() == "opened"


async def test_an_edition_is_in_force_from_its_day_on(running: Running) -> None:
    async with a_town(running) as town:
        tomorrow = (BEGINNING + timedelta(days=1)).date()
        await town.adopt(below_limit(7, "2026.1", tomorrow))

        early = await town.draft()
        await town.market.system.advance(timedelta(days=1))
        await town.adopt(below_limit(9, "2026.2", tomorrow + timedelta(days=1)))
        today = await town.draft(bid_days=7)
        await town.market.system.advance(timedelta(days=1))
        next_day = await town.draft(bid_days=7)

        assert early.json["title"] == "rulebook_not_in_force"
        assert today.status == 201
        assert next_day.json["title"] == "bid_days_out_of_bounds"


async def test_a_project_begins_under_no_rulebook_that_lacks_what_it_needs_or_is_of_another_place(
    running: Running,
) -> None:
    async with a_town(running) as town:
        elsewhere = chain(below_limit(3, "2026.1", TODAY, id="340111/below-limit"))
        hash = effective(elsewhere).hash
        persons = {"handed_in_by": uuid4(), "adopted_by": uuid4()}
        fact = RulebookAdopted(jurisdiction="340111", rulebook=hash, layers=elsewhere, **persons)
        await town.market.system.seen(await town.market.system.teller.tell(fact, "registry"))

        lacking = await town.draft(rulebook="national/charity-venture")
        away = await town.draft(rulebook="340111/below-limit")

        assert (lacking.status, lacking.json["title"]) == (422, "rulebook_lacks")
        assert "evaluation.factors" in lacking.json["detail"]
        assert (away.status, away.json["title"]) == (422, "rulebook_elsewhere")
        assert (await town.draft(rulebook="example/below-limit")).status == 201


async def test_a_fact_under_a_rulebook_not_heard_of_yet_waits_for_its_adoption(running: Running) -> None:
    """Adoption and project travel on two streams: whichever comes first, nothing is refused and nothing is lost."""
    layers = chain(below_limit(7, "2026.1", TODAY))
    async with running(matching.SERVICE, virtual=True) as system:
        bids = tuple(a_scored_bid(price) for price in (88_00, 82_00, 95_00))
        closed = ScoringClosed(
            project_id=ProjectId(uuid4()), price_points=Decimal(30), bids=bids, rulebook=effective(layers).hash
        )
        await system.teller.tell(closed, "tenders")

        async def waits() -> bool:
            rows = await system.fetch("SELECT reason, waits_stream FROM matching.parked_keys")
            return [tuple(row.values()) for row in rows] == [("waiting", "sanshe.rulebooks")]

        async def ranked() -> bool:
            return bool(await system.facts("matching"))

        await eventually(waits, "the project's key to wait")
        persons = {"handed_in_by": uuid4(), "adopted_by": uuid4()}
        fact = RulebookAdopted(jurisdiction="320508", rulebook=effective(layers).hash, layers=layers, **persons)
        await system.teller.tell(fact, "registry")
        await eventually(ranked, "matching to rank", 30)


async def test_rulebooks_are_public_with_words_source_and_certainty_for_each_value(running: Running) -> None:
    async with a_town(running) as town:
        get = town.market.system.get
        hash = await town.adopt(below_limit(7, "2026.1", TODAY))

        page = (await get("/v1/rulebooks")).json["rulebooks"]
        first = (await get("/v1/rulebooks?limit=5")).json
        rest = (await get(f"/v1/rulebooks?limit=100&cursor={first['next']}")).json
        whole, unknown = (await get(f"/v1/rulebooks/{hash}")).json, await get("/v1/rulebooks/nothing")

        assert first["rulebooks"] + rest["rulebooks"] == page
        states = {one["id"]: one["state"] for one in page}
        assert (states[LOCAL], states["national/purchased-service"]) == ("adopted", "shipped")
        rules = {rule["path"]: rule for rule in whole["rules"]}
        assert rules["tender.bid_days_least"]["value"] == 7
        assert rules["tender.bid_days_least"]["means_zh"] == "投标期最短(自然日)"
        assert rules["tender.bid_days_least"]["layer"] == f"{LOCAL}@2026.1"
        assert (rules["tender.award_order"]["certainty"], rules["tender.award_order"]["layer"]) == ("L", BELOW)
        assert whole["jurisdiction"] == "320508"
        assert unknown.status == 404


async def test_a_bad_document_is_refused_at_the_door_with_line_reason_and_rule_and_nothing_is_written(
    running: Running,
) -> None:
    async with a_town(running) as town:
        bad = a_document({"method.open_bidding.bid_days_least": a_rule(10)}, effective_from=TODAY)

        reply = await town.hand_in(bad, town.one)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "rulebook_wrong", "document")
        assert "第 8 行 method.open_bidding.bid_days_least" in reply.json["detail"]
        assert reply.json["rule"]["source"].startswith("政府采购法第三十五条")
        assert await town.market.system.fetch("SELECT FROM registry.handed_in_rulebooks") == []


async def test_two_officers_who_adopt_at_once_adopt_one_time(running: Running) -> None:
    async with a_town(running) as town:
        handed = (await town.hand_in(below_limit(7, "2026.1", TODAY), town.one)).json
        body = {"registrar_id": str(town.other.party_id)}
        door = f"/v1/rulebooks/{handed['hash']}/adoption"

        replies = await asyncio.gather(*(town.market.system.post(door, body, town.other) for _ in range(5)))

        assert sorted(reply.status for reply in replies) == [201, 409, 409, 409, 409]
        assert len(await town.market.system.facts("registry", "rulebook.adopted")) == 1
