"""The paths a rulebook may have, their shape and meaning: each in the `rulebook.toml` of the service it is for."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.layering import METHOD, TENDER, number_of

Said = tuple[str, str]
"""what is wrong, in Chinese and in English"""
MOST_ITEMS = 200
METHODS = {
    "open_bidding": ("公开招标", "open bidding"),
    "consultation": ("竞争性磋商", "competitive consultation"),
    "single_source": ("单一来源", "single source"),
    "framework": ("框架协议", "framework agreement"),
    "comparison": ("书面比较", "comparison of offers"),
}

_LEAST_MOST = {"percent": (0, 100), "days": (1, 36_500), "integer": (0, 10**15), "fen": (0, 10**15)}
_WORDS = {
    "percent": ("0 至 100 的整数(百分数)", "a whole number of percent, 0 to 100"),
    "days": ("天数(正整数)", "a number of days, 1 or more"),
    "integer": ("非负整数", "a whole number, 0 or more"),
    "fen": ("金额,以分计的整数", "an amount as a whole number of fen"),
}


class Shape(BaseModel):
    """What a value must look like. `term` is `{days, unit: wd or d, from}`, `bands` are of a grade each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal[
        "percent",
        "days",
        "integer",
        "fen",
        "ratio",
        "number",
        "text",
        "choice",
        "list",
        "map",
        "record",
        "bands",
        "term",
    ]
    least: int | None = None
    most: int | None = None
    of: tuple[str, ...] = ()
    """of a choice"""
    each: "Shape | None" = None
    """of a list or a map"""
    fields: dict[str, "Shape"] = Field(default_factory=dict)
    """of a record: all of them"""
    optional: dict[str, "Shape"] = Field(default_factory=dict)
    """which a record may have besides; no other"""
    total: str | None = None
    """what the numbers of a map add up to"""
    beside: tuple[str, ...] = ()
    """which of them do not count for it"""

    def wrong(self, value: Any, at: str = "") -> Iterator[Said]:
        """`at`: the part of the value looked at, for the sentence."""
        match self.type:
            case "percent" | "days" | "integer" | "fen":
                yield from self._whole(value, at)
            case "ratio" | "number":
                yield from self._number(value, at)
            case "text":
                if not isinstance(value, str) or not 1 <= len(value) <= 1000:
                    yield f"{at}应为文字(1 至 1000 字)", f"{at}must be a text of 1 to 1000 characters"
            case "choice":
                if value not in self.of or isinstance(value, bool):
                    among = ", ".join(self.of)
                    yield f"{at}应为其中之一:{among};收到 {value}", f"{at}must be one of {among}; got {value}"
            case "term":
                yield from _TERM.wrong(value, at)
            case _:
                yield from self._many(value, at)

    def _whole(self, value: Any, at: str) -> Iterator[Said]:
        least, most = _LEAST_MOST[self.type]
        least, most = self.least if self.least is not None else least, self.most if self.most is not None else most
        zh, en = _WORDS[self.type]
        if isinstance(value, bool) or not isinstance(value, int):
            yield f"{at}应为{zh},收到 {value}", f"{at}must be {en}; got {value}"
        elif not least <= value <= most:
            yield f"{at}应在 {least} 至 {most} 之间,收到 {value}", f"{at}must be from {least} to {most}; got {value}"

    def _number(self, value: Any, at: str) -> Iterator[Said]:
        number = number_of(value)
        if number is None or (isinstance(value, int) and self.type == "ratio"):
            yield f'{at}应写成文字 "40%"、"2/3" 或 "0.05",收到 {value}', f'{at}must be a text like "40%"; got {value}'
        elif number < 0 or (self.type == "ratio" and number > 1):
            yield f"{at}应在 0 与 100% 之间,收到 {value}", f"{at}must be from 0 to 100%; got {value}"

    def _many(self, value: Any, at: str) -> Iterator[Said]:
        listed = self.type in ("list", "bands")
        wanted, zh, en = (list, "列表", "a list") if listed else (dict, "表", "a table")
        if not isinstance(value, wanted) or not 1 <= len(value) <= MOST_ITEMS:
            yield f"{at}应为{zh}(1 至 {MOST_ITEMS} 项)", f"{at}must be {en} of 1 to {MOST_ITEMS} items"
        elif isinstance(value, list):
            yield from _wrong_bands(value, at) if self.type == "bands" else self._wrong_list(value, at)
        elif isinstance(value, dict):
            yield from self._wrong_map(value, at) if self.type == "map" else self._wrong_record(value, at)

    def _wrong_list(self, value: list[Any], at: str) -> Iterator[Said]:
        assert self.each is not None
        for place, item in enumerate(value, 1):
            yield from self.each.wrong(item, f"{at}[{place}] ")

    def _wrong_record(self, value: Mapping[str, Any], at: str) -> Iterator[Said]:
        shapes = self.fields | self.optional
        for name in sorted({*self.fields, *value}):
            if name not in value:
                yield f"{at}缺少 {name}", f"{at}{name} is missing"
            elif name not in shapes:
                yield f"{at}没有 {name} 这一项", f"{at}there is no {name}"
            else:
                yield from shapes[name].wrong(value[name], f"{at}{name} ")

    def _wrong_map(self, value: Mapping[str, Any], at: str) -> Iterator[Said]:
        assert self.each is not None
        wrong = [said for name, item in value.items() for said in self.each.wrong(item, f"{at}{name} ")]
        yield from wrong
        if self.total is not None and not wrong:
            counted = [number_of(item) for name, item in value.items() if name not in self.beside]
            total = sum((number for number in counted if number is not None), Fraction(0))
            if total != number_of(self.total):
                yield f"{at}各项合计应为 {self.total},实为 {total}", f"{at}must add up to {self.total}, not {total}"


class Known(Shape):
    """A path, and what it means in words."""

    zh: str
    en: str


_TERM = Shape(
    type="record",
    fields={
        "days": Shape(type="days"),
        "unit": Shape(type="choice", of=("wd", "d")),
        "from": Shape(type="text", most=100),
    },
)


def _wrong_bands(value: list[Any], at: str) -> Iterator[Said]:
    """From the highest down to 0, each grade once. That they leave no gap depends on the rounding; see checks."""
    grades: set[str] = set()
    above = 10**9
    for band in value:
        if not isinstance(band, dict) or not {"grade", "from"} <= set(band) <= {"grade", "from", "to"}:
            yield f"{at}每一档为 {{grade, from}},可加 to", f"{at}each band is {{grade, from}}, and may have `to`"
            return
        least: Any = band["from"]
        most: Any = band.get("to", least)
        whole = all(isinstance(score, int) and not isinstance(score, bool) for score in (least, most))
        if not isinstance(band["grade"], str) or not whole or most < least:
            zh, en = (
                "等级为文字,分数为整数,to 不小于 from",
                "a grade is a text, scores are whole, `to` not below `from`",
            )
            yield f"{at}{zh}", f"{at}{en}"
            return
        if band["grade"] in grades or most >= above:
            zh, en = "各档从高到低,不重叠,等级不重复", "bands go down, overlap nowhere, name a grade once"
            yield f"{at}{zh}:{band['grade']}", f"{at}{en}: {band['grade']}"
        grades.add(band["grade"])
        above = least
    if above != 0:
        yield f"{at}最低一档应从 0 分起", f"{at}the lowest band begins at 0"


@cache
def known() -> Mapping[str, Known]:
    """Path → what it is."""
    found: dict[str, Known] = {}
    for file in sorted(Path(__file__).parent.parent.glob("*/rulebook.toml")):
        for path, shape in tomllib.loads(file.read_text("utf-8")).items():
            if path in found or not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", path):
                raise ValueError(f"{file}: {path} is no path, or known already")
            found[path] = Known.model_validate(shape)
    return dict(_by_method(found)) | found


def _by_method(found: Mapping[str, Known]) -> Iterator[tuple[str, Known]]:
    """What a tender may have, each method may set for it."""
    for path, shape in found.items():
        if path.startswith(TENDER) and path != METHOD:
            for method, (zh, en) in METHODS.items():
                told = {"zh": f"{zh}:{shape.zh}", "en": f"{en}: {shape.en}"}
                yield f"method.{method}.{path.removeprefix(TENDER)}", shape.model_copy(update=told)
