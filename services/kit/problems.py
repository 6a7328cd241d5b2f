"""Errors people can act on: RFC 9457 problem details, in the caller's language, with the rule and its source."""

from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError

from schemas.refused import Refused
from services.kit import reasons


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
    if errors := refused.details.get("errors"):
        body["errors"] = errors
    return web.Response(
        body=orjson.dumps(body),
        status=refused.status,
        content_type="application/problem+json",
        headers={"Content-Language": language(request), **(headers or {})},
    )


def invalid(error: ValidationError) -> Refused:
    """Which fields do not fit, and why; never what was sent."""
    found = [
        {"field": ".".join(str(part) for part in e["loc"]), "problem": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)[:20]
    ]
    first = found[0]
    return Refused("invalid_field", status=422, field=first["field"], problem=first["problem"], errors=found)
