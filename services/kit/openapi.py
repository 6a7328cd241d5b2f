"""The OpenAPI 3.1 document, from the same routes and models that serve and validate."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, get_type_hints

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.role import Role
from schemas.workbook import MEDIA_TYPE
from services.kit import due
from services.kit.asked import MOST_PER_PAGE
from services.kit.exporting import FORMAT, FORMATS, lists_of
from services.kit.service import Get, Post, Service

Document = dict[str, Any]

DESCRIPTION = """\
三社联动项目管理:需求、投票、采购、协议、资金、评价、审计。
金额一律以分为单位的整数,写作 `{"fen": 1250000}`(12,500.00 元)。

Needs, ballots, tenders, agreements, money, evaluation and audit. Amounts are integer fen, `{"fen": 1250000}` is
12,500.00 yuan. Every POST carries an `Idempotency-Key`; repeated with the same body it gets its first answer again.
Its answer names its place in the story in `Sanshe-Line`: sent back as `Sanshe-After` with `Prefer: wait=2`, a reader
waits until it has been seen. Errors are `application/problem+json` (RFC 9457) in the language of `Accept-Language`.
"""
MEANT_FOR_GET = (401, 403, 404, 409, 422, 429, 503)
MEANT_FOR_POST = (400, 401, 403, 404, 409, 412, 413, 422, 429, 503)

_PROBLEM: Document = {
    "type": "object",
    "description": "RFC 9457. `detail` is for people; `type` is stable; `rule` says where a refusal comes from.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:sanshe:problem:drafter_cannot_approve"]},
        "title": {"type": "string", "description": "the refusal's code"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "field": {"type": "string", "description": "the part of the request at fault"},
        "rule": {
            "type": "object",
            "properties": {
                "source": {"type": "string", "description": "statute and article, or the local notice"},
                "certainty": {
                    "type": "string",
                    "description": "L law, S founding document, P Q G published to general",
                },
            },
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}
_HEADERS: Document = {
    "Idempotency-Key": {
        "description": "1 to 100 visible ASCII characters of your choice; a new one for every new request",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[\\x21-\\x7e]+$"},
    },
    "If-Match": {
        "description": "the ETag you read; 412 when the thing was changed meanwhile",
        "schema": {"type": "string", "pattern": '^("[0-9]{1,18}"|\\*)$', "examples": ['"3"']},
    },
    "Sanshe-After": {
        "description": "a `Sanshe-Line` that must have been seen before this is answered",
        "schema": {"type": "string", "pattern": "^[a-z.]{1,40}/[a-z]{1,20}/[^/\\s]{1,100}/[0-9]{1,18}$"},
    },
    "Prefer": {"description": "how many seconds to wait for it", "schema": {"type": "string", "examples": ["wait=2"]}},
}


def document(services: Iterable[Service], version: str, titles: Mapping[str, str] | None = None) -> Document:
    """`services` in the order in which they are shown, with what people call them; same in, same out."""
    services = tuple(services)
    shown = [(service, route) for service in services for route in service.routes]
    shown += [(service, due.door(())) for service in services[:1]]
    models = list(dict.fromkeys(model for _, route in shown for model in _models(route)))
    names, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")
    schemas = definitions.get("$defs", {})
    paths: dict[str, Document] = {}
    for service, route in shown:
        method = "post" if isinstance(route, Post) else "get"
        paths.setdefault(route.path, {})[method] = _operation(service, route, names, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sanshe 三社", "version": version, "description": DESCRIPTION},
        "tags": [{"name": service.name, "description": _about(service, titles or {})} for service in services],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "密钥 · an API key"}},
            "parameters": {name: {"name": name, "in": "header", **header} for name, header in _HEADERS.items()},
            "responses": {"Problem": _problem_response()},
            "schemas": _referred(paths, schemas) | {"Problem": _PROBLEM},
        },
    }


def _about(service: Service, titles: Mapping[str, str]) -> str:
    module = sys.modules.get(f"services.{service.name}")
    about = (module.__doc__ or "").strip() if module is not None else ""
    title = titles.get(service.name)
    return f"**{title}** {about}" if title else about


def _models(route: Post | Get) -> Iterator[tuple[type[BaseModel], Any]]:
    if isinstance(route, Post):
        yield route.command, "validation"
    if (answer := _answer(route)) is not None:
        yield answer, "serialization"


def _answer(route: Post | Get) -> type[BaseModel] | None:
    """None for a file."""
    answer = get_type_hints(route.answer).get("return") if isinstance(route, Post) else route.answer
    return answer if isinstance(answer, type) and issubclass(answer, BaseModel) else None


def _operation(service: Service, route: Post | Get, names: Any, schemas: Document) -> Document:
    in_path = re.findall(r"{(\w+)}", route.path)
    fields: Document = {}
    operation: Document = {
        "tags": [service.name],
        "summary": route.summary,
        "operationId": _operation_id(route),
        "description": _who(route.roles),
        "security": [{"key": []}] if route.roles else [{}, {"key": []}],
    }
    if isinstance(route, Post):
        body = _schema(route.command, "validation", names, schemas)
        fields = body.get("properties", {})
        operation["requestBody"] = _body(body, in_path)
    operation["parameters"] = [
        *({"name": n, "in": "path", "required": True, "schema": fields.get(n) or _by_name(n)} for n in in_path),
        *_parameters(route),
    ]
    operation["responses"] = _responses(route, names)
    return operation


def _operation_id(route: Post | Get) -> str:
    method = "post" if isinstance(route, Post) else "get"
    return method + re.sub(r"\W+", "_", route.path.removeprefix("/v1")).rstrip("_")


def _who(roles: frozenset[Role]) -> str:
    return f"角色 roles: {', '.join(sorted(roles))}" if roles else "公开 public"


def _schema(model: type[BaseModel], mode: str, names: Any, schemas: Document) -> Document:
    ref: str = names[model, mode]["$ref"]
    found: Document = schemas[ref.rpartition("/")[2]]
    return found


def _body(schema: Document, in_path: list[str]) -> Document:
    """The command less what stands in the path."""
    body = dict(schema)
    body["properties"] = {name: field for name, field in schema.get("properties", {}).items() if name not in in_path}
    required = [name for name in schema.get("required", ()) if name not in in_path]
    body.pop("required", None)
    if required:
        body["required"] = required
    return {"required": bool(required), "content": {"application/json": {"schema": body}}}


def _by_name(name: str) -> Document:
    return {"type": "string", "format": "uuid"} if name.endswith("_id") else {"type": "string"}


def _parameters(route: Post | Get) -> Iterator[Document]:
    if isinstance(route, Post):
        shared = tuple(_HEADERS)
    else:
        shared = ("Sanshe-After", "Prefer")
        for name, meaning in route.query.items():
            if name not in ("limit", "cursor"):
                yield {"name": name, "in": "query", "description": meaning, "schema": _by_name(name)}
        if _answer(route) is not None and "next" in route.answer.model_fields:
            yield from _PAGING
        if lists_of(route.answer):
            yield _FORMAT
    for name in shared:
        yield {"$ref": f"#/components/parameters/{name}"}


_PAGING: tuple[Document, ...] = (
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 50},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "the `next` of the page before",
        "schema": {"type": "string", "format": "uuid"},
    },
)


_FORMAT: Document = {
    "name": FORMAT,
    "in": "query",
    "description": "xlsx:导出为工作簿 · the list as a workbook, at most 10,000 rows; one page with `limit`",
    "schema": {"type": "string", "enum": list(FORMATS), "default": FORMATS[0]},
}


def _responses(route: Post | Get, names: Any) -> Document:
    answer = _answer(route)
    etag = {"description": "the version, for If-Match", "schema": {"type": "string"}}
    if answer is None:
        digest = {"description": "the SHA-256 of the file, in hex", "schema": {"type": "string"}}
        good: Document = {"content": {route.answer: {"schema": {"type": "string"}}}, "headers": {"ETag": digest}}
    else:
        good = {"content": {"application/json": {"schema": names[answer, "serialization"]}}}
        if isinstance(route, Get) and lists_of(answer):
            good["content"][MEDIA_TYPE] = {"schema": {"type": "string"}}
    if isinstance(route, Post):
        line = {"description": "stream/source/key/sequence of the last fact said", "schema": {"type": "string"}}
        good |= {"description": "durable · 已生效", "headers": {"ETag": etag, "Sanshe-Line": line}}
    else:
        good |= {"description": "OK"}
        if answer is not None and "version" in answer.model_fields:
            good |= {"headers": {"ETag": etag}}
    status = "201" if isinstance(route, Post) else "200"
    meant = MEANT_FOR_POST if isinstance(route, Post) else MEANT_FOR_GET
    problems = {str(code): {"$ref": "#/components/responses/Problem"} for code in meant}
    return {status: good} | problems


def _problem_response() -> Document:
    codes = ", ".join(f"{code} {HTTPStatus(code).phrase}" for code in MEANT_FOR_POST)
    return {
        "description": f"A refusal or an error: {codes}",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _referred(paths: Document, schemas: Document) -> Document:
    """The schemas that something refers to: a command's own is spelled out where its body stands."""
    wanted: dict[str, None] = {}
    open_ends: list[Any] = [paths]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in wanted:
                wanted[name] = None
                open_ends.append(schemas[name])
            open_ends.extend(part.values())
        elif isinstance(part, list):
            open_ends.extend(part)
    return {name: schemas[name] for name in sorted(wanted)}
