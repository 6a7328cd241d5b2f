"""Pages every installation serves: what runs, the interface to read, figures for Prometheus."""

import asyncio
import importlib.util
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from deploy.clock_document import with_clock
from deploy.condition import Condition, Observer
from deploy.installed import TITLES
from deploy.metrics import Requests, rendered
from services.kit.openapi import document
from services.kit.service import Service

VERSION = version("sanshe")
FRESH_S = 1.0
HERE = Path(__file__).parent
SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Pages:
    """What the pages show is at most a second old, however many people look."""

    def __init__(self, observer: Observer, services: Sequence[Service], *, virtual_clock: bool) -> None:
        self._observer = observer
        self._services = services
        self._virtual_clock = virtual_clock
        self._requests = Requests()
        self._looking = asyncio.Lock()
        self._looked_at = -FRESH_S
        self._conditions: list[Condition] = []
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True
        )
        described = document(services, VERSION, TITLES)
        self._openapi = orjson.dumps(with_clock(described) if virtual_clock else described)

    def add_to(self, app: web.Application) -> None:
        app.middlewares.insert(0, self._requests.counted)
        app.router.add_get("/", self._index)
        app.router.add_get("/docs", self._docs)
        app.router.add_get("/docs/start.js", self._start)
        app.router.add_get("/docs/{file}", self._asset)
        app.router.add_get("/openapi.json", self._document)
        app.router.add_get("/metrics", self._metrics)

    async def _look(self) -> list[Condition]:
        async with self._looking:
            if time.monotonic() - self._looked_at >= FRESH_S:
                self._conditions = await self._observer.look()
                self._looked_at = time.monotonic()
        return self._conditions

    async def _index(self, request: web.Request) -> web.Response:
        return self._page(
            "index.html",
            conditions=await self._look(),
            titles=TITLES,
            here=[service.name for service in self._services],
            version=VERSION,
            virtual=self._virtual_clock,
        )

    async def _docs(self, request: web.Request) -> web.Response:
        return self._page("docs.html")

    async def _start(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(HERE / "start.js", headers=HEADERS)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["file"]
        if name not in SWAGGER_FILES:
            raise web.HTTPNotFound
        return web.FileResponse(swagger_folder() / name, headers=HEADERS | {"Cache-Control": "max-age=86400"})

    async def _document(self, request: web.Request) -> web.Response:
        return web.Response(body=self._openapi, content_type="application/json")

    async def _metrics(self, request: web.Request) -> web.Response:
        return web.Response(
            body=rendered(self._requests, await self._look()), content_type="text/plain", charset="utf-8"
        )

    def _page(self, template: str, **values: object) -> web.Response:
        text = self._templates.get_template(template).render(**values)
        return web.Response(text=text, content_type="text/html", headers=HEADERS)


def swagger_folder() -> Path:
    """Swagger UI's files, as the package `swagger-ui-py` brings them; its code is not used."""
    spec = importlib.util.find_spec("swagger_ui")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"
