"""Rulebook documents as an officer writes them, with one thing changed at a time."""

from collections.abc import Mapping
from textwrap import indent
from typing import Any

import yaml

from schemas.layering import Document, effective
from schemas.rulebook import Rulebook
from services.kit.rulebook_checks import layered
from services.kit.rulebook_text import BadRulebook, Wrong
from services.kit.rulebooks import Shelf, shipped

PURCHASE = "national/purchased-service@2026.2"
BELOW = "example/below-limit@2026.4"


def a_rule(value: Any, source: str = "本地通知(示例)", certainty: str = "?", **more: Any) -> dict[str, Any]:
    return {"value": value, "source": source, "certainty": certainty, **more}


def a_document(rules: Mapping[str, Any], **head: object) -> str:
    """The head takes six lines, so the first rule stands in line 7."""
    told: dict[str, object] = {
        "id": "320508/purchase",
        "version": "2026.1",
        "title": "示例",
        "effective_from": "2026-03-02",
    }
    told |= {"parent": PURCHASE} | head
    lines = [f'{name}: "{value}"' for name, value in told.items() if value is not None]
    body = yaml.safe_dump(dict(rules), allow_unicode=True, sort_keys=False, width=1000)
    return "\n".join([*lines, "rules:", indent(body, "  ")])


def book(text: str, shelf: Shelf | None = None) -> Rulebook:
    return effective(chain(text, shelf))


def chain(text: str, shelf: Shelf | None = None) -> tuple[Document, ...]:
    return layered(text, (shelf or shipped()).layers)


def wrong(text: str, shelf: Shelf | None = None) -> tuple[Wrong, ...]:
    try:
        chain(text, shelf)
    except BadRulebook as bad:
        return bad.wrong
    return ()
