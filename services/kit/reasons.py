"""Sentences for refusals, Chinese and English, from every service's `reasons.toml`.

A table there is the sentence of one refusal. The tables `what` and `problem` hold words for the blanks of that name:
what cannot be found, and what is wrong with a field. A table that is called like an enumeration holds words for its
values, in whatever blank they stand.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from schemas.days import minute_of
from schemas.refused import Refused

LANGUAGES = ("zh", "en")
WORDS = ("what", "problem")
BETWEEN = {"zh": "、", "en": ", "}


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for file in sorted(Path(__file__).parent.parent.glob("*/reasons.toml")):
        tables = tomllib.loads(file.read_text("utf-8"))
        lists = [name for name in tables if name in WORDS or name[0].isupper()]
        words = {f"{name}.{value}": said for name in lists for value, said in tables.pop(name).items()}
        for code, sentences in (tables | words).items():
            if code in found and found[code] != sentences:
                raise ValueError(f"two different sentences for refusal {code}; the second is in {file.parent.name}")
            if set(sentences) != set(LANGUAGES):
                raise ValueError(f"refusal {code} in {file.parent.name} needs a sentence in zh and in en")
            found[code] = sentences
    return found


def codes() -> frozenset[str]:
    return frozenset(code for code in _sentences() if "." not in code)


def words(blank: str) -> frozenset[str]:
    """What the blank or the enumeration of this name has words for."""
    return frozenset(word for name, _, word in (code.partition(".") for code in _sentences()) if name == blank)


def tables() -> frozenset[str]:
    """The blanks and enumerations that have words."""
    return frozenset(code.partition(".")[0] for code in _sentences() if "." in code)


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def sentence(code: str, language: str, details: Mapping[str, Any]) -> str:
    """What to say for a refusal; a code without a sentence says itself, so that no answer fails over wording."""
    template = _sentences().get(code, {}).get(language, code)
    return template.format_map(_Blanks({name: word(name, language, details) for name in details}))


def word(name: str, language: str, details: Mapping[str, Any]) -> str:
    """What stands in a blank: the words for the detail of that name where there are some, or else the detail."""
    code = f"{name}.{details[name]}"
    if name in WORDS and code in _sentences():
        return sentence(code, language, {other: value for other, value in details.items() if other not in WORDS})
    return _shown(details[name], language)


def _shown(value: Any, language: str) -> str:
    """Times as the people who read this keep them: Beijing time, to the minute."""
    match value:
        case datetime():
            return minute_of(value)
        case Refused():
            return explain(value, language)
        case StrEnum():
            return said(value, language)
        case tuple():
            return BETWEEN[language].join(_shown(one, language) for one in value)
        case _:
            return str(value)


def said(value: StrEnum, language: str) -> str:
    """The words for a value of an enumeration; without any, the value."""
    return _sentences().get(f"{type(value).__name__}.{value}", {}).get(language, str(value))


def explain(refused: Refused, language: str) -> str:
    named = {} if refused.field is None else {"field": refused.field}
    return sentence(refused.code, language, named | refused.details)
