"""The HTTP door: one aiohttp application over the routes of one service or of all (DESIGN section 7)."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware

from events.database import SURROUNDINGS
from events.trace import traceparent
from schemas.refused import NotHereYet, Refused
from schemas.workbook import MEDIA_TYPE
from services.kit import auth, due, exporting
from services.kit.areas import Caller, View, seen
from services.kit.asked import Answer, Asked, File
from services.kit.commanding import Order, idempotency_key
from services.kit.desk import Desk
from services.kit.following import follow
from services.kit.limiting import Limiter
from services.kit.logs import frames
from services.kit.problems import language, problem
from services.kit.remembering import Done
from services.kit.service import Get, Post

log = structlog.get_logger()

REQUEST_S = 40
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(desks: Sequence[Desk], limiter: Limiter | None = None) -> web.Application:
    app = web.Application(
        middlewares=[_problems, _bounded(limiter or Limiter(200, 400))], client_max_size=4 * 1024 * 1024
    )
    for desk in desks:
        for route in desk.shell.service.routes:
            if isinstance(route, Post):
                app.router.add_post(route.path, _posting(desk, route))
            else:
                app.router.add_get(route.path, _getting(desk, route))
    routes = [route for desk in desks for route in desk.shell.service.routes]
    questions = {route.path for route in routes if isinstance(route, Get)}
    for path in {route.path for route in routes if "{" not in route.path} - questions:
        app.router.add_get(path, _only_post)  # or `/v1/parties/{party_id}` would take it for an id
    if desks:
        app.router.add_get(due.PATH, _getting(desks[0], due.door(desks)))
    return app


async def _only_post(request: web.Request) -> web.StreamResponse:
    raise web.HTTPMethodNotAllowed(request.method, ["POST"])


def _posting(desk: Desk, post: Post) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        key = idempotency_key(request.headers.get("Idempotency-Key"))
        raw = await _body(request, post.largest_body)
        await follow(request, desk.shell.service, desk.database)
        caller = await _caller(desk, request, post)

        async def carry_out(view: View) -> Done:
            order = Order(
                post=post,
                raw=raw,
                path=dict(view.path),
                by=view.by or auth.RESIDENT,
                area=view.area,
                key=key,
                if_match=request.headers.get("If-Match"),
                traceparent=traceparent(request.headers.get("traceparent")),
            )
            return await desk.sharing.carry_out(order)

        done = await seen(desk.database, desk.shell.service.places, request.match_info, caller, carry_out)
        desk.wake()
        return _answered(done)

    return handle


def _getting(desk: Desk, get: Get) -> Handler:
    known = ("limit", "cursor", *((exporting.FORMAT,) if exporting.lists_of(get.answer) else ()))

    async def handle(request: web.Request) -> web.StreamResponse:
        await follow(request, desk.shell.service, desk.database)
        caller = None
        if get.roles or "Authorization" in request.headers:
            caller = await _caller(desk, request, get)
        for name in request.query:
            if name not in get.query and name not in known:
                raise Refused("invalid_field", status=422, field=name, problem="unknown_parameter")
            if len(request.query.getall(name)) > 1:
                raise Refused("invalid_field", status=422, field=name, problem="repeated_parameter")
        if any("\0" in text for text in (*request.match_info.values(), *request.query.values())):
            raise Refused("nul_character", status=422)

        async def answer(view: View) -> web.Response:
            return await _answer(desk, get, view, request)

        places = desk.shell.service.places
        return await seen(desk.database, places, request.match_info, caller, answer, public=not get.roles)

    return handle


async def _answer(desk: Desk, get: Get, view: View, request: web.Request) -> web.Response:
    async with desk.database.connection() as connection:
        at = await desk.shell.clock.now(connection)
        query = dict(request.query)
        asked = Asked(by=view.by, area=view.area, at=at, path=view.path, query=query, vault=desk.shell.vault)
        asked.must_page()
        as_workbook = exporting.wanted(get, query, request.headers.get("Accept", ""))
        if as_workbook:
            answer: Answer | File = await exporting.exported(connection, get, asked, language(request))
        else:
            answer = await get.handler(connection, asked)
    if isinstance(answer, File):
        media_type = MEDIA_TYPE if as_workbook else get.answer
        return web.Response(body=answer.body, content_type=media_type, headers=_about_file(answer))
    version = getattr(answer, "version", None)
    return web.Response(
        body=view.given_back(answer.model_dump_json()).encode(),
        content_type="application/json",
        headers={"ETag": f'"{version}"'} if isinstance(version, int) else {},
    )


def _about_file(file: File) -> dict[str, str]:
    """Its name (RFC 6266; what is not plain ASCII a second time, RFC 8187), and the SHA-256 of its bytes as ETag."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", file.name)
    disposition = f'attachment; filename="{plain}"'
    if plain != file.name:
        disposition += f"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {"Content-Disposition": disposition, "ETag": f'"{sha256(file.body).hexdigest()}"'}


async def _caller(desk: Desk, request: web.Request, route: Post | Get) -> Caller:
    secret = auth.bearer(request.headers.get("Authorization"))
    async with desk.database.connection() as connection:
        return await auth.caller(connection, secret, route.roles, datetime.now(UTC), must_stand=isinstance(route, Post))


async def _body(request: web.Request, most: int) -> bytes:
    if request.content_length is not None and request.content_length > most:
        raise Refused("body_too_large", status=413, most=most)
    raw = bytearray()
    async for chunk in request.content.iter_chunked(65536):
        raw += chunk
        if len(raw) > most:
            raise Refused("body_too_large", status=413, most=most)
    return bytes(raw)


def _answered(done: Done) -> web.Response:
    return web.Response(body=done.body, status=done.status, content_type="application/json", headers=done.headers)


def _bounded(limiter: Limiter) -> Middleware:
    @web.middleware
    async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
        secret = request.headers.get("Authorization")
        limiter.take(auth.digest(secret) if secret else str(request.remote))
        async with asyncio.timeout(REQUEST_S):
            return await handler(request)

    return bounded


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error leaves as problem+json; what we did not foresee is logged with its trace and shown without."""
    try:
        return await handler(request)
    except Refused as refused:
        headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else {}
        if again := refused.details.get("retry_after"):
            headers["Retry-After"] = str(again)
        return problem(request, refused, headers)
    except NotHereYet:
        return problem(request, Refused("not_here_yet", status=409), {"Retry-After": "1"})
    except web.HTTPException as error:
        if error.status == 404:
            return problem(request, Refused("no_such_page", status=404, path=request.path))
        if error.status == 405:
            wrong = Refused("method_not_allowed", status=405, path=request.path, method=request.method)
            return problem(request, wrong, {"Allow": error.headers.get("Allow", "")})
        raise
    except SURROUNDINGS as error:
        log.warning("http.too_slow", path=request.path, error=type(error).__name__)
        return problem(request, Refused("too_slow", status=503), {"Retry-After": "2"})
    except Exception as error:
        trace = traceparent().split("-")[1]
        # not the exception's text: it may quote a value, and a value may be a sealed price
        log.error("http.internal", path=request.path, error=type(error).__name__, trace=trace, where=frames(error))
        return problem(request, Refused("internal", status=500, trace=trace))
