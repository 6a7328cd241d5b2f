"""Which open needs of a community may be one with this: by their words, the places they name, and their category.

Proposed to staff and never done: a person merges them. The number is for ranking and no probability.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.similar import Text, permille, short_grams, vectors
from services.needs.rules.need import Need

MOST = 5
LEAST = 60
"""thousandths below which nothing is proposed"""
SAME_PLACE, SAME_CATEGORY = 150, 30
"""thousandths"""
OTHER_PLACE = 2
"""the same words about another building count for as many times less"""
_NUMERALS = {character: str(number) for number, character in enumerate("零一二三四五六七八九")}
_PLACE = re.compile(
    r"(?P<number>\d{1,4}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?:号楼|号|幢|栋)"
)
"""A building by its number, in whichever words."""


@dataclass(frozen=True, slots=True)
class Alike:
    """`permille`: what text, places and category say together; `words`: what both texts say."""

    need: Need
    permille: int
    text: int
    places: tuple[str, ...]
    same_category: bool
    words: tuple[str, ...]


def nearest(asked: Need, others: Sequence[Need], most: int = MOST) -> list[Alike]:
    """The likest first; of equals the older, by its number."""
    weighed = vectors([_text(asked), *map(_text, others)], short_grams, 1)
    found = [
        _alike(asked, other, permille(weighed[0], vector)) for other, vector in zip(others, weighed[1:], strict=True)
    ]
    near = sorted((one for one in found if one.permille >= LEAST), key=lambda one: (-one.permille, one.need.id))
    return [replace(one, words=shared_words(_words(asked), _words(one.need))) for one in near[:most]]


def _alike(asked: Need, other: Need, text: int) -> Alike:
    mine, others = places(_words(asked)), places(_words(other))
    both = mine & others
    words = text // OTHER_PLACE if mine and others and not both else text
    place = SAME_PLACE if both else 0
    same = asked.category == other.category
    return Alike(
        need=other,
        permille=min(1000, words + place + (SAME_CATEGORY if same else 0)),
        text=text,
        places=tuple(sorted(both)),
        same_category=same,
        words=(),
    )


def places(text: str) -> frozenset[str]:
    """Numbers of the buildings it names: 3号楼, 3幢 and 三号楼 are one."""
    return frozenset(_number(found["number"]) for found in _PLACE.finditer(unicodedata.normalize("NFKC", text)))


def _number(said: str) -> str:
    if said.isdecimal():
        return str(int(said))
    tens, ten, ones = said.rpartition("十")
    if not ten:
        return _NUMERALS[said]
    return str(10 * int(_NUMERALS.get(tens, "1")) + int(_NUMERALS.get(ones, "0")))


def shared_words(one: str, other: str, most: int = 5) -> tuple[str, ...]:
    """The longest runs of two characters and more that stand in both, for people to see why."""
    found: list[str] = []
    for run in re.split(r"[^\w]+", one):
        start = 0
        while start < len(run) - 1:
            end = start + 1
            while end < len(run) and run[start : end + 1] in other:
                end += 1
            if end - start >= 2:
                found.append(run[start:end])
            start = end
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:most])


def _text(need: Need) -> Text:
    return Text(str(need.id), need.title, need.description)


def _words(need: Need) -> str:
    return f"{need.title}\n{need.description}"
