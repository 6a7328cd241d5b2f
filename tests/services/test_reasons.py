"""Every refusal has its sentence, every sentence its refusal, and what is no law is never quoted as law."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import orjson
import pytest
from aiohttp.test_utils import make_mocked_request

from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.kit import reasons
from services.kit.problems import problem
from services.kit.rulebooks import shipped

ROOT = Path(__file__).parent.parent.parent
FILES = [
    file for folder in ("schemas", "events", "services", "deploy") for file in sorted((ROOT / folder).rglob("*.py"))
]
ARTICLE = re.compile(r"第.{1,12}条|《|法规定|条例规定|\b(?:[Aa]rticle|Act|Statute)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Site:
    """A place that refuses: with which codes, as far as reading tells, and with which details."""

    place: str
    codes: frozenset[str]
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A call, and the function it stands in."""

    file: Path
    function: Function | None
    call: ast.Call


@cache
def trees() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text("utf-8")) for file in FILES}


@cache
def calls(name: str) -> tuple[Place, ...]:
    """Of a function, class or method of this name."""
    return tuple(place for file, tree in trees().items() for place in _calls(file, tree, name, None))


def _calls(file: Path, tree: ast.AST, name: str, inside: Function | None) -> Iterator[Place]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            yield Place(file, inside, node)
        yield from _calls(file, node, name, node if isinstance(node, Function) else inside)


@cache
def sites() -> tuple[Site, ...]:
    return tuple(
        Site(
            f"{place.file.relative_to(ROOT)}:{place.call.lineno}",
            frozenset(_texts(place.call.args[0], place)),
            frozenset(word.arg or "**" for word in place.call.keywords),
        )
        for place in calls("Refused")
    )


def _texts(node: ast.expr, at: Place) -> Iterator[str]:
    """What an expression may be: a text, one of two, a name that was given one before or by a caller."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=yes, orelse=no):
            yield from (*_texts(yes, at), *_texts(no, at))
        case ast.JoinedStr(values=parts):
            form = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w+" for p in parts)
            near = next(folder for folder in at.file.parents if (folder / "reasons.toml").exists())
            yield from (code for code in sentences_in(near / "reasons.toml") if re.fullmatch(form, code))
        case ast.Name(id=name) if at.function is not None:
            found = list(_given_before(at.function.body, name, at.call)) or list(_passed(at.function, name))
            for value, place in found:
                yield from _texts(value, place or at)


def _given_before(block: list[ast.stmt], name: str, call: ast.Call) -> Iterator[tuple[ast.expr, Place | None]]:
    """What the last statement before the call that gives the name a value may give it."""
    for place, statement in enumerate(block):
        if any(node is call for node in ast.walk(statement)):
            inner = [part for part in ast.walk(statement) if isinstance(part, ast.If | ast.For)]
            lists = [part for one in inner for part in (one.body, one.orelse)]
            nearest = [part for part in lists if any(node is call for s in part for node in ast.walk(s))]
            found = list(_given_before(nearest[0], name, call)) if nearest else []
            before = (list(_assigned(earlier, name)) for earlier in reversed(block[:place]))
            yield from found or [(value, None) for value in next(filter(None, before), [])]


def _assigned(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = zip(target.elts, node.value.elts, strict=True)
                yield from (value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)


def _passed(function: Function, name: str) -> Iterator[tuple[ast.expr, Place]]:
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    if name in names:
        for place in calls(function.name):
            if len(place.call.args) > names.index(name):
                yield place.call.args[names.index(name)], place


@cache
def sentences_in(file: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads(file.read_text("utf-8"))


@cache
def sentences() -> dict[str, dict[str, str]]:
    files = sorted((ROOT / "services").glob("*/reasons.toml"))
    return {code: said for file in files for code, said in sentences_in(file).items()}


def blanks(code: str) -> set[str]:
    """What the sentences of a refusal want to be filled with."""
    parts = (part for said in sentences()[code].values() for part in Formatter().parse(said))
    return {name for _, name, _, _ in parts if name is not None}


def codes_told() -> set[str]:
    """Codes that a fact carries instead of a refusal, `tender.voided`, or a state remembers, `Bid.fault`."""
    keywords = (node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.keyword))
    return {
        str(word.value.value)
        for word in keywords
        if word.arg in ("code", "fault") and isinstance(word.value, ast.Constant)
    }


def test_every_refusal_can_be_read() -> None:
    assert len(sites()) > 100
    assert [site.place for site in sites() if not site.codes] == []


def test_every_refusal_has_a_sentence() -> None:
    assert {code: s.place for s in sites() for code in s.codes if code not in reasons.codes()} == {}


def test_every_sentence_is_said_by_some_refusal() -> None:
    assert reasons.codes() - {code for site in sites() for code in site.codes} - codes_told() == set()


def test_every_blank_of_a_sentence_is_filled_wherever_it_is_said() -> None:
    left = {
        f"{site.place} {code}": missing
        for site in sites()
        for code in site.codes
        if "**" not in site.given and (missing := blanks(code) - site.given)
    }

    assert left == {}


@pytest.mark.parametrize("code", sorted(reasons.codes()))
def test_a_sentence_leaves_the_law_to_the_source_that_says_how_sure_it_is(code: str) -> None:
    for said in sentences()[code].values():
        assert not ARTICLE.search(said)


@pytest.mark.parametrize("certainty", Certainty)
def test_a_problem_never_quotes_a_rule_without_saying_how_sure_it_is(certainty: Certainty) -> None:
    source = Source("政府采购法实施条例 第九条", certainty)

    answer = problem(make_mocked_request("POST", "/v1/parties"), Refused("own_party", source, status=403))

    assert isinstance(answer.body, bytes)
    assert orjson.loads(answer.body)["rule"] == {"source": source.text, "certainty": certainty.value}


def test_only_a_statute_is_called_law() -> None:
    """In the code as in the rulebooks: what is sure by mark L names a statute and its article."""
    in_code = [
        str(text.value)
        for place in calls("Source")
        if len(place.call.args) == 2
        and isinstance(text := place.call.args[0], ast.Constant)
        and isinstance(certainty := place.call.args[1], ast.Attribute)
        and certainty.attr == "LAW"
    ]
    in_books = [r.source.text for b in shipped() for r in b.rules.values() if r.source.certainty is Certainty.LAW]

    assert in_code
    assert in_books
    for quoted in (*in_code, *in_books):
        assert re.match(r"\w+(?:法|条例) ?第[一二三四五六七八九十百]+条", quoted), quoted
