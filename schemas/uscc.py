"""USCC (统一社会信用代码), GB 32100-2015: is a code well formed, and if not, which part is wrong and why.

Eighteen characters: registering department 1, category 1, region 6, body 9 (an organization code of GB
11714-1997 with its own check digit), check 1. A code is kept for life, so a region that was merged away since
is right. A right code does not say that the party exists: that the registrar finds out.
"""

from dataclasses import dataclass
from enum import StrEnum

from schemas.division import REGIONS, is_region, region
from schemas.fault import Fault, quoted
from schemas.rulebook import Certainty, Source

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Character values 0-30; I, O, S, V and Z are left out because they are misread."""
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
NATIONAL = "100000"
"""The region of what is registered with a ministry; GB/T 2260 has no such row."""
MISREAD = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}

STRUCTURE = Source("GB 32100-2015 4.1", Certainty.PUBLISHED)
PARTS = Source("GB 32100-2015 4.2", Certainty.PUBLISHED)
BODY = Source("GB 11714-1997 2.1.2", Certainty.PUBLISHED)
ADMITTED = Source("政府购买服务管理办法（财政部令第102号）第五、六条", Certainty.PUBLISHED)


class Capacity(StrEnum):
    """What a category of party may be on this marketplace."""

    FUNDER = "funder"
    PROVIDER = "provider"
    COMMUNITY = "community"
    PROCUREMENT_SUPERVISOR = "procurement_supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    zh: str
    en: str
    capacities: frozenset[Capacity]
    note: str | None = None
    """what a registrar should know, zh / en"""


def _category(zh: str, en: str, *capacities: Capacity, note: str | None = None) -> Category:
    return Category(zh=zh, en=en, capacities=frozenset(capacities), note=note)


_UNPRINTED = "实际使用，但不在标准印行的类别表内 / in use, though not in the standard's printed table"

CATEGORIES = {
    "11": _category("机关", "government body", Capacity.FUNDER, Capacity.PROCUREMENT_SUPERVISOR),
    "12": _category(
        "事业单位",
        "public institution",
        Capacity.FUNDER,
        Capacity.PROVIDER,
        note="公益一类事业单位不得承接 / institutions of the first welfare class may not be providers",
    ),
    "13": _category("群众团体", "mass organization", Capacity.FUNDER),
    "51": _category("社会团体", "social association", Capacity.PROVIDER),
    "52": _category("民办非企业单位（社会服务机构）", "social service organization", Capacity.PROVIDER),
    "53": _category("基金会", "foundation", Capacity.FUNDER, Capacity.PROVIDER),
    "54": _category("村民委员会", "villagers' committee", Capacity.COMMUNITY, Capacity.PROVIDER, note=_UNPRINTED),
    "55": _category("居民委员会", "residents' committee", Capacity.COMMUNITY, Capacity.PROVIDER, note=_UNPRINTED),
    "59": _category("民政登记的其他组织", "other civil-affairs registration", Capacity.PROVIDER),
    "91": _category("企业", "enterprise", Capacity.PROVIDER),
    "92": _category("个体工商户", "sole trader", Capacity.PROVIDER),
    "93": _category("农民专业合作社", "farmers' cooperative", Capacity.PROVIDER),
    "N1": _category("组级集体经济组织", "rural collective, group", Capacity.PROVIDER),
    "N2": _category("村级集体经济组织", "rural collective, village", Capacity.PROVIDER),
    "N3": _category("乡镇级集体经济组织", "rural collective, township", Capacity.PROVIDER),
}
"""Department and category of the parties that may register here."""

DEPARTMENTS = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "工商（市场监管）",
    "A": "军委改革和编制",
    "N": "农业",
    "Y": "其他",
}


def category_of(code: str) -> Category | None:
    """The category of the party a code belongs to; none when such a party may not register here."""
    return CATEGORIES.get(code[:2])


def check(code: str) -> Fault | None:
    """The first thing wrong with a code, read from left to right; none when it is right."""
    return _wrong_form(code) or _wrong_category(code) or _wrong_region(code) or _wrong_body(code) or _wrong_check(code)


def make(dept_category: str, region_code: str, body8: str) -> str:
    """A valid code from its parts, both check characters computed; ValueError says which part is wrong."""
    head = dept_category + region_code + body8
    if len(head) != 16 or not set(head) <= set(ALPHABET):
        raise ValueError(f"2, 6 and 8 characters of {ALPHABET} make a code; got {quoted(head)}")
    code = head + _body_check(body8)
    code += _outer_check(code)
    fault = check(code)
    if fault is not None:
        raise ValueError(fault.en)
    return code


def _outer_check(code: str) -> str:
    """The 18th character: 31 - (sum mod 31); 31 itself (remainder 0) is written 0, 30 (remainder 1) is Y."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(code[:17], WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def _body_check(body8: str) -> str:
    """The ninth character of an organization code: 11 - (sum mod 11), 10 written X and 11 written 0."""
    total = sum(BODY_ALPHABET.index(c) * w for c, w in zip(body8, BODY_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def _wrong_form(code: str) -> Fault | None:
    if len(code) != 18:
        zh = f"统一社会信用代码应为18位，收到{len(code)}位：{quoted(code)}"
        en = f"a unified social credit code has 18 characters; got {len(code)}: {quoted(code)}"
        return Fault(part="length", first=1, last=len(code), zh=zh, en=en, source=STRUCTURE)
    for place, c in enumerate(code, start=1):
        if c not in ALPHABET:
            zh = f"第{place}位{quoted(c)}不在代码字符集内（数字与大写字母，不用I、O、S、V、Z）"
            en = f"character {place}, {quoted(c)}, is not in the alphabet (digits, capitals without I O S V Z)"
            if c in MISREAD:
                zh, en = f"{zh}，是否为{MISREAD[c]}？", f"{en}; is it {MISREAD[c]}?"
            elif c.upper() in ALPHABET:
                zh, en = f"{zh}，请用大写", f"{en}; write capitals"
            return Fault(part="alphabet", first=place, last=place, zh=zh, en=en, source=STRUCTURE)
    return None


def _wrong_category(code: str) -> Fault | None:
    if code[0] not in DEPARTMENTS:
        zh, en = (
            f"第1位{code[0]}不是登记管理部门代码",
            f"character 1, {code[0]}, is no registering department",
        )
        return Fault(part="department", first=1, last=1, zh=zh, en=en, source=PARTS)
    if code[:2] not in CATEGORIES:
        zh = f"第1—2位{code[:2]}（{DEPARTMENTS[code[0]]}）不是可在此登记的机构类别"
        en = f"characters 1-2, {code[:2]}, are not a category of party that may register here"
        return Fault(part="category", first=1, last=2, zh=zh, en=en, source=ADMITTED)
    return None


def _wrong_region(code: str) -> Fault | None:
    digits = code[2:8]
    if digits == NATIONAL or is_region(digits):
        return None
    row = region(digits)
    if not digits.isdigit():
        zh, en = f"登记管理机关行政区划码{digits}应为6位数字", f"the region, {digits}, must be six digits"
    elif row is not None:
        zh = f"登记管理机关行政区划码{digits}（{row.name}）只是统计代码，不在GB/T 2260之内"
        en = f"the region, {digits} ({row.name}), is a code of statistics only and not in GB/T 2260"
    else:
        zh = f"登记管理机关行政区划码{digits}不在GB/T 2260之内"
        en = f"the region, {digits}, is not in GB/T 2260, in any edition since 1980"
    return Fault(part="region", first=3, last=8, zh=zh, en=en, source=REGIONS)


def _wrong_body(code: str) -> Fault | None:
    expected = _body_check(code[8:16])
    if code[16] == expected:
        return None
    zh = f"主体标识码（组织机构代码）{code[8:17]}的校验码为{code[16]}，应为{expected}"
    en = f"the organization code {code[8:17]} ends in check character {code[16]}; it should be {expected}"
    return Fault(part="body", first=9, last=17, zh=zh, en=en, source=BODY)


def _wrong_check(code: str) -> Fault | None:
    expected = _outer_check(code)
    if code[17] == expected:
        return None
    zh = f"第18位校验码为{code[17]}，按前17位应为{expected}：可能抄错一位，或相邻两位颠倒"
    en = f"check character 18 is {code[17]}; the first 17 make it {expected}: one miscopied, or two swapped?"
    return Fault(part="check", first=18, last=18, zh=zh, en=en, source=PARTS)
