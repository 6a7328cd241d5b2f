"""Errors people can act on: RFC 9457 problem details, in the caller's language, with the rule and its source."""

import re
from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.refused import Refused
from services.kit import reasons

MOST_NAMED = 20
"""wrong fields in one problem"""
LIMITS = {"gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern", "expected"}
LIMITS |= {"max_digits", "decimal_places", "whole_digits"}
"""What pydantic tells of the model. All else it tells may quote what was sent."""


def language(request: web.Request) -> str:
    """zh unless the caller prefers en."""
    for part in request.headers.get("Accept-Language", "").split(",")[:10]:
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def problem(request: web.Request, refused: Refused, headers: dict[str, str] | None = None) -> web.Response:
    """`type` is stable; `detail` is for people; `rule` quotes where the refusal comes from and how sure that is."""
    body: dict[str, Any] = {
        "type": f"urn:sanshe:problem:{refused.code}",
        "title": refused.code,
        "status": refused.status,
        "detail": reasons.explain(refused, language(request)),
        "instance": request.path,
    }
    if refused.field is not None:
        body["field"] = refused.field
    if refused.source is not None:
        body["rule"] = {"source": refused.source.text, "certainty": refused.source.certainty}
    if faults := refused.details.get("errors"):
        tongue = language(request)
        body["errors"] = [{"field": f["field"], "problem": reasons.word("problem", tongue, f)} for f in faults]
    return web.Response(
        body=orjson.dumps(body),
        status=refused.status,
        content_type="application/problem+json",
        headers={"Content-Language": language(request), **(headers or {})},
    )


def invalid(error: ValidationError) -> Refused:
    """Which fields do not fit, and why; never what was sent."""
    faults = [fault(e) for e in error.errors(include_url=False, include_input=False)[:MOST_NAMED]]
    return Refused("invalid_field", status=422, errors=faults, **faults[0])


def fault(error: ErrorDetails) -> dict[str, Any]:
    """`field`, and `problem`: a word of `reasons.toml`, filled by the rest.

    Pydantic's own message stands in for a missing word, if it is a fixed one: one with context may quote.
    """
    context = error.get("ctx", {})
    problem = error["type"]
    if problem not in reasons.words("problem"):
        problem = "value_error" if context else error["msg"]
    limits = {name: value for name, value in context.items() if name in LIMITS}
    if choices := re.findall("'(.*?)'", limits.get("expected", "")):
        limits["expected"] = ", ".join(choices)
    return limits | {"field": ".".join(map(str, error["loc"])), "problem": problem}
