"""What fills the blanks of a refusal has words in both languages: what was not found, what is wrong with a field."""

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema

from schemas.contract import Milestone
from schemas.deciding import State, World
from schemas.fact import Command
from schemas.need import Route
from schemas.pabulib.shapes import VoteType
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.tranche import Gate
from services.kit import reasons
from services.kit.service import Get, Post
from services.tenders.rules.project import Phase, Project
from tests.services.doors import CHINESE, POSTS, ROUTES, name_of
from tests.services.test_reasons import calls, trees
from tests.support.pure import refused

WRONG = [
    *("null", "true", "0", "-1", "1.5", "1e30", "99999999999999999999", "[]", "[1]", "{}", '{"colour":1}', '{"fen":0}'),
    *('""', '" "', '"x"', '"-5"', '"0.123"', '"NaN"', '"99999"', '"2026-01-01"', '"2026-01-01T00:00:00"'),
    *(f'"{"x" * 5000}"', f"[{','.join(['{}'] * 5001)}]"),
]
"""JSON that few fields take"""


def kinds_of(base: type[State]) -> Iterator[str]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith(("schemas.", "services.")):
            yield from (kind.__name__, *kinds_of(kind))


def test_what_may_be_missed_has_a_noun_and_nothing_else_has() -> None:
    """The states of all services, and what a door looks for itself."""
    looked_for = {
        str(word.value.value)
        for place in calls("Refused")
        for word in place.call.keywords
        if word.arg == "what" and isinstance(word.value, ast.Constant)
    }

    assert {"Project", "Party", "Milestone"} <= {*kinds_of(State), *looked_for}
    assert reasons.words("what") == {*kinds_of(State), *looked_for}


@pytest.mark.parametrize(("language", "said"), [("zh", "没有找到项目 "), ("en", "There is no project ")])
def test_a_state_that_is_not_there_is_called_by_its_noun(language: str, said: str) -> None:
    id = UUID(int=1)
    world = World([(Project, id)])

    with refused("not_found") as caught:
        world.get(Project, id)

    assert reasons.explain(caught.value, language).startswith(f"{said}{id}")


def schemas_in(part: Any) -> Iterator[Any]:
    """Of pydantic, each for one value: the whole command, its fields, theirs."""
    if isinstance(part, Mapping):
        if part.get("type") in get_args(core_schema.CoreSchemaType):
            yield part
        yield from (schema for inner in part.values() for schema in schemas_in(inner))
    elif isinstance(part, list | tuple):
        yield from (schema for inner in part for schema in schemas_in(inner))


def faults_of(schema: Any, shared: list[Any]) -> Iterator[str]:
    """What pydantic finds wrong with values of all sorts. `shared`: what a schema may refer to by name."""
    validator = SchemaValidator(core_schema.definitions_schema(schema, shared) if shared else schema)
    for value in WRONG:
        try:
            validator.validate_json(value, strict=True)
        except ValidationError as error:
            yield from {fault["type"] for fault in error.errors(include_url=False, include_input=False)}


@pytest.mark.parametrize("command", [post.command for post in POSTS], ids=lambda command: command.__name__)
def test_whatever_may_be_wrong_with_a_command_has_words(command: type[Command]) -> None:
    whole: Any = command.__pydantic_core_schema__
    shared = whole.get("definitions", [])
    parts = [part for part in schemas_in(whole) if part["type"] not in ("definitions", "definition-ref")]
    found = {fault for part in parts for fault in faults_of(part, [d for d in shared if d is not part])}

    assert {"model_type", "missing", "extra_forbidden"} <= found
    assert found - reasons.words("problem") == set()
    assert "value_error" not in found, "a validator of ours says what is wrong by a name: PydanticCustomError"


def test_every_word_for_what_is_wrong_is_used() -> None:
    """By pydantic, or by us."""
    texts = {node.value for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Constant)}

    assert reasons.words("problem") - set(get_args(core_schema.ErrorType)) - texts == set()


def test_the_words_of_a_blank_are_filled_like_the_sentence() -> None:
    no = Refused("invalid_field", field="title", problem="string_too_long", max_length=100)

    assert reasons.explain(no, "zh") == "请求中 title 不符合要求:最多 100 个字符。"


def enumerations() -> Iterator[type[StrEnum]]:
    for kind in StrEnum.__subclasses__():
        if kind.__module__.startswith(("schemas.", "services.")):
            yield kind


def test_an_enumeration_has_words_for_each_of_its_values_or_for_none() -> None:
    spoken = set()
    for kind in enumerations():
        values, said = {str(value) for value in kind}, reasons.words(kind.__name__)
        if values <= said:
            spoken.add(kind)
        else:
            assert not values & said, kind
    assert {kind.__name__ for kind in spoken} == {name for name in reasons.tables() if name[0].isupper()}
    assert spoken >= {Role, PartyKind, Milestone, Gate, Route, VoteType}


def test_a_refusal_is_given_values_and_not_their_codes() -> None:
    given = [word.value for place in calls("Refused") for word in place.call.keywords]

    assert [ast.unparse(value) for value in given if isinstance(value, ast.Attribute) and value.attr == "value"] == []


def test_values_of_enumerations_are_told_in_words_one_or_several() -> None:
    no = Refused("wrong_phase", project="X", phase=Phase.OPEN, needed=(Phase.OPENED, Phase.SCORING))

    assert "目前状态:招标中。这一步只能在以下状态办理:已开标,待资格审查、评审中。" in reasons.explain(no, "zh")
    assert "is in phase open for bids; this step belongs to opened, being scored." in reasons.explain(no, "en")


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_every_door_says_in_both_languages_what_it_is_for(route: Post | Get) -> None:
    for said in (route.summary, *(route.query.values() if isinstance(route, Get) else ())):
        zh, en = said.split(" · ")
        assert CHINESE.search(zh)
        assert not CHINESE.search(en)
