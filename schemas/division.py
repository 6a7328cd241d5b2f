"""Division codes (区划代码): 6 digits county or above, 9 street (街道、镇、乡), 12 community (社区、村).

Six digits follow GB/T 2260; the table with every code since 1980 travels with the project
(`data/SOURCE.md`). The three digits of the street follow GB/T 10114, those of the community the rules of the
statistics bureau (统计用区划代码): here their form is checked; which communities there are, `edition` knows.
"""

import lzma
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from schemas.fault import Fault, quoted
from schemas.rulebook import Certainty, Source

REGIONS = Source("GB/T 2260 中华人民共和国行政区划代码", Certainty.PUBLISHED)
STREETS = Source("GB/T 10114 县级以下行政区划代码编制规则", Certainty.PUBLISHED)
COMMUNITIES = Source("国家统计局 统计用区划代码和城乡划分代码编制规则", Certainty.PUBLISHED)

FILLERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""Rows that only hold other rows together: not part of a name anyone says."""


class Level(StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One row of the table: a county, prefecture or province."""

    code: str
    name: str
    last: int | None
    """the last yearly edition the code stood in; none while it stands"""
    statistical: bool
    """only the statistics bureau uses it (a development zone, say): not in GB/T 2260"""


@cache
def _regions() -> dict[str, Region]:
    packed = (files("schemas") / "data" / "regions.tsv.xz").read_bytes()
    table = {}
    for line in lzma.decompress(packed).decode().splitlines():
        code, name, standing = line.split("\t")
        last = int(standing) if standing.isdigit() else None
        table[code] = Region(code=code, name=name, last=last, statistical=standing == "s")
    return table


def region(code: str) -> Region | None:
    """The row of a six-digit code, standing or former; none when there never was one."""
    return _regions().get(code)


def is_region(code: str) -> bool:
    """Is this a six-digit code of GB/T 2260, in any edition since 1980?"""
    row = region(code)
    return row is not None and not row.statistical


def check(code: str) -> Fault | None:
    """What keeps `code` from being a division of today: its length, region, street or community."""
    if len(code) not in (6, 9, 12) or not (code.isascii() and code.isdigit()):
        zh = f"区划代码应为6、9或12位数字，收到{len(code)}个字符：{quoted(code)}"
        en = f"a division code has 6, 9 or 12 digits; got {len(code)} characters: {quoted(code)}"
        return Fault(part="form", first=1, last=len(code), zh=zh, en=en, source=REGIONS)
    row = region(code[:6])
    if row is None:
        zh, en = f"没有区划代码{code[:6]}", f"there is no region {code[:6]}"
        return Fault(part="region", first=1, last=6, zh=zh, en=en, source=REGIONS)
    if row.last is not None:
        zh = f"区划代码{row.code}（{row.name}）已停用，最后见于{row.last}年的代码表"
        en = f"region {row.code} ({row.name}) is gone; the code last stood in the edition of {row.last}"
        return Fault(part="region", first=1, last=6, zh=zh, en=en, source=REGIONS)
    return _fault_below(code, row)


def _fault_below(code: str, row: Region) -> Fault | None:
    """Streets are 001-599 of their county, communities 001-599 of their street."""
    if len(code) > 6 and level(row.code) is not Level.COUNTY and not _without_counties(row.code):
        zh = f"{row.code}（{row.name}）不是县级，街道代码须在县级代码之下"
        en = f"{row.code} ({row.name}) is above county level; a street belongs to a county"
        return Fault(part="region", first=1, last=6, zh=zh, en=en, source=STREETS)
    for part, first, zh_part, source in (
        ("street", 7, "乡级", STREETS),
        ("community", 10, "村级", COMMUNITIES),
    ):
        digits = code[first - 1 : first + 2]
        if digits and not "001" <= digits <= "599":
            zh = f"第{first}—{first + 2}位{zh_part}代码应在001—599之间，收到{digits}"
            en = f"digits {first}-{first + 2} ({part}) run from 001 to 599; got {digits}"
            return Fault(part=part, first=first, last=first + 2, zh=zh, en=en, source=source)
    return None


@cache
def _without_counties(code: str) -> bool:
    """A city whose streets hang directly under it: 东莞 441900, 中山 442000, 儋州 460400, 嘉峪关 620200."""
    below = (other for other in _regions() if other[:4] == code[:4] and other != code)
    return level(code) is Level.PREFECTURE and not any(is_region(other) for other in below)


def level(code: str) -> Level:
    """The level a well-formed code stands on."""
    if len(code) > 6:
        return Level.STREET if len(code) == 9 else Level.COMMUNITY
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def parent(code: str) -> str | None:
    """The division right above: community, street, county, prefecture, province; none above a province.

    Counties directly under their province (省直辖县级) have the row that holds them, as 419000, between.
    """
    match level(code):
        case Level.COMMUNITY | Level.STREET:
            return code[:-3]
        case Level.COUNTY:
            return code[:4] + "00" if is_region(code[:4] + "00") else code[:2] + "0000"
        case Level.PREFECTURE:
            return code[:2] + "0000"
        case Level.PROVINCE:
            return None


def within(inner: str, outer: str) -> bool:
    """Does `inner` lie in `outer`, or is it `outer` itself?"""
    digits = {Level.PROVINCE: 2, Level.PREFECTURE: 4}.get(level(outer), len(outer))
    return inner[:digits] == outer[:digits]


def name_of(code: str) -> str:
    """The name of the county (or prefecture, province) a division lies in: 姑苏区. LookupError for none."""
    row = region(code[:6])
    if row is None:
        raise LookupError(f"no region {quoted(code[:6])}")
    return row.name


def full_name_of(code: str) -> str:
    """The same with what it lies in: 江苏省苏州市姑苏区."""
    names = [name_of(code)]
    above = parent(code[:6])
    while above is not None:
        name = name_of(above)
        if name not in FILLERS and name != names[0]:
            names.insert(0, name)
        above = parent(above)
    return "".join(names)


def covers(upper: str, lower: str) -> bool:
    """Is `lower` the division `upper`, or in it? Codes that `check` lets pass."""
    return lower.startswith(prefix(upper))


def prefix(code: str) -> str:
    """What every code in the division begins with: 320000 → 32, 320500 → 3205, others themselves."""
    return code.removesuffix("0000") if code.endswith("0000") else code[:4] if code[4:] == "00" else code


def above(code: str) -> tuple[str, ...]:
    """Every division that holds it, the nearest first."""
    found = []
    while (parent_code := parent(code)) is not None:
        found.append(parent_code)
        code = parent_code
    return tuple(found)


def below(code: str) -> tuple[str, ...]:
    """The prefectures of a province, or the counties of a prefecture, that stand today; none below a county.

    Rows that only hold others together (市辖区, 省直辖县级行政区划) are passed through.
    """
    if len(code) > 6:
        return ()
    standing = [row for row in _regions().values() if row.last is None and not row.statistical]
    found = [row.code for row in standing if row.code != code and parent(row.code) == code]
    return tuple(sorted(code for code in found if name_of(code) not in FILLERS))
