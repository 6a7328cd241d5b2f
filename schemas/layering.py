"""Documents that lie on each other: national, province, programme. An upper one bounds what a lower one may set.

Pure: the text of a document, and its lines, are kit's business.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from schemas.canonical import digest_of
from schemas.model import Model
from schemas.rulebook import Certainty, Rule, Rulebook, Source

MOST_LAYERS = 4
"""national, province, county, programme"""
METHOD = "tender.method"
TENDER = "tender."
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6}%?|%|/[1-9][0-9]{0,5})?")


class Bounds(Model):
    """What documents below may do with a value. Bounds of several layers hold together."""

    at_least: int | str | None = None
    """a number, or a ratio as `Rulebook.share` reads it"""
    at_most: int | str | None = None
    one_of: tuple[str | int, ...] | None = None
    """of a list: each of its items"""
    keeps: bool = False
    """of a list: every item of it stays, and others may come"""
    fixed: bool = False
    """nothing but the value itself"""


class DocumentValue(Model):
    value: Any
    source: Annotated[str, Field(min_length=2, max_length=1000)]
    certainty: Certainty
    bounds: Bounds | None = None


class Document(Model):
    """One rulebook document as it was written, alone."""

    id: Annotated[str, Field(pattern=r"^([a-z]+|[0-9]{6})/[a-z0-9-]+$", max_length=80)]
    """for what is adopted, the division code of the jurisdiction and a name"""
    version: Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){0,2}$")]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    effective_from: date
    parent: Annotated[str, Field(pattern=r"^([a-z]+|[0-9]{6})/[a-z0-9-]+@[0-9.]{1,14}$")] | None = None
    """`id@version` of the layer above"""
    rules: dict[str, DocumentValue]

    @property
    def name(self) -> str:
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A value of a lower layer outside what an upper one allows."""

    path: str
    zh: str
    en: str
    source: Source
    """of the upper rule"""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A rule above with all the bounds set above."""

    rule: Rule
    bounds: tuple[Bounds, ...]


def hash_of(document: Document, parent_hash: str | None) -> str:
    """SHA-256 over the canonical JSON; what a document does not say has no place in it."""
    spelled = document.model_dump(mode="json", exclude={"parent", "rules"})
    spelled["rules"] = {path: _spelled(value) for path, value in document.rules.items()}
    if document.parent is not None:
        spelled["parent"] = {"name": document.parent, "hash": parent_hash}
    return digest_of(spelled)


def _spelled(value: DocumentValue) -> dict[str, Any]:
    spelled = value.model_dump(mode="json", exclude={"bounds"})
    if value.bounds is not None:
        spelled["bounds"] = value.bounds.model_dump(mode="json", exclude_defaults=True)
    return spelled


def effective(documents: Sequence[Document]) -> Rulebook:
    """The lowest of the layers with everything the upper ones say and it does not. `documents`: uppermost first."""
    rules: dict[str, Rule] = {}
    hashes: list[str] = []
    for document in documents:
        hashes.append(hash_of(document, hashes[-1] if hashes else None))
        for path, value in document.rules.items():
            rules[path] = Rule(value.value, Source(value.source, value.certainty), document.name)
    _by_method(rules)
    lowest = documents[-1]
    return Rulebook(
        id=lowest.id,
        version=lowest.version,
        title=lowest.title,
        effective_from=lowest.effective_from,
        hash=hashes[-1],
        rules=rules,
        layers=tuple(hashes[:-1]),
    )


def twin_of(path: str, method: str) -> str | None:
    """`method.open_bidding.X` is what `tender.X` means under open bidding; of another path or method none."""
    before = f"method.{method}."
    return TENDER + path.removeprefix(before) if path.startswith(before) else None


def _by_method(rules: dict[str, Rule]) -> None:
    """A document that names its method has the method's values as the tender's, with their layer and source."""
    if METHOD in rules:
        for path, rule in list(rules.items()):
            if (twin := twin_of(path, str(rules[METHOD].value))) is not None:
                rules.setdefault(twin, rule)


def misfits(upper: Sequence[Document], lowest: Document) -> list[Misfit]:
    """Where the lowest document leaves what the layers above allow. A narrower bound is set, a wider one never."""
    above: dict[str, _Bound] = {}
    for document in upper:
        for path, value in document.rules.items():
            earlier = above[path].bounds if path in above else ()
            rule = Rule(value.value, Source(value.source, value.certainty), document.name)
            above[path] = _Bound(rule, (*earlier, *([value.bounds] if value.bounds else [])))
    found = _bind_by_method(above, upper, lowest)
    for path, value in lowest.rules.items():
        if path in above:
            found += _misfits(path, value.value, above[path])
            found += [one for number in _numbers_of(value.bounds) for one in _misfits(path, number, above[path])]
    return found


def _bind_by_method(above: dict[str, _Bound], upper: Sequence[Document], lowest: Document) -> list[Misfit]:
    """Bounds of the method hold for the tender's values too, also for those set before the method was named."""
    named = [one.rules[METHOD].value for one in (*upper, lowest) if METHOD in one.rules]
    found: list[Misfit] = []
    for path in list(above) if named else ():
        twin = twin_of(path, str(named[-1]))
        if twin is None:
            continue
        if twin in above and METHOD in lowest.rules and twin not in lowest.rules:
            found += _misfits(twin, above[twin].rule.value, above[path])
        of_tender = above[twin].bounds if twin in above else ()
        above[twin] = _Bound(above[path].rule, (*of_tender, *above[path].bounds))
    return found


def _numbers_of(bounds: Bounds | None) -> Iterator[Any]:
    """A bound that a lower layer sets is itself bound."""
    if bounds is not None:
        yield from (number for number in (bounds.at_least, bounds.at_most) if number is not None)
        yield from bounds.one_of or ()


def _misfits(path: str, value: Any, above: _Bound) -> Iterator[Misfit]:
    rule = above.rule
    for bounds in above.bounds:
        told = _told(value, rule.value, bounds)
        if told is not None:
            zh, en = told
            yield Misfit(
                path=path, zh=f"{zh}(上层 {rule.layer})", en=f"{en} (layer above: {rule.layer})", source=rule.source
            )


def _told(value: Any, upper: Any, bounds: Bounds) -> tuple[str, str] | None:
    if bounds.fixed and value != upper:
        return f"上层规定为 {upper},不得改为 {value}", f"fixed above as {upper}; {value} is not allowed"
    if isinstance(upper, dict) and isinstance(value, dict) and upper.get("unit") != value.get("unit"):
        return f"期限单位须与上层相同({upper.get('unit')})", f"a term is in the unit used above, {upper.get('unit')}"
    if bounds.keeps and (gone := [item for item in upper if item not in value]):
        return f"不得去掉上层的 {gone[0]}", f"{gone[0]}, which stands above, may not be left out"
    for item in _leaves(value):
        if bounds.one_of is not None and item not in bounds.one_of:
            among = "、".join(map(str, bounds.one_of))
            return f"{item} 不在上层允许的范围({among})", f"{item} is none of what is allowed above: {among}"
        number, least, most = number_of(item), number_of(bounds.at_least), number_of(bounds.at_most)
        if (least is not None or most is not None) and number is None:
            return f"{item} 不是数值,无法与上层的上下限比较", f"{item} is no number; above, bounds are set"
        if number is not None and least is not None and number < least:
            return (
                f"{item} 低于上层的下限 {bounds.at_least}",
                f"{item} is below the least allowed above, {bounds.at_least}",
            )
        if number is not None and most is not None and number > most:
            return (
                f"{item} 高于上层的上限 {bounds.at_most}",
                f"{item} is above the most allowed above, {bounds.at_most}",
            )
    return None


def _leaves(value: Any) -> Iterator[Any]:
    """The bounded parts of a value: its days where it is a term, each item of a list or table."""
    if isinstance(value, dict):
        parts = [value["days"]] if "days" in value else list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        yield value
        return
    for part in parts:
        yield from _leaves(part)


def number_of(value: Any) -> Fraction | None:
    """Of 20, "40%", "2/3" or "0.05"; none of what is no number."""
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        return None
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
