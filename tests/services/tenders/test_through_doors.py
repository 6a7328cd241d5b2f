"""From proposal to award over HTTP, PostgreSQL and Kafka, with matching in its own consumer."""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import uuid4

import asyncpg

from schemas.party import PartyKind, PartySuspended, TieDeclared, TieKind
from schemas.role import Role
from services import tenders
from services.kit.service import Post
from tests.services.tenders.market import a_bid, a_market
from tests.services.tenders.stories import a_draft
from tests.support.fixtures import Running
from tests.support.waiting import eventually

WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_shares_that_make_99_99_percent_are_refused_and_the_field_is_named(running: Running) -> None:
    """Three times a third is no whole: 33.33 + 33.33 + 33.33."""
    async with a_market(running) as market:
        await market.propose()
        draft = a_draft().model_dump(mode="json", exclude={"project_id"})
        for tranche in draft["terms"]["tranche_plan"]["tranches"]:
            tranche["share_percent"] = "33.33"

        reply = await market.post("drafts", draft, market.drafter)

        assert (reply.status, reply.json["title"]) == (422, "invalid_field")
        assert reply.json["field"] == "terms.tranche_plan"
        assert "100%" in reply.json["detail"]
        assert await market.phase() == "proposed"
        draft["terms"]["tranche_plan"]["tranches"][0]["share_percent"] = "33.34"
        assert (await market.post("drafts", draft, market.drafter)).status == 201


async def test_a_project_travels_from_proposal_to_award(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        red, green, blue = [await market.bidder() for _ in range(3)]
        worker = await market.bidder(PartyKind.SOCIAL_WORKER)
        near = (await market.get("/recommendations", market.drafter)).json["providers"]
        draft = (await market.get("/draft", market.approver)).json
        for bidder, price in ((red, 88_000_00), (green, 95_000_00), (worker, 82_000_00), (blue, 120_000_01)):
            assert (await market.bid(bidder, price)).status == 201

        await market.close("opened")
        qualified = await market.qualify()
        plans = {str(red.party_id): "40", str(green.party_id): "30", str(worker.party_id): "25"}
        for _ in range(3):
            evaluator = await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
            assert (await market.score(qualified, evaluator, plans)).status == 201
        await market.must("scores/closing", {}, market.drafter)
        await market.reaches("ranked")
        ranking = (await market.get("/ranking")).json
        first = ranking["ranking"][0]
        other = await market.post("award", {"bid_id": ranking["ranking"][1]["bid_id"]}, market.approver)
        award = await market.must("award", {"bid_id": first["bid_id"]}, market.approver)

        assert (draft["drafted_by"], draft["bid_days"]) == (str(market.drafter.person_id), 7)
        assert len(near) == 4
        assert "同一社区" in near[0]["reason"]
        assert len(qualified) == 3
        assert first["bidder_id"] == str(red.party_id)
        assert first["arithmetic"] == (
            "价格分 82,000.00 元 ÷ 88,000.00 元 × 30 = 27.95;"
            "质量分 (60.00 + 60.00 + 60.00) ÷ 3 = 60.00;总分 27.95 + 60.00 = 87.95"
        )
        assert (other.status, other.json["rule"]["certainty"]) == (409, "L")
        assert "按排名顺序" in other.json["detail"]
        assert award["phase"] == "awarded"
        assert [fact["type"] for fact in await market.system.facts("tenders")] == [
            "project.proposed",
            "project.approved",
            "tender.opened",
            *["bid.sealed"] * 4,
            "tender.closed",
            "bids.opened",
            "bids.qualified",
            *["scores.entered"] * 3,
            "scoring.closed",
            "award.confirmed",
        ]
        assert [fact["type"] for fact in await market.system.facts("matching")] == ["bids.ranked", "award.proposed"]


async def test_two_bids_void_the_tender_and_the_public_learns_why(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        for price in (88_00, 95_00):
            await market.bid(await market.bidder(), price)

        await market.close("voided")

        shown = (await market.get()).json
        assert (shown["bids"], shown["opened"]) == (2, [])
        assert "标书不足规定数量" in shown["setback"]
        assert await market.system.facts("tenders", "bids.opened") == []
        assert (await market.get("/recommendations", market.drafter)).status == 404


async def test_before_opening_only_a_bidder_sees_its_own_bid(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder, other = await market.bidder(), await market.bidder()
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        sealed = (await market.bid(bidder, 88_00)).json

        own = await market.system.get("/v1/bids", bidder)
        not_own = await market.system.get("/v1/bids", other)
        public, watched = await market.get(), await market.get("", auditor)
        bidders = await market.get("/bidders", market.drafter)

        assert [(bid["bid_id"], bid["digest"]) for bid in own.json["bids"]] == [(sealed["bid_id"], sealed["digest"])]
        assert not_own.json["bids"] == []
        assert bidders.json == {"bidders": []}
        for shown in (public, watched):
            assert (shown.json["bids"], shown.json["opened"]) == (None, [])
            assert shown.headers["ETag"] == (await market.get()).headers["ETag"]


async def test_a_bid_is_handed_in_once_and_a_retry_after_the_deadline_gets_the_same_receipt(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder, late = await market.bidder(), await market.bidder()
        receipt = await market.bid(bidder, 88_00, Idempotency_Key="one")
        second = await market.bid(bidder, 77_00)
        replaced = await market.post("bids", a_bid(bidder, 77_00, replaces=receipt.json["bid_id"]), bidder)
        theirs = await market.post("bids", a_bid(late, 77_00, replaces=replaced.json["bid_id"]), late)
        gone = await market.post(f"bids/{replaced.json['bid_id']}/withdrawal", {}, bidder)

        await market.close("voided")
        again = await market.bid(bidder, 88_00, Idempotency_Key="one")
        refused = await market.bid(late, 66_00)

        assert (second.status, second.json["title"]) == (409, "already_bid")
        assert (replaced.status, gone.status) == (201, 201)
        assert (theirs.status, theirs.json["title"]) == (403, "bid_of_another")
        assert (again.status, again.json) == (201, receipt.json)
        assert (refused.status, refused.json["title"]) == (409, "bid_after_deadline")
        assert "第三十三条" in refused.json["rule"]["source"]


async def test_a_bid_that_waited_for_the_lock_past_the_deadline_is_late(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        bidder = await market.bidder()
        blocker = await asyncpg.connect(market.system.dsn)
        async with blocker.transaction():
            await blocker.execute("SELECT FROM tenders.projects WHERE id = $1 FOR UPDATE", market.project)
            waiting = asyncio.create_task(market.bid(bidder, 88_00))
            waits = partial(market.system.fetch, WAITING)
            await eventually(waits, "the bid to wait for the lock")
            await market.system.advance(timedelta(days=7))
        await blocker.close()

        reply = await waiting

        assert (reply.status, reply.json["title"]) == (409, "bid_after_deadline")


async def test_standing_is_checked_when_bidding_and_ties_when_scoring(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        system = market.system
        bidders = [await market.bidder() for _ in range(3)]
        for bidder in bidders:
            await market.bid(bidder, 88_000_00)
        suspended = await market.bidder()
        unverified = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER, verified=False)
        await system.seen(await system.teller.tell(PartySuspended(party_id=suspended.party_id, reason="…"), "registry"))
        assert (await market.bid(suspended, 1_00)).json["title"] == "party_suspended"
        assert (await market.bid(unverified, 1_00)).json["title"] == "party_not_verified"

        await market.close("opened")
        qualified = await market.qualify()
        evaluator = await system.person(PartyKind.EVALUATOR, Role.EVALUATOR)
        tie = TieDeclared(party_id=evaluator.party_id, tied_to=bidders[1].party_id, kind=TieKind.BOARD)
        await system.seen(await system.teller.tell(tie, "registry"))
        plans = {str(bidder.party_id): "30" for bidder in bidders}

        reply = await market.score(qualified, evaluator, plans)

        assert (reply.status, reply.json["title"]) == (403, "evaluator_tied")
        assert reply.json["rule"] == {"source": "政府采购法实施条例 第九条", "certainty": "L"}


async def test_every_door_is_closed_to_every_other_role(running: Running) -> None:
    async with a_market(running) as market:
        kinds = {
            Role.COMMUNITY: PartyKind.COMMUNITY,
            Role.FUNDER: PartyKind.FUNDER,
            Role.FINANCE: PartyKind.FUNDER,
            Role.PROVIDER: PartyKind.ORGANIZATION,
            Role.EVALUATOR: PartyKind.EVALUATOR,
            Role.REGISTRAR: PartyKind.REGISTRAR,
            Role.AUDITOR: PartyKind.AUDITOR,
            Role.OPERATOR: PartyKind.OPERATOR,
            Role.PROCUREMENT_SUPERVISOR: PartyKind.PROCUREMENT_SUPERVISOR,
        }
        people = {role: await market.system.person(kind, role) for role, kind in kinds.items()}
        doors = [route for route in tenders.SERVICE.routes if route.roles]
        for door in doors:
            names = ("project_id", "draft_id", "bid_id", "community_id", "question_id")
            more = (
                "round_id",
                "application_id",
                "pair_id",
                "objection_id",
                "cancellation_id",
                "party_id",
                "complaint_id",
            )
            ids = dict.fromkeys((*names, *more), uuid4())
            path = door.path.format(**ids)
            for role, person in [*people.items(), (None, None)]:
                if role in door.roles:
                    continue
                call = (
                    market.system.post(path, {}, person) if isinstance(door, Post) else market.system.get(path, person)
                )
                reply = await call
                expected = (401, "unauthenticated") if role is None else (403, "wrong_role")
                assert (reply.status, reply.json["title"]) == expected, (door.path, role)


async def test_another_funder_of_the_right_role_is_refused_at_every_step(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        stranger = await market.system.person(PartyKind.FUNDER, Role.FUNDER)
        judgement = {"bid_id": str(uuid4()), "bidder_id": str(uuid4()), "qualified": True, "reason": "…"}
        bodies = {
            "declination": {"reason": "…"},
            f"drafts/{uuid4()}/approval": {},
            "tender": {},
            "qualification": {"judgements": [judgement]},
            "scores/closing": {},
            "award": {"bid_id": str(uuid4())},
        }

        for noun, body in bodies.items():
            reply = await market.post(noun, body, stranger)
            assert (reply.status, reply.json["title"]) == (403, "not_your_party"), noun
        for noun in ("/draft", "/bidders", "/recommendations"):
            assert (await market.get(noun, stranger)).status == 403


async def test_a_need_heard_twice_is_one_project_and_lists_find_it(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()
        await market.propose()

        mine = await market.system.get(f"/v1/projects?phase=proposed&funder={market.drafter.party_id}&limit=1")
        none = await market.system.get(f"/v1/projects?community={uuid4()}")
        wrong = await market.system.get("/v1/projects?phase=elsewhere")

        assert [project["project_id"] for project in mine.json["projects"]] == [str(market.project)]
        assert mine.json["next"] == str(market.project)
        assert none.json == {"projects": [], "next": None}
        assert (wrong.status, wrong.json["field"]) == (422, "phase")
        assert len(await market.system.facts("tenders", "project.proposed")) == 1
