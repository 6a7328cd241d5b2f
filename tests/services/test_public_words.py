"""What people write in free words and others will read is looked through for anybody's number, at every door."""

import ast
import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from pydantic import BaseModel

from deploy.installed import SERVICES
from schemas.fact import Command
from schemas.ids import PartyId
from schemas.model import Model
from services.funds.rules.appropriate import PRINTABLE
from services.kit.service import Post, Service
from tests.services.doors import POSTS
from tests.services.test_reasons import calls

LONG = 200
"""characters: what may be as long is no code, no name and no number of a thing"""
COMMON = {"Model", "Command", "Money", "UUID"}
FREE = {r"\S", PRINTABLE}
"""patterns that any words fit"""
NOT_LOOKED_THROUGH = {
    "EnterScores.scores": "the keys are the ids of the tender's own criteria, or it is refused",
    "ImportReceipts.lines": "a bank's words; a returned payment's reason is told only where nobody's number is in it",
    "HandInRulebook.document": "two officers' public rules; a sum of fen in them may look like a telephone's number",
    "TakeInNeed.words": "the applicant's own, sealed before the transaction and never told",
    "ExplainReceipt.text": "funds' own; what of it is told of a returned payment is looked through there",
}
"""Free words that are not public, with why."""


def free_words(shape: Any, limits: tuple[Any, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The way to each text in a body that takes long free words."""
    origin = get_origin(shape)
    if origin is Annotated:
        inner, *more = get_args(shape)
        yield from free_words(inner, (*limits, *more))
    elif shape is str:
        if _is_free(limits):
            yield ()
    elif isinstance(shape, type) and issubclass(shape, BaseModel):
        for name, field in shape.model_fields.items():
            yield from ((name, *rest) for rest in free_words(field.annotation, tuple(field.metadata)))
    else:
        for part in get_args(shape):
            yield from free_words(part, limits if origin is not tuple else ())


def _is_free(limits: tuple[Any, ...]) -> bool:
    parts = [part for limit in limits for part in (limit, *getattr(limit, "metadata", ()))]
    longest = min((n for part in parts if (n := getattr(part, "max_length", None)) is not None), default=LONG)
    patterns = {pattern for part in parts if (pattern := getattr(part, "pattern", None)) is not None}
    return longest >= LONG and patterns <= FREE


def shapes_in(shape: Any) -> Iterator[type[BaseModel]]:
    """A body, what it is derived from, and what lies in it."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        yield from (base for base in shape.__mro__ if issubclass(base, BaseModel) and base.__module__[:8] != "pydantic")
        for field in shape.model_fields.values():
            yield from shapes_in(field.annotation)
    else:
        for part in get_args(shape):
            yield from shapes_in(part)


def looked_through(service: Service, command: type[Command]) -> set[str]:
    """Every text in the functions that are given the body and look through words: the fields they name are there."""
    shapes = {shape.__name__ for shape in shapes_in(command)} - COMMON
    named: set[str] = set()
    for place in calls("must_be_public"):
        function = place.function
        if service.folder not in place.file.parents or function is None:
            continue
        given = {word for one in function.args.args for word in re.findall(r"\w+", ast.unparse(one.annotation or one))}
        if shapes & given:
            texts = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
            named |= {part for text in texts if isinstance(text, str) for part in text.split(".")}
    return named


DOORS = [
    pytest.param(service, route, id=route.command.__name__)
    for service in SERVICES
    for route in service.routes
    if isinstance(route, Post) and any(free_words(route.command))
]


@pytest.mark.parametrize(("service", "door"), DOORS)
def test_free_words_at_a_door_are_looked_through_or_it_says_why_not(service: Service, door: Post) -> None:
    name, named = door.command.__name__, looked_through(service, door.command)
    left = {f"{name}.{way[0]}" for way in free_words(door.command) if named.isdisjoint(way)}

    assert left - NOT_LOOKED_THROUGH.keys() == set()


def test_nothing_is_excused_that_no_door_takes() -> None:
    taken = {f"{post.command.__name__}.{way[0]}" for post in POSTS for way in free_words(post.command)}

    assert NOT_LOOKED_THROUGH.keys() <= taken


class _Said(Model):
    text: Annotated[str, "…"]
    by: PartyId
    lines: tuple[Annotated[str, "…"], ...] | None


def test_free_words_are_found_wherever_they_stand() -> None:
    assert list(free_words(_Said)) == [("text",), ("lines",)]
