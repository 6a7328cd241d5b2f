"""The doors of the example clock in the OpenAPI document: no service's, and only there where time is virtual."""

from typing import Any

from deploy.clock import Advance, Time
from schemas.role import Role
from services.kit.openapi import Document

ONLY_THERE = """\
仅在使用示例时钟的系统中存在(随 `sanshe up` 的示例街道而来);按真实时间运行的系统(`--no-street`)对此回答 404。
Exists only with the example clock, which comes with the example street of `sanshe up`; on real time (`--no-street`) the
answer is 404."""
TAG = {"name": "clock", "description": f"**示例时钟** Time that moves on command. {ONLY_THERE}"}


def with_clock(document: Document) -> Document:
    """The document and the clock's doors."""
    paths = {"/v1/clock": {"get": _shown()}, "/v1/clock/advance": {"post": _advanced()}}
    return document | {"tags": [*document["tags"], TAG], "paths": document["paths"] | paths}


def _shown() -> Document:
    return {
        "tags": ["clock"],
        "summary": "示例时钟的时间 · Business time, what is due next, and what is still going on",
        "operationId": "get_clock",
        "description": f"公开 public\n\n{ONLY_THERE}",
        "security": [{}, {"key": []}],
        "responses": {"200": _time()} | _problems(404, 429, 503),
    }


def _advanced() -> Document:
    return {
        "tags": ["clock"],
        "summary": "快进示例时钟 · Move time to what is due next, or to `until` when that is earlier; never back",
        "operationId": "post_clock_advance",
        "description": f"角色 roles: {Role.OPERATOR}. Takes no `Idempotency-Key`: {_REPEATED}\n\n{ONLY_THERE}",
        "security": [{"key": []}],
        "requestBody": {"content": {"application/json": {"schema": Advance.model_json_schema()}}},
        "responses": {"200": _time()} | _problems(401, 403, 404, 409, 413, 422, 429, 503),
    }


_REPEATED = "`until` is never passed, however often it is asked for; without it look first."


def _time() -> Document:
    schema: dict[str, Any] = Time.model_json_schema(mode="serialization")
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


def _problems(*codes: int) -> Document:
    return {str(code): {"$ref": "#/components/responses/Problem"} for code in codes}
