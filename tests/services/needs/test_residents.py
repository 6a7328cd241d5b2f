"""The register of residents, and tokens issued against it: over HTTP, PostgreSQL and Kafka."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from schemas.ids import BallotId
from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from services.kit.rulebooks import shipped
from services.needs.rules.residents.issuing import IssueWithKey, issue, issue_refs, living_fault
from services.needs.rules.residents.person import age_on
from services.needs.rules.residents.register import Resident
from tests.services.needs.stories import STAFF, Asked
from tests.services.needs.test_through_doors import a_ballot, a_need, closed, some_needs
from tests.support.fixtures import Running
from tests.support.pure import refused
from tests.support.secrecy import MARKER, everything_stored, everything_told, shows
from tests.support.system import Person, Reply, System

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def a_number(n: int, born_on: date) -> str:
    """Of a made-up identity card: a region that never was, the date, a running number, the check."""
    head = f"320508{born_on:%Y%m%d}{n % 1000:03}"
    return head + "10X98765432"[sum(int(d) * w for d, w in zip(head, WEIGHTS, strict=True)) % 11]


def a_resident(n: int = 1, **changes: Any) -> dict[str, Any]:
    born_on = date(1960 + n // 1000, 1, 2)
    return {
        "name": f"居民{MARKER}",
        "document": "identity_card",
        "number": a_number(n, born_on),
        "born_on": born_on.isoformat(),
        "ground": "registered",
        "since": "2000-01-01",
    } | changes


@dataclass(frozen=True, slots=True)
class Counter:
    """The community's two clerks, a funder, and a ballot by roll over two needs."""

    system: System
    first: Person
    second: Person
    funder: Person
    needs: list[str]
    ballot: str

    @property
    def door(self) -> str:
        return f"/v1/communities/{self.first.party_id}/residents"

    async def register(self, *residents: dict[str, Any], by: Person | None = None) -> Reply:
        return await self.system.post(self.door, {"residents": residents}, by or self.first)

    async def confirmed(self, *residents: dict[str, Any]) -> list[str]:
        ids: list[str] = (await self.register(*residents)).json["residents"]
        for id in ids:
            reply = await self.system.post(f"{self.door}/{id}/confirmation", {}, self.second)
            assert reply.status == 201, reply.json
        return ids

    async def issue(self, *ids: str, ballot: str | None = None, by: Person | None = None) -> Reply:
        path = f"/v1/ballots/{ballot or self.ballot}/tokens"
        return await self.system.post(path, {"residents": ids}, by or self.first)

    async def tokens(self, ballot: str | None = None) -> dict[str, str]:
        page = await self.system.get(f"/v1/ballots/{ballot or self.ballot}/tokens", self.first)
        assert page.status == 200, page.json
        return {one["resident_id"]: one["token"] for one in page.json["tokens"]}

    async def vote(self, token: str, need: str) -> Reply:
        vote = {"token": sha256(token.encode()).hexdigest(), "choices": [need]}
        return await self.system.post(f"/v1/ballots/{self.ballot}/votes", {"votes": [vote]}, self.first)

    async def reissue(self, id: str) -> Reply:
        path = f"/v1/ballots/{self.ballot}/tokens/reissue"
        return await self.system.post(path, {"resident_id": id}, self.first)

    async def erase(self, id: str) -> Reply:
        return await self.system.post(f"{self.door}/{id}/erasure", {}, self.first)

    async def listed(self) -> dict[str, int]:
        found: dict[str, int] = (await self.system.get(f"/v1/ballots/{self.ballot}")).json["listed"]
        return found


@pytest.fixture
async def counter(running: Running) -> AsyncIterator[Counter]:
    async with running(needs.SERVICE, virtual=True) as system:
        first = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        second = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=first.party_id)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, first, 2)
        ballot = (await a_ballot(system, first, funder, ids, by_roll=True)).json
        yield Counter(system, first, second, funder, ids, ballot["id"])


async def another_ballot(of: Counter) -> str:
    reply = await of.system.post(f"/v1/communities/{of.first.party_id}/needs", a_need(), of.first)
    ballot = await a_ballot(of.system, of.first, of.funder, [reply.json["id"]], by_roll=True)
    assert ballot.status == 201, ballot.json
    return str(ballot.json["id"])


async def test_the_same_person_is_not_entered_twice_not_even_by_two_clerks_at_once(counter: Counter) -> None:
    both = await asyncio.gather(*(counter.register(a_resident(), by=by) for by in (counter.first, counter.second)))
    again = await counter.register(a_resident(2), a_resident(1, name="另一个写法"))
    twice = await counter.register(a_resident(3), a_resident(3))

    assert sorted(reply.status for reply in both) == [201, 409]
    (id,) = next(reply.json["residents"] for reply in both if reply.status == 201)
    assert (again.status, again.json["title"], again.json["field"]) == (409, "resident_known", "residents.1.number")
    assert id in again.json["detail"]
    assert (twice.status, twice.json["title"]) == (422, "resident_twice")
    assert len(await counter.system.fetch("SELECT FROM needs.residents")) == 1


async def test_a_number_that_no_card_has_is_refused_and_not_repeated(counter: Counter) -> None:
    good = a_resident()
    wrong = good["number"][:-1] + ("1" if good["number"][-1] != "1" else "2")

    replies = [
        await counter.register(good | {"number": wrong}),
        await counter.register(good | {"born_on": "1970-01-01"}),
        await counter.register(good | {"since": "1950-01-01"}),
        await counter.register(good | {"since": "2026-03-03"}),
        await counter.register(good | {"ground": "visitor"}),
        await counter.register(good | {"number": ""}),
        await counter.register(),
    ]

    assert [(reply.status, reply.json["title"]) for reply in replies] == [
        *([(422, "identity_number_wrong")] * 2),
        (422, "resident_before_birth"),
        (422, "resident_day"),
        *([(422, "invalid_field")] * 3),
    ]
    assert wrong not in str([reply.json for reply in replies])
    assert not shows(str([reply.json for reply in replies]))
    assert await counter.system.fetch("SELECT FROM needs.residents") == []


async def test_an_entry_is_corrected_confirmed_by_somebody_else_and_left(counter: Counter) -> None:
    (id,) = (await counter.register(a_resident())).json["residents"]
    path = f"{counter.door}/{id}"

    own = await counter.system.post(f"{path}/confirmation", {}, counter.first)
    first = await counter.system.post(f"{path}/confirmation", {}, counter.second)
    left = await counter.system.post(f"{path}/departure", {"on": "2026-03-01"}, counter.first)
    back = await counter.system.post(f"{path}/correction", a_resident(ground="newcomer"), counter.second)
    read = await counter.system.get(path, counter.first)
    (other,) = (await counter.register(a_resident(2))).json["residents"]
    taken = await counter.system.post(f"{counter.door}/{other}/correction", a_resident(), counter.first)

    assert (own.status, own.json["title"]) == (403, "resident_own_entry")
    assert (first.status, first.json["confirmed"], left.json["left_on"]) == (201, True, "2026-03-01")
    assert (back.status, back.json["confirmed"], back.json["left_on"]) == (201, False, None)
    assert read.json["person"] == a_resident(ground="newcomer")
    assert (taken.status, taken.json["title"]) == (409, "resident_known")
    page = await counter.system.get(f"{counter.door}?limit=1", counter.first)
    assert page.json["next"] == page.json["residents"][0]["id"] == min(id, other)


async def test_issuing_again_and_by_two_clerks_at_once_gives_one_token_each(counter: Counter) -> None:
    ids = await counter.confirmed(a_resident(1), a_resident(2, ground="newcomer"))

    both = await asyncio.gather(*(counter.issue(*ids, by=by) for by in (counter.first, counter.second)))
    before = await counter.tokens()
    again = await counter.issue(*ids)

    assert [(reply.status, reply.json["holding"]) for reply in (*both, again)] == [(201, 2)] * 3
    assert again.json["listed"] == {"registered": 1, "newcomer": 1}
    assert len({*before.values()}) == 2
    assert await counter.tokens() == before
    assert len(await counter.system.fetch("SELECT FROM needs.voters")) == 2
    (told,) = await counter.system.facts("needs", "roll.listed")
    assert told["data"]["listed"] == {"registered": 1, "newcomer": 1}
    assert not [one for one in (*ids, *before.values()) if one in str(told)]


async def test_tokens_of_two_ballots_have_nothing_in_common_and_only_the_own_one_votes(counter: Counter) -> None:
    (id,) = await counter.confirmed(a_resident())
    other = await another_ballot(counter)
    await counter.issue(id)
    await counter.issue(id, ballot=other)

    here, there = (await counter.tokens())[id], (await counter.tokens(other))[id]
    strange = await counter.vote(there, counter.needs[0])
    voted = await counter.vote(here, counter.needs[0])

    assert here != there
    assert (strange.status, strange.json["errors"][0]["field"]) == (422, "votes.0.token")
    assert voted.status == 201
    rows = await counter.system.fetch("SELECT ballot_id, id FROM needs.voters")
    assert len({row["id"] for row in rows}) == 2


async def test_who_is_too_young_too_new_unconfirmed_or_gone_is_named_and_nobody_is_issued_one(
    counter: Counter,
) -> None:
    born_on = date(2008, 3, 10)
    minor = a_resident(number=a_number(7, born_on), born_on=born_on.isoformat(), since="2010-01-01")
    turns = date(2008, 3, 9)
    adult = a_resident(number=a_number(8, turns), born_on=turns.isoformat(), since="2010-01-01")
    new = a_resident(3, ground="living", since="2025-03-10")
    year = a_resident(4, ground="living", since="2025-03-09")
    ids = await counter.confirmed(a_resident(1), minor, new, a_resident(5))
    good = await counter.confirmed(adult, year, a_resident(6, ground="newcomer", since="2026-03-01"))
    (alone,) = (await counter.register(a_resident(9))).json["residents"]
    await counter.system.post(f"{counter.door}/{ids[3]}/departure", {"on": "2026-03-02"}, counter.first)

    bad = await counter.issue(*ids, alone)
    issued = await counter.issue(*good)

    assert (bad.status, bad.json["title"], len(bad.json["errors"])) == (422, "not_eligible", 4)
    places = [(error["field"], error["problem"]) for error in bad.json["errors"]]
    assert [field for field, _ in places] == [f"residents.{n}" for n in (1, 2, 3, 4)]
    assert len({problem for _, problem in places}) == 4
    assert "示例" in str(bad.json)
    assert (issued.status, issued.json["listed"]) == (201, {"registered": 1, "living": 1, "newcomer": 1})


async def test_a_lost_token_is_void_before_it_was_used_and_a_used_one_stays_used(counter: Counter) -> None:
    lost, used, paper = await counter.confirmed(a_resident(1), a_resident(2), a_resident(3))
    await counter.issue(lost, used, paper)
    before = await counter.tokens()
    await counter.vote(before[used], counter.needs[0])
    entered = {"votes": [{"token": sha256(before[paper].encode()).hexdigest(), "choices": [counter.needs[0]]}]}
    await counter.system.post(f"/v1/ballots/{counter.ballot}/papers", entered, counter.first)

    both = await asyncio.gather(counter.reissue(lost), counter.reissue(lost))
    after = await counter.tokens()
    voided = await counter.vote(before[lost], counter.needs[1])
    voted = await counter.vote(after[lost], counter.needs[1])
    replies = [await counter.reissue(one) for one in (used, paper, lost)]
    relisted = {"voters": [{"token": sha256(before[lost].encode()).hexdigest(), "ground": "registered"}]}
    await counter.system.post(f"/v1/ballots/{counter.ballot}/roll", relisted, counter.first)
    still = await counter.vote(before[lost], counter.needs[1])

    assert 201 in {reply.status for reply in both}
    assert (voided.status, voided.json["title"], voted.status) == (422, "bad_votes", 201)
    assert {(reply.status, reply.json["title"]) for reply in replies} == {(409, "token_used")}
    assert (still.status, await counter.listed()) == (422, {"registered": 3})
    await counter.system.advance(timedelta(days=7))
    assert (await closed(counter.system, counter.ballot))["votes"] == 2


async def test_erasing_leaves_roll_votes_count_and_outcome_and_nothing_of_the_person(counter: Counter) -> None:
    one, other = await counter.confirmed(a_resident(1), a_resident(2))
    await counter.issue(one, other)
    tokens = await counter.tokens()
    await counter.vote(tokens[one], counter.needs[0])
    rows = "SELECT t::text FROM needs.votes t UNION ALL SELECT t::text FROM needs.voters t ORDER BY 1"
    before = await counter.system.fetch(rows)
    (digest,) = await counter.system.fetch("SELECT identity FROM needs.residents WHERE id = $1::uuid", one)

    erased = await counter.erase(one)
    left = await counter.system.get(f"{counter.door}/{one}", counter.first)
    stored = await everything_stored(counter.system)

    assert (erased.status, erased.json["erased_on"]) == (201, "2026-03-02")
    assert (left.json["person"], [*await counter.tokens()]) == (None, [other])
    assert await counter.system.fetch(rows) == before
    assert await counter.listed() == {"registered": 2}
    assert str(digest["identity"]) not in stored
    twice = await counter.erase(one)
    assert (twice.status, twice.json["title"]) == (409, "resident_erased")
    again = (await counter.vote(tokens[one], counter.needs[1])).status
    await counter.vote(tokens[other], counter.needs[1])
    await counter.system.advance(timedelta(days=7))
    result = await closed(counter.system, counter.ballot)
    outcome = (await counter.system.get(f"/v1/ballots/{counter.ballot}/outcome")).json
    assert (again, result["votes"]) == (201, 2)
    await counter.erase(other)
    assert (await counter.system.get(f"/v1/ballots/{counter.ballot}/outcome")).json == outcome
    assert (await counter.system.get(f"/v1/ballots/{counter.ballot}")).json["result"] == result


async def test_tokens_to_rate_a_project_are_others_for_each_milestone_and_end_on_their_day(counter: Counter) -> None:
    one, gone = await counter.confirmed(a_resident(1), a_resident(2))
    await counter.system.post(f"{counter.door}/{gone}/departure", {"on": "2026-03-02"}, counter.first)
    await counter.issue(one)
    project = uuid4()
    path = f"/v1/communities/{counter.first.party_id}/projects/{project}/tokens"

    async def issue(by: Person = counter.first, **changes: Any) -> Reply:
        body = {"residents": [one], "until": "2026-03-10", "milestone": "final"} | changes
        return await counter.system.post(path, body, by)

    both = await asyncio.gather(issue(), issue(counter.second))
    every = await issue(milestone=None)
    final = (await counter.system.get(f"{path}?milestone=final", counter.first)).json["tokens"]
    of_all = (await counter.system.get(path, counter.first)).json["tokens"]
    bad = [await issue(residents=[gone]), await issue(residents=[str(uuid4())]), await issue(milestone="start")]
    bad += [await issue(milestone="mid_term", until=day) for day in ("2026-03-02", "2027-03-04")]
    await counter.erase(one)
    (again,) = await counter.confirmed(a_resident(1))
    second = await issue(residents=[again])
    await counter.system.advance(timedelta(days=9))

    assert [reply.status for reply in (*both, every)] == [201] * 3
    assert [(token["resident_id"], token["digest"]) for token in final] == [
        (one, sha256(final[0]["token"].encode()).hexdigest())
    ]
    assert final[0]["token"] != of_all[0]["token"]
    assert [(reply.status, reply.json["title"]) for reply in bad] == [
        (422, "not_eligible"),
        (404, "resident_unknown"),
        (422, "invalid_field"),
        *([(422, "tokens_until")] * 2),
    ]
    assert (second.status, second.json["title"]) == (422, "not_eligible")
    over = [await issue(residents=[again]), await counter.system.get(f"{path}?milestone=final", counter.first)]
    assert {(reply.status, reply.json["title"]) for reply in over} == {(409, "tokens_over")}


async def test_who_was_erased_and_is_entered_again_gets_no_second_token_of_the_open_ballot(counter: Counter) -> None:
    (id,) = await counter.confirmed(a_resident())
    await counter.issue(id)
    await counter.erase(id)

    (again,) = await counter.confirmed(a_resident())
    second = await counter.issue(again)
    next_one = await counter.issue(again, ballot=await another_ballot(counter))

    assert again != id
    assert (second.status, second.json["title"]) == (422, "not_eligible")
    assert "已有这一用途的凭证" in str(second.json["errors"])
    assert next_one.status == 201


async def test_after_the_close_nobody_can_say_whose_token_was_whose(counter: Counter) -> None:
    (id,) = await counter.confirmed(a_resident())
    await counter.issue(id)
    await counter.system.advance(timedelta(days=7))
    await closed(counter.system, counter.ballot)

    page = await counter.system.get(f"/v1/ballots/{counter.ballot}/tokens", counter.first)
    late = await counter.issue(id)

    assert (page.status, page.json["title"]) == (409, "tokens_forgotten")
    assert (late.status, late.json["title"]) == (409, "ballot_closed")
    await counter.system.advance(timedelta(minutes=1))
    (row,) = await counter.system.fetch("SELECT state ->> 'key' AS key FROM needs.token_keys")
    assert row["key"] == ""


async def test_no_row_record_or_refusal_carries_a_name_a_number_or_a_token(counter: Counter) -> None:
    (id,) = await counter.confirmed(a_resident())
    await counter.issue(id)
    await counter.tokens()
    token = (await counter.tokens())[id]
    await counter.vote(token, counter.needs[0])
    known = await counter.register(a_resident())

    assert not shows(str(known.json))
    for place in (await everything_stored(counter.system), await everything_told(counter.system)):
        assert not shows(place)
        assert a_resident()["number"] not in place
        assert a_resident()["born_on"] not in place
        assert token not in place


async def test_another_communitys_resident_does_not_exist_and_other_roles_are_refused(counter: Counter) -> None:
    (id,) = await counter.confirmed(a_resident())
    stranger = await counter.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    theirs = f"/v1/communities/{stranger.party_id}/residents/{id}"

    elsewhere = [await counter.system.post(f"{theirs}/{door}", {}, stranger) for door in ("confirmation", "erasure")]
    elsewhere += [
        await counter.system.post(f"{theirs}/departure", {"on": "2026-03-01"}, stranger),
        await counter.system.post(f"{theirs}/correction", a_resident(), stranger),
        await counter.system.get(theirs, stranger),
        await counter.system.post(f"/v1/communities/{stranger.party_id}/residents/x/erasure", {}, counter.first),
    ]
    here = [
        await counter.system.get(counter.door, stranger),
        await counter.system.get(f"{counter.door}/{id}", stranger),
        await counter.issue(id, by=stranger),
        await counter.register(a_resident(2), by=counter.funder),
        await counter.system.get(f"/v1/ballots/{counter.ballot}/tokens", stranger),
    ]
    theirs_too = await counter.system.post(
        f"/v1/communities/{stranger.party_id}/residents", {"residents": [a_resident()]}, stranger
    )

    assert [reply.status for reply in elsewhere] == [404, 404, 404, 404, 404, 422]
    assert [reply.status for reply in here] == [404, 403, 403, 403, 403]
    assert theirs_too.status == 201
    identities = await counter.system.fetch("SELECT identity FROM needs.residents")
    assert len({row["identity"] for row in identities}) == 2


@pytest.mark.parametrize("by_roll", [True, False])
def test_a_ballot_without_a_roll_or_under_an_older_edition_has_no_tokens_issued(by_roll: bool) -> None:
    story = Asked()
    story.rulebook = next(book for book in shipped() if book.name == "example/below-limit@2026.6")
    ballot = story.a_ballot(1, 2, by_roll=by_roll)
    command = IssueWithKey(ballot_id=BallotId(ballot.id), residents=(uuid4(),), key="")

    with refused("rulebook_lacks" if by_roll else "no_roll"):
        story.do(issue, command, STAFF, issue_refs(command, uuid4()))


@pytest.mark.parametrize(("edition", "seen_enough"), [("2026.6", True), ("2026.7", False)])
def test_a_second_person_is_asked_for_only_where_the_rulebook_says_so(edition: str, seen_enough: bool) -> None:
    rulebook = next(book for book in shipped() if book.name == f"example/below-limit@{edition}")
    once = Resident(
        id=uuid4(), community_id=STAFF.party_id, key="", sealed="", identity=uuid4(), entered_by=STAFF.person_id
    )

    assert (living_fault(once, date(2026, 3, 2), rulebook) is None) is seen_enough


async def test_five_thousand_are_registered_and_issued_tokens_at_once_and_no_more(counter: Counter) -> None:
    many = [a_resident(n) for n in range(5000)]
    ids = (await counter.register(*many)).json["residents"]
    await counter.system.fetch(
        "UPDATE needs.residents SET state = jsonb_set(state, '{confirmed_by}', to_jsonb(gen_random_uuid()))"
    )

    issued = await counter.issue(*ids)
    too_many = await counter.issue(*ids, ids[0])

    assert (issued.status, issued.json["holding"], issued.json["listed"]) == (201, 5000, {"registered": 5000})
    assert (too_many.status, too_many.json["title"]) == (422, "invalid_field")
    (row,) = await counter.system.fetch("SELECT count(*) AS voters FROM needs.voters")
    assert row["voters"] == 5000


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [("2008-03-02", "2026-03-01", 17), ("2008-03-02", "2026-03-02", 18), ("2008-02-29", "2026-02-28", 17)],
)
def test_age_is_in_full_years(born_on: str, day: str, age: int) -> None:
    assert age_on(date.fromisoformat(born_on), date.fromisoformat(day)) == age
