"""A ballot by roll and on paper over HTTP and PostgreSQL, published, exported, and counted again."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner, Result

from deploy.cli.tally import count_elections
from schemas.pabulib import parse, written
from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from tests.services.needs.stories import token
from tests.services.needs.test_through_doors import a_ballot, a_vote, cast, closed, some_needs
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System


def count_again(file: Path, text: str, *options: str) -> Result:
    file.write_text(text, "utf-8")
    app = typer.Typer()
    app.command("tally")(count_elections)
    app.command("other")(count_elections)
    return CliRunner().invoke(app, ["tally", *options, str(file)])


async def list_voters(system: System, ballot: str, by: Person, ground: str, *voters: str) -> Reply:
    body = {"voters": [{"token": token(voter), "ground": ground} for voter in voters]}
    return await system.post(f"/v1/ballots/{ballot}/roll", body, by)


async def text_of(system: System, path: str, by: Person | None = None) -> str:
    headers = {"Authorization": f"Bearer {by.secret}"} if by else {}
    async with system.http.get(path, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.text()


async def test_a_ballot_by_roll_is_published_exported_and_counted_again(running: Running, tmp_path: Path) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 3)
        rule = {"tally_rule": "equalshares/add1", "by_roll": True}
        ballot = (await a_ballot(system, staff, funder, ids, **rule)).json["id"]
        path = f"/v1/ballots/{ballot}"
        voters = [str(n) for n in range(17)]
        votes = [a_vote(v, ids[0], ids[1]) if n < 9 else a_vote(v, ids[2]) for n, v in enumerate(voters)]

        early = await cast(system, ballot, votes[:1], staff)
        await list_voters(system, ballot, staff, "registered", *voters[:12])
        roll = await list_voters(system, ballot, staff, "newcomer", *voters[10:])
        taken = await cast(system, ballot, votes, staff)
        open_still = [await system.get(f"{path}/{door}") for door in ("outcome", "pabulib")]
        await system.advance(timedelta(days=7))
        result = await closed(system, ballot)
        outcome = await text_of(system, f"{path}/outcome")
        exported = await text_of(system, f"{path}/pabulib")
        public = (await system.get(path)).json

        assert (early.status, early.json["errors"][0]["problem"]) == (422, "凭证不在本次投票的名册上")
        assert roll.json == {"ballot_id": ballot, "listed": {"newcomer": 5, "registered": 12}, "total": 17}
        assert taken.status == 201
        assert [reply.json["title"] for reply in open_still] == ["ballot_still_open"] * 2
        assert public["listed"] == roll.json["listed"]
        assert (result["votes"], len(result["chosen"])) == (17, 2)
        again = count_again(tmp_path / "outcome.json", outcome)
        assert (again.exit_code, "与公布结果一致" in again.output) == (0, True), again.output
        again = count_again(tmp_path / "outcome.pb", exported)
        assert (again.exit_code, "与公布结果一致" in again.output) == (0, True), again.output
        assert written(parse(exported)) == exported
        for voter in voters:
            assert token(voter) not in outcome + exported
        assert await system.fetch("SELECT FROM needs.voters WHERE id::text LIKE '%x%'") == []
        assert "token" not in str(await system.facts("needs"))


async def test_small_groups_are_withheld_from_the_public_and_not_from_an_auditor(
    running: Running, tmp_path: Path
) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        ids = await some_needs(system, staff, 2)
        ballot = (await a_ballot(system, staff, funder, ids, tally_rule="equalshares")).json["id"]
        votes = [a_vote(str(n), ids[0]) for n in range(6)] + [a_vote("独", ids[1])]
        await cast(system, ballot, votes, staff)
        await system.advance(timedelta(days=7))
        await closed(system, ballot)
        path = f"/v1/ballots/{ballot}"

        hidden = await system.get(f"{path}/pabulib")
        public, whole = [await text_of(system, f"{path}/outcome", by) for by in (None, auditor)]
        exported = await text_of(system, f"{path}/pabulib", auditor)

        assert (hidden.status, hidden.json["title"]) == (409, "ballots_withheld")
        told = count_again(tmp_path / "public.json", public)
        assert told.exit_code == 1
        assert "审计人员" in told.stderr
        for name, text in (("whole.json", whole), ("whole.pb", exported)):
            assert "与公布结果一致" in count_again(tmp_path / name, text).output
        assert "与公布结果不同" in count_again(tmp_path / "changed.json", _swapped(whole, ids)).output
        other = count_again(tmp_path / "bad.json", '{"format": "sanshe-outcome/1"}')
        assert (other.exit_code, "cannot be counted" in other.stderr) == (1, True)


def _swapped(outcome: str, ids: list[str]) -> str:
    """As if the other need had been chosen."""
    head, chosen = outcome.split('"chosen":[', 1)
    return head + '"chosen":[' + chosen.replace(ids[0], ids[1], 1)


async def test_a_paper_counts_once_two_persons_entered_it_alike_and_a_dispute_is_shown(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        one = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        other, third = [
            await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=one.party_id) for _ in range(2)
        ]
        stranger = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, one, 2)
        ballot = (await a_ballot(system, one, funder, ids)).json["id"]
        door = f"/v1/ballots/{ballot}/papers"

        async def enter(by: Person, **votes: int) -> Any:
            body = {"votes": [a_vote(voter, ids[place]) for voter, place in votes.items()]}
            return (await system.post(door, body, by)).json

        assert (await enter(one, 甲=0, 乙=0, 丙=1))["waiting"] == 3
        blind = (await system.get(door, other)).json["papers"]
        taken = await enter(other, 甲=0, 乙=1)
        shown = (await system.get(door, third)).json["papers"]
        settled = await enter(third, 乙=1)
        left = (await system.get(door, one)).json["papers"]
        forbidden = await system.get(door, stranger)
        await system.advance(timedelta(days=7))
        result = await closed(system, ballot)

        assert {(paper["state"], len(paper["readings"])) for paper in blind} == {("waiting", 0)}
        assert (taken["counted"], taken["disputed"]) == (1, [token("乙")])
        disputed = next(paper for paper in shown if paper["token"] == token("乙"))
        assert [reading["choices"] for reading in disputed["readings"]] == [[ids[0]], [ids[1]]]
        assert settled["counted"] == 1
        assert [(paper["token"], paper["state"]) for paper in left] == [(token("丙"), "waiting")]
        assert (forbidden.status, forbidden.json["title"]) == (403, "not_your_party")
        assert (result["votes"], result["papers_left"]) == (2, 1)


async def test_a_token_that_votes_twice_in_the_same_moment_votes_once(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 2)
        ballot = (await a_ballot(system, staff, funder, ids)).json["id"]

        replies = await asyncio.gather(*(cast(system, ballot, [a_vote("甲", id)], staff) for id in ids * 4))
        rows = await system.fetch("SELECT places FROM needs.votes")

        assert [reply.status for reply in replies] == [201] * 8
        assert len(rows) == 1


@pytest.mark.parametrize("door", ["votes", "papers"])
async def test_ten_thousand_ranks_repeated_ones_and_unknown_needs_are_refused_and_nothing_is_written(
    running: Running, door: str
) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        ids = await some_needs(system, staff, 3)
        ballot = (await a_ballot(system, staff, funder, ids, vote_type="ordinal")).json["id"]
        votes = (
            a_vote("甲", *(str(uuid4()) for _ in range(10_000))),
            a_vote("甲", ids[0], ids[1], ids[0]),
            a_vote("甲", str(uuid4())),
        )

        async def post(vote: dict[str, Any]) -> Reply:
            if door == "votes":
                return await cast(system, ballot, [vote], staff)
            return await system.post(f"/v1/ballots/{ballot}/papers", {"votes": [vote]}, staff)

        replies = [await post(vote) for vote in votes]

        assert [reply.status for reply in replies[1:]] == [422, 422]
        assert replies[0].status in (413, 422)
        assert [reply.json["field"] for reply in replies[1:]] == ["votes.0.choices"] * 2
        assert await system.fetch("SELECT FROM needs.votes UNION ALL SELECT FROM needs.papers") == []
