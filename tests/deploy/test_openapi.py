"""The OpenAPI document: generated from the routes that serve, and true to them."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from deploy.clock_document import with_clock
from deploy.installed import SERVICES
from schemas.money import Money
from services.kit import due
from services.kit.openapi import document
from services.kit.service import Get, Post

DOCUMENT = document(SERVICES, "0")
ROUTES = [*(route for service in SERVICES for route in service.routes), due.door(())]
PUBLISHED = with_clock(DOCUMENT)
POSTS = [route for route in ROUTES if isinstance(route, Post)]
GETS = [route for route in ROUTES if isinstance(route, Get)]


def operation(route: Post | Get) -> Any:
    return DOCUMENT["paths"][route.path]["post" if isinstance(route, Post) else "get"]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def body_of(post: Post) -> Any:
    return operation(post)["requestBody"]["content"]["application/json"]["schema"]


def test_every_door_is_described_and_no_other() -> None:
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}

    assert described == {(route.path, "post" if isinstance(route, Post) else "get") for route in ROUTES}
    ids = [operation(route)["operationId"] for route in ROUTES]
    assert len(set(ids)) == len(ids)


def test_every_reference_leads_somewhere() -> None:
    for reference in references(PUBLISHED):
        found: Any = PUBLISHED
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_every_schema_is_a_valid_one() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid(schema), name


@pytest.mark.parametrize("post", POSTS, ids=lambda post: post.path)
def test_a_body_is_the_command_less_what_stands_in_the_path(post: Post) -> None:
    in_path = set(re.findall(r"{(\w+)}", post.path))

    body = body_of(post)

    assert set(body["properties"]) == set(post.command.model_fields) - in_path
    assert body["additionalProperties"] is False
    named = {p["name"] for p in operation(post)["parameters"] if p.get("in") == "path"}
    assert named == in_path
    assert {"$ref": "#/components/parameters/Idempotency-Key"} in operation(post)["parameters"]
    assert "application/json" in operation(post)["responses"]["201"]["content"]


def test_who_may_pass_is_said_at_every_door() -> None:
    for route in ROUTES:
        assert operation(route)["security"] == ([{"key": []}] if route.roles else [{}, {"key": []}])
        for role in route.roles:
            assert role in operation(route)["description"]


def test_amounts_are_shown_as_fen_with_an_example() -> None:
    money = DOCUMENT["components"]["schemas"]["Money"]

    assert money["properties"]["fen"]["type"] == "integer"
    assert money["examples"] == [{"fen": 1250000}]
    assert str(Money(1250000)) == "12,500.00 元"


def test_refusals_are_problem_details() -> None:
    problem = DOCUMENT["components"]["responses"]["Problem"]

    assert list(problem["content"]) == ["application/problem+json"]
    for post in POSTS:
        assert operation(post)["responses"]["409"] == {"$ref": "#/components/responses/Problem"}


def test_a_stranger_to_the_project_can_read_it() -> None:
    """Schemathesis makes requests from it, for every operation; those of the example clock are published too."""
    loaded = schemathesis.openapi.from_dict(PUBLISHED)

    found = {f"{operation.method} {operation.path}" for operation in map(_well, loaded.get_all_operations())}

    assert len(found) == len(ROUTES) + 2
    assert {"get /v1/clock", "post /v1/clock/advance"} <= found


def _well(result: Any) -> Any:
    return result.ok()
