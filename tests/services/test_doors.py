"""Every door of every service: who is let in with what, and that a refusal says why and writes nothing."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from schemas.role import Role
from services.kit.areas import OVERSEERS
from services.kit.service import Get, Post
from tests.journey.town import Town, a_town
from tests.services.doors import (
    GETS,
    GUARDED,
    KEYED,
    POSTS,
    ROUTES,
    Doors,
    Standing,
    address,
    amounts_in,
    before_doors,
    method_of,
    name_of,
    with_value,
)
from tests.services.everything import tell_everything
from tests.services.exports import LISTS, exported_rows
from tests.services.strangers import HIDDEN, OF_NOBODY, RARE, Tried, Watched, kept_of, pattern

WRONG_AMOUNTS: tuple[Any, ...] = (
    {"yuan": 3},
    {"fen": 3, "yuan": 3},
    12.5,
    3,
    "3",
    10**18,
    {"fen": 10**18},
    {"fen": 12.5},
    {"fen": "3"},
    {"fen": -1},
    {"fen": True},
)
AMOUNTS = [pytest.param(post, way, id=f"{post.path} {way}") for post in POSTS for way in amounts_in(post.command)]

MUST_EXPORT = {
    "/v1/parties",
    "/v1/projects",
    "/v1/communities/{community_id}/needs",
    "/v1/projects/{project_id}/bidders",
    "/v1/receipts",
}
"""lists with rows at the end of the whole story, which their workbooks hold as well"""

every_route = pytest.mark.parametrize("route", ROUTES, ids=name_of)
every_guarded = pytest.mark.parametrize("route", GUARDED, ids=name_of)
every_post = pytest.mark.parametrize("post", POSTS, ids=name_of)
every_get = pytest.mark.parametrize("get", GETS, ids=name_of)


@pytest.fixture(scope="module")
async def town(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("doors")
    async with a_town(postgres_dsn, kafka_bootstrap, folder) as one:
        yield one


@pytest.fixture(scope="module")
async def people(town: Town) -> AsyncIterator[Doors]:
    await town.clock.quiet()
    async with before_doors(town.inside) as doors:
        yield doors


@pytest.fixture
async def doors(people: Doors) -> AsyncIterator[Doors]:
    """Nothing is written while a test looks at refusals."""
    before = await people.written()
    yield people
    assert await people.written() == before


@every_guarded
async def test_without_a_living_key_nobody_passes(doors: Doors, route: Post | Get) -> None:
    somebody = doors.who(min(route.roles))
    nonsense = [replace(somebody, secret=secret) for secret in ("nonsense", "x" * 300, somebody.secret[:-1])]
    role = min(route.roles)

    for by in (None, *nonsense, doors.who(role, Standing.EXPIRED), doors.who(role, Standing.REVOKED)):
        await doors.refuses(route, 401, "unauthenticated", by)
    await doors.refuses(route, 401, "unauthenticated", Authorization=f"Basic {somebody.secret}")


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.roles], ids=name_of)
async def test_a_bad_key_is_refused_where_none_is_needed(doors: Doors, route: Post | Get) -> None:
    """Somebody who shows one means to be known."""
    for how in (Standing.EXPIRED, Standing.REVOKED):
        await doors.refuses(route, 401, "unauthenticated", doors.who(Role.COMMUNITY, how))


@every_guarded
async def test_the_wrong_role_is_told_which_is_needed(doors: Doors, route: Post | Get) -> None:
    for role in KEYED - route.roles:
        problem = await doors.refuses(route, 403, "wrong_role", doors.who(role))

        assert all(needed in problem["detail"] for needed in route.roles)


@every_post
async def test_an_unverified_and_a_suspended_party_cannot_act(doors: Doors, post: Post) -> None:
    for role in post.roles or {Role.COMMUNITY}:
        await doors.refuses(post, 403, "party_not_verified", doors.who(role, Standing.UNVERIFIED))
        await doors.refuses(post, 403, "party_suspended", doors.who(role, Standing.SUSPENDED))


@every_post
async def test_a_command_needs_an_idempotency_key(doors: Doors, post: Post) -> None:
    by = doors.passes(post)

    for bad in ("", " ", "x" * 101, "a key"):
        problem = await doors.refuses(post, 400, "idempotency_key_missing", by, **{"Idempotency-Key": bad})
        assert problem["field"] == "Idempotency-Key"


@every_post
async def test_what_is_no_json_object_is_refused(doors: Doors, post: Post) -> None:
    by = doors.passes(post)

    for body in (b"{", b"[]", b"3", b'"\xff"', b'{"a": NaN}', b"a=b", b"\xef\xbb\xbf{}"):
        await doors.refuses(post, 422, "not_json", by, body=body)
    await doors.refuses(post, 422, "nul_character", by, body=b'{"a": "\\u0000"}')


@every_post
async def test_a_field_nobody_knows_is_named(doors: Doors, post: Post) -> None:
    problem = await doors.refuses(post, 422, "invalid_field", doors.passes(post), body={"colour": "Zinnober"})

    assert "colour" in {error["field"] for error in problem["errors"]}
    assert "Zinnober" not in str(problem)


@every_post
async def test_what_stands_in_the_path_has_no_place_in_the_body(doors: Doors, post: Post) -> None:
    for name in re.findall(r"{(\w+)}", post.path):
        problem = await doors.refuses(post, 422, "invalid_field", doors.passes(post), body={name: "final"})

        assert problem["field"] == name


@pytest.mark.parametrize(("post", "way"), AMOUNTS)
async def test_only_fen_are_an_amount(doors: Doors, post: Post, way: tuple[str | int, ...]) -> None:
    place = ".".join(map(str, way))

    for wrong in WRONG_AMOUNTS:
        problem = await doors.refuses(post, 422, "invalid_field", doors.passes(post), body=with_value(way, wrong))

        named = {error["field"] for error in problem["errors"]}
        assert any(field == place or field.startswith(f"{place}.") for field in named), wrong


@every_post
async def test_a_body_over_the_limit_is_refused_unread(doors: Doors, post: Post) -> None:
    body = b"{" + b" " * post.largest_body + b"}"

    problem = await doors.refuses(post, 413, "body_too_large", doors.passes(post), body=body)

    assert str(post.largest_body) in problem["detail"]


async def test_a_body_of_unsaid_length_is_not_read_beyond_the_limit(doors: Doors) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    async with doors.system.http.post("/v1/parties", data=endless(), headers={"Idempotency-Key": "1"}) as answer:
        assert (answer.status, answer.content_type) == (413, "application/problem+json")


@every_route
async def test_another_method_is_refused_and_the_right_one_named(doors: Doors, route: Post | Get) -> None:
    others = {method_of(other) for other in ROUTES if other.path == route.path}

    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - others:
        await doors.refuses(route, 405, "method_not_allowed", doors.passes(route), method=method)


@every_route
async def test_what_should_be_an_id_and_is_none_is_refused(doors: Doors, route: Post | Get) -> None:
    for name in ("party_id", "project_id", "account_id", "ballot_id", "source_id", "transfer_id"):
        if f"{{{name}}}" in route.path:
            code = "invalid_field" if isinstance(route, Post) else "not_a_uuid"
            problem = await doors.refuses(route, 422, code, doors.passes(route), at=address(route, {name: "seven"}))
            assert name in {problem["field"], *(error["field"] for error in problem.get("errors", ()))}


@pytest.mark.parametrize("get", LISTS, ids=name_of)
async def test_every_list_comes_as_a_workbook_too(doors: Doors, get: Get) -> None:
    by, path = doors.passes(get), address(get)

    await exported_rows(doors.system, get, path, by)
    await doors.refuses(get, 422, "no_such_format", by, at=f"{path}?format=pdf")


@pytest.mark.parametrize("get", LISTS, ids=name_of)
async def test_a_page_of_no_size_is_refused(doors: Doors, get: Get) -> None:
    by, path = doors.passes(get), address(get)

    await doors.refuses(get, 422, "limit_out_of_range", by, at=f"{path}?limit=many")
    await doors.refuses(get, 422, "not_a_uuid", by, at=f"{path}?cursor=first")
    twice = await doors.refuses(get, 422, "invalid_field", by, at=f"{path}?limit=1&limit=2")
    assert twice["field"] == "limit"


@every_get
async def test_a_question_nobody_asks_is_refused(doors: Doors, get: Get) -> None:
    problem = await doors.refuses(get, 422, "invalid_field", doors.passes(get), at=f"{address(get)}?colour=red")

    assert problem["field"] == "colour"


@pytest.mark.parametrize("get", [get for get in GETS if "{" in get.path], ids=name_of)
async def test_what_does_not_exist_is_not_found(doors: Doors, get: Get) -> None:
    by = doors.passes(get)
    reply = await doors.system.get(address(get), by)

    if reply.status != 200:
        await doors.refuses(get, 404, reply.json["title"], by)
    else:
        assert reply.json.get("next", "") is None  # an empty list


@pytest.mark.timeout(480)
async def test_a_stranger_in_the_right_role_may_neither_do_nor_see_what_is_a_partys(town: Town, people: Doors) -> None:
    """A whole story: before each command of a party a stranger gives the same, and at the end strangers look around."""
    async with Watched(town.api.url, people) as api:
        await tell_everything(replace(town, api=api))
        tried = api.tried
    shown = [(get, address(get, tried.ids)) for get in LISTS if not get.roles or Role.AUDITOR in get.roles]
    rows = {get.path: await exported_rows(people.system, get, at, people.who(Role.AUDITOR)) for get, at in shown}
    plain = [get for get in GETS if "{" not in get.path and get.path not in OF_NOBODY]
    lists = [(get.path, role) for get in plain for role in get.roles - {Role.AUDITOR}]
    listed = [await people.system.get(path, people.who(role)) for path, role in lists]

    await sees_nothing_of_the_next_county(people, tried)

    commands = {name_of(post) for post in POSTS if post.roles and post.path not in OF_NOBODY}
    untold = (commands | {name_of(get) for get in HIDDEN}) - set(tried.told)
    assert untold == set(), "tell_everything (tests/services/strangers.py) should use these doors too"
    for name, told in tried.told.items():
        assert told <= {(403, "not_your_party"), (403, "bid_of_another"), (404, "not_found")}, name
    assert [any(reply.json.values()) for reply in listed] == [False] * len(lists)
    assert await people.carried_out() == 0
    assert {path for path in MUST_EXPORT if not rows.get(path)} == set()


async def sees_nothing_of_the_next_county(people: Doors, tried: Tried) -> None:
    """Who oversees another county is told of each thing what it is told of one that there never was."""
    for name, pairs in tried.next_door.items():
        for of_it, of_nothing in pairs:
            assert of_it == of_nothing, name
            assert of_it[0] in (403, 404), name
    ids = tried.ids | {"key_id": str(await people.tables.fetchval("SELECT id FROM registry.keys LIMIT 1"))}
    for post in [post for post in POSTS if post.path in RARE]:
        by = people.neighbours[min(post.roles & OVERSEERS)]
        paths = address(post, ids), address(post, kept_of(ids))
        replies = [await people.system.post(path, RARE[post.path], by) for path in paths]
        assert {(reply.status, reply.json["title"]) for reply in replies} == {(404, "not_found")}, post.path
    watched = {
        name_of(post) for post in POSTS if post.roles & OVERSEERS and "_id}" in post.path and post.path not in RARE
    }
    assert watched - set(tried.next_door) == set()
    for get in GETS:
        for role in get.roles & OVERSEERS:
            await _same_as_nothing(people, get, role, tried.ids)
        if not get.roles:
            at = address(get, tried.ids)
            by_all, by_one = [await people.system.get(at, by) for by in (None, people.neighbours[Role.AUDITOR])]
            assert by_one.json == by_all.json, at


async def _same_as_nothing(people: Doors, get: Get, role: Role, ids: dict[str, str]) -> None:
    ids = {"issuer": "911", "number": "1"} | ids
    here, there = address(get, ids), address(get, kept_of(ids))
    of_it, of_nothing = [await people.system.get(at, people.neighbours[role]) for at in (here, there)]
    said = [str(reply.json).replace(at, "") for reply, at in ((of_it, here), (of_nothing, there))]
    names = {name: [*re.fullmatch(pattern(get), at).groups()] for name, at in (("it", here), ("nothing", there))}  # type: ignore[union-attr]
    for one, other in zip(names["it"], names["nothing"], strict=True):
        said[0] = said[0].replace(one, other)
    assert (of_it.status, said[0]) == (of_nothing.status, said[1]), here
    if not names["it"] and of_it.status == 200:
        rows = [row for rows in _lists_in(of_it.json) for row in rows]
        assert [row for row in rows if row.get("stream") != "sanshe.rulebooks"] == [], here


def _lists_in(answer: Any) -> list[list[Any]]:
    """A file to fill in has none."""
    return [rows for rows in answer.values() if isinstance(rows, list)] if isinstance(answer, dict) else []
