"""Questions and amendments over HTTP, PostgreSQL and Kafka: askers stay unknown, deadlines move, bids stay."""

import asyncio
from datetime import timedelta
from functools import partial
from uuid import uuid4

import asyncpg
import pytest

from schemas.days import day_of
from schemas.party import PartyKind
from schemas.role import Role
from tests.services.tenders.clarifying import a_question, amend, an_amendment, other_terms
from tests.services.tenders.market import a_bid, a_market
from tests.services.tenders.test_secrecy import tenders_lines
from tests.services.tenders.test_through_doors import WAITING
from tests.support.fixtures import Running
from tests.support.secrecy import everything_stored, everything_told
from tests.support.system import BEGINNING
from tests.support.waiting import eventually

SO_LATE = timedelta(days=4)
"""of the seven: then fewer than three whole days are left"""


async def test_everybody_reads_questions_and_answers_and_only_the_asker_knows_whose_they_are(
    running: Running,
) -> None:
    async with a_market(running) as market:
        await market.open()
        asker, other = await market.bidder(), await market.bidder(PartyKind.SOCIAL_WORKER)
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        received = await market.must("questions", a_question(asker), asker)
        answer = {"text": "十一点半以前。", "changes_documents": False}
        path = f"questions/{received['question_id']}/answers"
        await market.must(path, answer, market.drafter)
        await market.system.settled()

        readers = (None, other, market.drafter, market.approver, market.community, auditor, asker)
        shown = [(await market.get("/questions", reader)).json for reader in readers]
        project = [(await market.get(way, market.drafter)).json for way in ("", "/amendments", "/draft")]
        told = tenders_lines(await everything_told(market.system))

        assert [one["questions"][0]["own"] for one in shown] == [False] * 6 + [True]
        assert {one["questions"][0]["reply"]["text"] for one in shown} == {"十一点半以前。"}
        assert (shown[0]["days"], shown[0]["certainty"]) == (3, "L")
        for who in (asker.party_id, asker.person_id):
            assert str(who) not in f"{shown} {project}"
            assert not any(str(who) in line for line in told)
        assert any("question.asked" in line for line in told)
        assert str(asker.party_id) in await everything_stored(market.system)  # the dump does see what is there


async def test_a_question_stands_in_the_buyers_list_until_it_is_answered_also_late(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        asker = await market.bidder()
        received = await market.must("questions", a_question(asker), asker)

        [due] = (await market.system.get("/v1/me/due", market.approver)).json["due"]
        theirs = (await market.system.get("/v1/me/due", asker)).json["due"]
        await market.system.advance(SO_LATE)
        [late] = (await market.system.get("/v1/me/due", market.approver)).json["due"]
        [shown] = (await market.get("/questions")).json["questions"]
        answer = {"text": "十一点半以前。", "changes_documents": False}
        await market.must(f"questions/{received['question_id']}/answers", answer, market.approver)
        after = (await market.system.get("/v1/me/due", market.approver)).json["due"]

        assert (due["duty"], due["certainty"], due["overdue"]) == ("answer_question", "L", False)
        assert due["source"].startswith("政府采购法实施条例 第五十二条")
        assert due["on"] == str(day_of(BEGINNING) + timedelta(days=3))
        assert (theirs, late["overdue"], shown["overdue"], after) == ([], True, True, [])


async def test_a_late_amendment_moves_the_deadline_and_bids_stay_or_are_replaced_or_withdrawn(
    running: Running,
) -> None:
    async with a_market(running) as market:
        await market.open()
        stays, replaces, leaves, comes = [await market.bidder() for _ in range(4)]
        sealed = {b: (await market.bid(b, 90_000_00)).json["bid_id"] for b in (stays, replaces, leaves)}
        before = (await market.get()).json["closes_at"]
        await market.system.advance(SO_LATE)

        listed = await amend(market)
        own = [(await market.system.get("/v1/bids", b)).json["bids"] for b in (stays, replaces)]
        await market.system.advance(timedelta(days=3))  # the deadline that was
        late_but_in_time = [
            await market.post("bids", a_bid(replaces, 80_000_00, replaces=sealed[replaces]), replaces),
            await market.post(f"bids/{sealed[leaves]}/withdrawal", {}, leaves),
            await market.bid(comes, 95_000_00),
        ]
        anew = (await market.system.get("/v1/bids", replaces)).json["bids"]

        [one] = listed["amendments"]
        assert (one["number"], one["closed_at_before"]) == (1, before)
        assert one["closes_at"] > before
        assert (listed["lead_days"], listed["certainty"], listed["draft"]) == (3, "?", None)
        assert "3 日前" in listed["source"]
        assert listed["terms"]["requirements"] == other_terms().requirements
        assert [bids[0]["documents_changed_since"] for bids in own] == [one["amended_at"]] * 2
        assert [reply.status for reply in late_but_in_time] == [201] * 3
        assert [b["documents_changed_since"] for b in anew if not b["withdrawn"]] == [None]
        await market.system.settled()
        assert (await market.phase(), (await market.get()).json["closes_at"]) == ("open", one["closes_at"])
        await market.close("opened")
        opened = (await market.get()).json
        assert opened["bids"] == 3
        assert {bid["bidder_id"] for bid in opened["opened"]} == {str(b.party_id) for b in (stays, replaces, comes)}
        assert opened["terms"]["price_points"] == "20"


async def test_an_amendment_that_waits_for_approval_is_the_buyers_and_auditors_business(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        await market.must("amendments", an_amendment(), market.drafter)

        for reader in (market.approver, auditor):
            draft = (await market.get("/amendments", reader)).json["draft"]
            assert draft["drafted_by"] == str(market.drafter.person_id)
        for outside in (None, await market.bidder()):
            found = (await market.get("/amendments", outside)).json
            assert (found["draft"], found["amendments"]) == (None, [])
            assert "十一点半" not in str(found)
        assert await market.system.facts("tenders", "tender.amended") == []


async def test_of_two_approvals_at_the_same_moment_one_amends(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        third = await market.system.person(PartyKind.FUNDER, Role.FUNDER, party_id=market.drafter.party_id)
        drafted = await market.must("amendments", an_amendment(), market.drafter)
        path = f"amendments/{drafted['draft_id']}/approval"

        replies = await asyncio.gather(*(market.post(path, {}, by) for by in (market.approver, third)))

        assert sorted(reply.status for reply in replies) == [201, 409]
        (no,) = (reply for reply in replies if reply.status == 409)
        assert no.json["title"] == "amendment_replaced"
        [told] = await market.system.facts("tenders", "tender.amended")
        assert told["data"]["number"] == 1


async def test_an_amendment_that_waited_for_the_lock_past_the_deadline_is_late(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        for _ in range(3):
            await market.bid(await market.bidder(), 90_000_00)
        drafted = await market.must("amendments", an_amendment(), market.drafter)
        blocker = await asyncpg.connect(market.system.dsn)
        async with blocker.transaction():
            await blocker.execute("SELECT FROM tenders.projects WHERE id = $1 FOR UPDATE", market.project)
            approval = market.post(f"amendments/{drafted['draft_id']}/approval", {}, market.approver)
            waiting = asyncio.create_task(approval)
            await eventually(partial(market.system.fetch, WAITING), "the approval to wait for the lock")
            await market.system.advance(timedelta(days=7))
        await blocker.close()

        reply = await waiting

        assert (reply.status, reply.json["title"]) == (409, "clarification_after_deadline")
        await market.reaches("opened")
        assert (await market.get()).json["terms"]["price_points"] == "30"
        assert (await market.post("amendments", an_amendment(), market.drafter)).status == 409


@pytest.mark.parametrize("field", ["ceiling", "rulebook", "shares"])
async def test_what_cannot_be_amended_is_refused_by_its_name(running: Running, field: str) -> None:
    async with a_market(running) as market:
        await market.open()

        reply = await market.post("amendments", an_amendment(**{field: {"fen": 1}}), market.drafter)

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "invalid_field", field)


async def test_bad_questions_and_answers_are_refused_and_write_nothing(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        asker, other = await market.bidder(), await market.bidder()
        stranger = await market.system.person(PartyKind.FUNDER, Role.FUNDER)
        received = await market.must("questions", a_question(asker), asker)
        path = f"questions/{received['question_id']}/answers"
        answer = {"text": "十一点半以前。", "changes_documents": False}

        bad = [
            await market.post("questions", a_question(asker, "问" * 1001), asker),
            await market.post("questions", a_question(asker, ""), asker),
            await market.post("questions", a_question(asker, "请致电 13812345678"), asker),
            await market.post("questions", a_question(asker), other),
            await market.post("questions", a_question(asker, "问" * 100_000), asker),
            await market.post(f"questions/{uuid4()}/answers", answer, market.drafter),
            await market.post(path, answer, stranger),
            await market.post(path, answer | {"changes_documents": True}, market.drafter),
            await market.post(path, answer | {"text": "答" * 2001}, market.drafter),
            await market.post("amendments", an_amendment(), stranger),
            await market.post("amendments", {"reason": "…"}, market.drafter),
            await market.post("amendments", an_amendment(closes_at="2026-03-05T04:00:00Z"), market.drafter),
        ]

        assert [(reply.status, reply.json["title"]) for reply in bad] == [
            (422, "invalid_field"),
            (422, "invalid_field"),
            (422, "personal_data"),
            (403, "not_your_party"),
            (413, "body_too_large"),
            (404, "no_such_question"),
            (403, "not_your_party"),
            (409, "answer_needs_amendment"),
            (422, "invalid_field"),
            (403, "not_your_party"),
            (422, "amendment_changes_nothing"),
            (422, "deadline_not_later"),
        ]
        assert len((await market.get("/questions")).json["questions"]) == 1
        assert await market.system.facts("tenders", "tender.amended", "question.answered") == []


async def test_a_project_without_an_open_tender_has_no_questions(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()

        questions, amendments = (await market.get("/questions")).json, (await market.get("/amendments")).json

        assert questions == {"questions": [], "days": None, "source": None, "certainty": None}
        assert (amendments["amendments"], amendments["terms"], amendments["lead_days"]) == ([], None, None)
        assert (await market.system.get(f"/v1/projects/{uuid4()}/questions")).status == 404
