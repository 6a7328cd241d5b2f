"""A resident lost the token to rate a project: another is handed out, and evaluation hears which is void."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter

from schemas.contract import Milestone
from schemas.party import PartyKind
from schemas.role import Role
from services import evaluation, needs
from services.needs.rules.residents.rating_reissue import MOST_TOKENS
from services.needs.rules.residents.token import TokenKey
from tests.services.evaluation.evaluated import a_signed_contract, a_submission
from tests.services.needs.test_residents import a_resident
from tests.support.fixtures import Running
from tests.support.secrecy import everything_stored, everything_told
from tests.support.system import Person, Reply, System
from tests.support.waiting import eventually


@dataclass(frozen=True, slots=True)
class Rated:
    """A project under an agreement, its community's clerk, and a resident with a token for the final."""

    system: System
    clerk: Person
    project: UUID
    resident: str

    @property
    def door(self) -> str:
        return f"/v1/communities/{self.clerk.party_id}/projects/{self.project}/tokens"

    async def reissue(self, by: Person | None = None, **changes: Any) -> Reply:
        body = {"resident_id": self.resident, "reason": "lost", "milestone": "final"} | changes
        return await self.system.post(f"{self.door}/reissue", body, by or self.clerk)

    async def token(self) -> dict[str, str]:
        (one,) = (await self.system.get(f"{self.door}?milestone=final", self.clerk)).json["tokens"]
        held: dict[str, str] = one
        return held

    async def register(self, digest: str) -> Reply:
        path = f"/v1/projects/{self.project}/rating-tokens"
        return await self.system.post(path, {"digests": [digest], "milestone": "final"}, self.clerk)

    async def rate(self, token: str) -> Reply:
        body = {"ratings": [{"token": token, "level": "satisfied"}]}
        return await self.system.post(f"/v1/projects/{self.project}/milestones/final/ratings", body)

    async def told(self, number: int = 1) -> list[dict[str, Any]]:
        """Once evaluation has heard of so many."""
        rows = "SELECT 1 FROM evaluation.reissued_tokens WHERE (state ->> 'void')::boolean"

        async def heard() -> bool:
            return len(await self.system.fetch(rows)) >= number

        await eventually(heard, "the reissue to be heard")
        return await self.system.facts("needs", "rating_tokens.reissued")


@pytest.fixture
async def rated(running: Running) -> AsyncIterator[Rated]:
    async with running(needs.SERVICE, evaluation.SERVICE, virtual=True) as system:
        clerk = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        second = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=clerk.party_id)
        signed = a_signed_contract(community_id=clerk.party_id)
        line = None
        for fact in (signed, a_submission(Milestone.FINAL, signed.project_id)):
            line = await system.teller.tell(fact, "contracts")
        assert line is not None
        await system.seen(line)
        home = f"/v1/communities/{clerk.party_id}/residents"
        (id,) = (await system.post(home, {"residents": [a_resident()]}, clerk)).json["residents"]
        await system.post(f"{home}/{id}/confirmation", {}, second)
        one = Rated(system, clerk, signed.project_id, id)
        body = {"residents": [id], "until": "2026-03-10", "milestone": "final"}
        assert (await system.post(one.door, body, clerk)).status == 201
        yield one


async def test_the_lost_token_is_void_in_evaluation_and_the_new_one_rates_once(rated: Rated) -> None:
    before = await rated.token()
    await rated.register(before["digest"])

    reply = await rated.reissue()
    after = await rated.token()
    (told,) = await rated.told()
    void, good = await rated.rate(before["token"]), await rated.rate(after["token"])
    again = await rated.rate(after["token"])

    assert (reply.status, reply.json["number"], reply.json["milestone"]) == (201, 2, "final")
    assert after["token"] != before["token"]
    assert after["digest"] == before["digest"] == sha256(before["token"].encode()).hexdigest()
    assert (void.json["title"], good.status, again.json["title"]) == ("rating_token_void", 201, "already_rated")
    (pair,) = told["data"]["reissued"]
    assert (pair["lost"], pair["fresh"]) == (before["digest"], sha256(after["token"].encode()).hexdigest())
    assert (pair["reason"], pair["reissued_by"]) == ("lost", str(rated.clerk.person_id))


async def test_a_rating_given_with_the_lost_token_stays_the_only_one(rated: Rated) -> None:
    before = await rated.token()
    await rated.register(before["digest"])
    assert (await rated.rate(before["token"])).status == 201

    await rated.reissue(reason="exposed")
    await rated.told()
    again = await rated.rate((await rated.token())["token"])

    assert again.json["title"] == "already_rated"
    assert len(await rated.system.fetch("SELECT 1 FROM evaluation.ratings")) == 1


async def test_nothing_told_or_kept_leads_from_the_two_digests_to_the_resident(rated: Rated) -> None:
    before = await rated.token()
    reply = await rated.reissue(reason="damaged")
    after = await rated.token()
    (told,) = await rated.told()

    pair = told["data"]["reissued"][0]
    assert rated.resident not in str(told)
    assert rated.resident not in str(reply.json)
    kept = await rated.system.fetch("SELECT i::text AS row FROM needs.idempotency AS i")
    assert not [row for row in kept if told["causationid"] in row["row"] or pair["fresh"] in row["row"]]
    for place in (await everything_stored(rated.system), await everything_told(rated.system)):
        assert before["token"] not in place
        assert after["token"] not in place
    needs_rows = "SELECT t::text AS row FROM needs.token_keys t UNION ALL SELECT r::text FROM needs.residents r"
    assert not [row for row in await rated.system.fetch(needs_rows) if pair["fresh"] in row["row"]]


def test_a_key_from_before_there_were_reissues_is_read_and_wants_no_telling() -> None:
    row = f'{{"id": "{uuid4()}", "community_id": "{uuid4()}", "key": "00", "ends_at": "2026-03-10T00:00:00Z"}}'
    key = TypeAdapter(TokenKey).validate_json(row)

    assert (key.untold, [*key.due()]) == ((), ["forget"])


async def test_a_token_is_reissued_again_but_not_without_end(rated: Rated) -> None:
    replies = [await rated.reissue() for _ in range(MOST_TOKENS)]
    await rated.told(MOST_TOKENS - 1)

    assert [reply.status for reply in replies] == [*[201] * (MOST_TOKENS - 1), 409]
    assert replies[-1].json["title"] == "reissued_too_often"
    live = await rated.system.fetch("SELECT 1 FROM evaluation.reissued_tokens WHERE NOT (state ->> 'void')::boolean")
    assert len(live) == 1


async def test_who_holds_none_whose_time_is_over_or_who_is_not_theirs_is_refused(rated: Rated) -> None:
    stranger = await rated.system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
    funder = await rated.system.person(PartyKind.FUNDER, Role.FUNDER)
    theirs = f"/v1/communities/{stranger.party_id}/projects/{rated.project}/tokens/reissue"
    body = {"resident_id": rated.resident, "reason": "lost", "milestone": "final"}

    replies = [
        await rated.reissue(milestone="mid_term"),
        await rated.reissue(resident_id=str(uuid4())),
        await rated.reissue(reason="王老太太说丢了"),
        await rated.reissue(stranger),
        await rated.reissue(funder),
        await rated.system.post(theirs, body, stranger),
    ]
    await rated.system.advance(timedelta(days=9))
    replies.append(await rated.reissue())

    assert [(reply.status, reply.json["title"]) for reply in replies] == [
        (409, "no_rating_token_held"),
        (404, "resident_unknown"),
        (422, "invalid_field"),
        (403, "not_your_party"),
        (403, "wrong_role"),
        (404, "resident_unknown"),
        (409, "tokens_over"),
    ]
    assert await rated.system.facts("needs", "rating_tokens.reissued") == []
