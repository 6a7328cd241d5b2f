"""A lost rating token is void, its successor works, and no right is used twice; on real PostgreSQL and Kafka."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from schemas.deciding import World
from schemas.ids import PartyId, ProjectId
from schemas.rating_token import RatingTokensReissued, ReissueReason, TokenReissued
from services.evaluation import SERVICE
from services.evaluation.rules import token_digest, token_id
from services.evaluation.rules.reissued import ReissuedToken, evolve, heard_refs
from tests.services.evaluation.evaluated import a_token
from tests.services.evaluation.test_service import Project, a_project, a_rating
from tests.support.fixtures import Running

CLERK = PartyId(uuid4())


def reissued(project_id: ProjectId, *pairs: tuple[int, int]) -> RatingTokensReissued:
    """`pairs`: numbers of the lost token and of its successor."""
    return RatingTokensReissued(
        community_id=PartyId(uuid4()),
        project_id=project_id,
        milestone=None,
        reissued=tuple(
            TokenReissued(
                lost=token_digest(a_token(lost)),
                fresh=token_digest(a_token(fresh)),
                reason=ReissueReason.LOST,
                reissued_by=CLERK,
            )
            for lost, fresh in pairs
        ),
    )


@pytest.fixture
async def project(running: Running) -> AsyncIterator[Project]:
    async with running(SERVICE, virtual=True) as system:
        yield await a_project(system)


async def lose(project: Project, *pairs: tuple[int, int]) -> None:
    await project.system.seen(await project.system.teller.tell(reissued(project.id, *pairs), "needs"))


async def ratings(project: Project, milestone: str = "final") -> list[tuple[int, str]]:
    rows = await project.system.fetch(
        "SELECT number, encode(token, 'hex') AS token FROM evaluation.ratings WHERE milestone = $1 ORDER BY 1",
        milestone,
    )
    return [(row["number"], row["token"]) for row in rows]


async def test_the_lost_token_is_refused_from_then_on_and_the_new_one_rates_in_its_name(project: Project) -> None:
    await project.issue(range(1, 4))
    await lose(project, (1, 101))

    old = await project.rate(a_rating(2), a_rating(1))
    new = await project.rate(a_rating(101))
    again = [await project.rate(a_rating(101)), await project.rate(a_rating(1))]

    assert (old.status, old.json["title"], old.json["field"]) == (409, "rating_token_void", "ratings.1.token")
    assert (new.status, new.json["ratings"]) == (201, 1)
    assert [reply.json["title"] for reply in again] == ["already_rated", "rating_token_void"]
    assert await ratings(project) == [(1, token_digest(a_token(1)))]
    assert (await project.system.get(f"{project.at}/evaluation", project.funder)).json["tokens"] == 3


async def test_what_the_lost_token_rated_stays_and_the_new_one_may_rate_the_rest(project: Project) -> None:
    await project.issue(range(1, 3))
    await project.rate(a_rating(1), milestone="mid_term")
    await lose(project, (1, 101))

    mid = await project.rate(a_rating(101), milestone="mid_term")
    final = await project.rate(a_rating(101))

    assert (mid.status, mid.json["title"]) == (409, "already_rated")
    assert final.status == 201
    first = token_digest(a_token(1))
    assert (await ratings(project, "mid_term"), await ratings(project)) == ([(1, first)], [(1, first)])


async def test_of_a_token_lost_again_and_again_only_the_last_works_and_once(project: Project) -> None:
    await project.issue(range(1, 2))
    await lose(project, (1, 101), (101, 102))
    await lose(project, (102, 103))

    refused = [await project.rate(a_rating(number)) for number in (1, 101, 102)]
    last = await project.rate(a_rating(103))
    twice = await project.rate(a_rating(103))

    assert {reply.json["title"] for reply in refused} == {"rating_token_void"}
    assert (last.status, twice.json["title"]) == (201, "already_rated")


async def test_told_before_anything_is_registered_either_digest_registers_the_one_right(project: Project) -> None:
    await lose(project, (1, 101), (2, 102))

    first = await project.issue(range(1, 3))
    fresh = await project.issue(range(101, 103))
    old, new = await project.rate(a_rating(1)), await project.rate(a_rating(101), a_rating(102))

    assert (first.json, fresh.json) == ({"tokens": 2}, {"tokens": 2})
    assert (old.json["title"], new.status) == ("rating_token_void", 201)


async def test_a_successor_of_what_nobody_registered_is_unknown(project: Project) -> None:
    await project.issue(range(1, 2))
    await lose(project, (7, 107))

    reply = await project.rate(a_rating(107))

    assert reply.json["title"] == "unknown_rating_token"


async def test_a_successor_may_rate_the_lost_tokens_milestone_only(project: Project) -> None:
    await project.issue(range(1, 2), milestone="mid_term")
    await lose(project, (1, 101))

    other, own = await project.rate(a_rating(101)), await project.rate(a_rating(101), milestone="mid_term")

    assert (other.json["title"], own.status) == ("token_of_another_milestone", 201)


async def test_who_was_drawn_stays_drawn_under_the_new_token(project: Project) -> None:
    await project.issue(range(1, 6))
    await project.sample(project.funder)
    await lose(project, (1, 101))

    await project.rate(a_rating(101))

    rows = await project.system.fetch(
        "SELECT asked FROM evaluation.ratings JOIN evaluation.listed USING (project_id, milestone, token)"
    )
    assert [row["asked"] for row in rows] == [True]


def test_the_same_fact_again_brings_no_void_token_back() -> None:
    project = ProjectId(uuid4())
    fact = reissued(project, (1, 101), (101, 102))
    world = World(heard_refs(fact, project))
    for _ in range(2):
        for state in evolve(world, fact):
            world.put(state)

    found = {
        number: world.get(ReissuedToken, token_id(project, token_digest(a_token(number)))) for number in (1, 101, 102)
    }

    assert {number: one.void for number, one in found.items()} == {1: True, 101: True, 102: False}
    assert {one.stands_for for one in found.values()} == {token_digest(a_token(1))}
