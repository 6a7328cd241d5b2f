"""The timeline of a tender: each deadline with its rule and its counting, from the list of what is due."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from pydantic import TypeAdapter

from schemas.obligation import Duty, Obligation
from schemas.party import PartyKind
from schemas.role import Role
from services.kit import obligations
from services.tenders.rules.timeline import Counting, TermUnit, counting_of
from tests.services.tenders.clarifying import a_question, amend
from tests.services.tenders.market import Market, a_market
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, Person

pytestmark = pytest.mark.timeout(120)


async def timeline(market: Market, by: Person | None = None) -> list[dict[str, Any]]:
    reply = await market.get("/timeline", by)
    assert (reply.status, reply.json["more"]) == (200, False)
    return list(reply.json["deadlines"])


async def test_each_deadline_is_listed_in_order_as_the_list_of_what_is_due_has_it(running: Running) -> None:
    async with a_market(running) as market:
        await market.propose()
        assert await timeline(market) == []
    async with a_market(running) as market:
        await market.open()
        asker = await market.bidder()
        asked = await market.must("questions", a_question(asker), asker)

        question, bids = await timeline(market)

        (due,) = (await market.system.get("/v1/me/due", market.drafter)).json["due"]
        assert {name: question[name] for name in ("zh", "en", "on", "until", "source", "certainty")} == {
            name: due[name] for name in ("zh", "en", "on", "until", "source", "certainty")
        }
        assert (question["what"], question["party_id"]) == ("answer_question", str(market.drafter.party_id))
        assert question["until"] == asked["answer_due"]
        assert (question["state"], question["state_zh"], question["ended_at"]) == ("open", "未到期", None)
        assert question["counting"] == {
            "count": 3,
            "unit": "working_days",
            "counted": ["2026-03-03", "2026-03-04", "2026-03-05"],
            "skipped": [],
        }
        assert question["counting_zh"] == "3 个工作日,首日不计"
        assert question["counting_en"] == "3 working days, the first not counted"
        assert bids["until"] == (await market.get()).json["closes_at"]
        assert (bids["what"], bids["zh"], bids["en"]) == ("bids_close", "投标截止", "bids are handed in")
        assert "第三十三条" in bids["source"]
        assert (bids["state"], bids["party_id"], bids["counting"]) == ("open", None, None)


async def test_what_was_done_stays_with_when_it_was_and_what_is_late_says_so(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        asker = await market.bidder()
        first = await market.must("questions", a_question(asker), asker)
        await market.must("questions", a_question(asker, "须自备餐具吗?"), asker)
        answer = {"text": "十一点半以前。", "changes_documents": False}
        await market.must(f"questions/{first['question_id']}/answers", answer, market.drafter)
        answered, waiting, _ = await timeline(market)
        assert {one["state"] for one in (answered, waiting)} == {"open", "ended"}
        done = answered if answered["state"] == "ended" else waiting
        replied = (await market.get("/questions")).json["questions"][0]["reply"]["answered_at"]
        assert (done["ended_at"], done["late"], done["state_en"]) == (replied, False, "done, or no longer owed")

        await market.system.advance(timedelta(days=4))
        states = [(one["state"], one["late"]) for one in await timeline(market)]
        assert sorted(states[:2]) == [("ended", False), ("overdue", True)]
        assert states[2] == ("open", False)
        amended = (await amend(market))["amendments"][-1]
        assert (await timeline(market))[-1]["until"] == amended["closes_at"] > amended["closed_at_before"]

        await market.system.advance(timedelta(days=20))
        await market.reaches("voided")
        closed = await timeline(market)
        assert [one["state"] for one in closed] == ["ended"] * 3
        assert sorted(one["late"] for one in closed[:2]) == [False, True]
        assert (closed[-1]["what"], closed[-1]["late"]) == ("bids_close", False)
        assert closed[-1]["ended_at"] == closed[-1]["until"]


async def test_what_bidders_and_experts_owe_is_told_to_them_alone(running: Running) -> None:
    """Before the opening a deadline of a bidder would tell that it bids."""
    async with a_market(running) as market:
        await market.open()
        bidder, other = await market.bidder(), await market.bidder()
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        until = datetime.fromisoformat((await market.get()).json["closes_at"])
        for name, role in (("a", Role.PROVIDER), ("b", None)):
            owed = Obligation(
                duty=Duty.RECTIFY,
                name=name,
                party_id=bidder.party_id,
                role=role,
                until=until,
                project_id=market.project,
            )
            await market.system.fetch(
                """
                INSERT INTO tenders.obligations (kind, id, name, party_id, role, due_at, obligation)
                VALUES ('Bid', $1, $2, $3, $4, $5, $6)
                """,
                *(uuid4(), name, bidder.party_id, role, until),
                TypeAdapter(Obligation).dump_json(owed).decode(),
            )

        own, seen = (
            await timeline(market, bidder),
            [await timeline(market, by) for by in (None, other, market.drafter, auditor)],
        )

        assert [one["what"] for one in own] == ["bids_close", "rectify", "rectify"]
        assert all([one["what"] for one in each] == ["bids_close"] for each in seen)


async def test_what_is_put_off_has_not_ended_and_what_ended_twice_says_when_last(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        owner = ("Project", uuid4())
        first = Obligation(
            duty=Duty.RECTIFY,
            name="one",
            party_id=market.drafter.party_id,
            role=Role.FUNDER,
            until=BEGINNING + timedelta(days=3),
            project_id=market.project,
        )
        later = replace(first, until=BEGINNING + timedelta(days=5))
        connection = await asyncpg.connect(market.system.dsn)
        await connection.execute("SET search_path TO tenders")
        for hour, owed in enumerate(
            [(first,), (later,), (later, replace(first, name="two")), (first,), (), (first,), ()]
        ):
            await obligations.sync(connection, {owner: owed}, BEGINNING + timedelta(hours=hour))
        await connection.close()

        ended = [(one["until"], one["ended_at"]) for one in await timeline(market) if one["what"] == "rectify"]

        at = [BEGINNING + timedelta(hours=hour) for hour in (3, 6)]
        assert [datetime.fromisoformat(moment) for _, moment in ended] == [at[1], at[0]]
        assert [datetime.fromisoformat(until) for until, _ in ended] == [first.until, first.until]


@pytest.mark.parametrize(
    ("path", "value", "last", "expected"),
    [
        (
            "deadline.objection_reply",
            {"days": 2, "unit": "wd", "from": "objection received"},
            date(2026, 2, 25),
            Counting(
                count=2,
                unit=TermUnit.WORKING_DAYS,
                counted=(date(2026, 2, 24), date(2026, 2, 25)),
                skipped=(),
            ),
        ),
        (
            "tender.answer_workdays",
            3,
            date(2026, 3, 9),
            Counting(
                count=3,
                unit=TermUnit.WORKING_DAYS,
                counted=(date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)),
                skipped=(date(2026, 3, 7), date(2026, 3, 8)),
            ),
        ),
        (
            "deadline.contract",
            {"days": 30, "unit": "d", "from": "notice of award issued"},
            date(2026, 4, 1),
            Counting(count=30, unit=TermUnit.DAYS, counted=(), skipped=()),
        ),
        (
            "tender.explain_minutes",
            30,
            date(2026, 3, 9),
            Counting(count=30, unit=TermUnit.MINUTES, counted=(), skipped=()),
        ),
        ("tender.award_order", "in rank order", date(2026, 3, 9), None),
        ("tender.bids_least", 3, date(2026, 3, 9), None),
    ],
)
def test_the_counting_is_read_from_the_rule(path: str, value: Any, last: date, expected: Counting | None) -> None:
    assert counting_of(path, value, last) == expected


def test_a_year_nobody_published_is_counted_by_mondays_to_fridays() -> None:
    counting = counting_of("tender.answer_workdays", 2, date(2099, 1, 5))

    assert counting is not None
    assert counting.counted == (date(2099, 1, 2), date(2099, 1, 5))
    assert counting.skipped == (date(2099, 1, 3), date(2099, 1, 4))
