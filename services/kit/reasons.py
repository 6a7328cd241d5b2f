"""Sentences for refusals, Chinese and English, from every service's `reasons.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from schemas.refused import Refused

BEIJING = timezone(timedelta(hours=8))
LANGUAGES = ("zh", "en")


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for file in sorted(Path(__file__).parent.parent.glob("*/reasons.toml")):
        for code, sentences in tomllib.loads(file.read_text("utf-8")).items():
            if code in found and found[code] != sentences:
                raise ValueError(f"two different sentences for refusal {code}; the second is in {file.parent.name}")
            if set(sentences) != set(LANGUAGES):
                raise ValueError(f"refusal {code} in {file.parent.name} needs a sentence in zh and in en")
            found[code] = sentences
    return found


def codes() -> frozenset[str]:
    return frozenset(_sentences())


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def sentence(code: str, language: str, details: Mapping[str, Any]) -> str:
    """What to say for a refusal; a code without a sentence says itself, so that no answer fails over wording."""
    template = _sentences().get(code, {}).get(language, code)
    return template.format_map(_Blanks({name: _shown(value) for name, value in details.items()}))


def _shown(value: Any) -> str:
    """Times as the people who read this keep them: Beijing time, to the minute."""
    if isinstance(value, datetime):
        return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return str(value)


def explain(refused: Refused, language: str) -> str:
    named = {} if refused.field is None else {"field": refused.field}
    return sentence(refused.code, language, named | refused.details)
