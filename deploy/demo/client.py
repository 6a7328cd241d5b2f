"""The public API as somebody outside uses it: typed answers, and one reads what one wrote.

Every POST bears an idempotency key and is repeated with it when the installation was busy. Of every thing (project,
community, party) the last line that was said is remembered and shown with the next request about it, so that a
service which has yet to hear of the thing hears first and answers then.
"""

import asyncio
import io
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import aiohttp
from pydantic import BaseModel
from pydantic_core import from_json, to_json

from schemas.ids import PartyId
from schemas.role import Role

A = TypeVar("A", bound=BaseModel)

WAIT_S = 20
"""how long a service may take to hear of what its caller wrote"""
REQUEST_S = 60
ATTEMPTS = 30
NOT_YET = frozenset({"not_found", "trace_not_public"})
"""Refusals that time may heal: the thing is on its way to where it was asked for."""
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a key: `name` is for the reader of a demonstration, the installation knows ids only."""

    name: str
    party_id: PartyId
    role: Role
    secret: str = field(repr=False)


class Problem(Exception):
    """What the installation would not do, in its own words (RFC 9457)."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("title", "unknown"))
        self.field = body.get("field")
        rule = body.get("rule")
        self.rule: str | None = rule["source"] if rule else None
        self.detail = str(body.get("detail", ""))
        super().__init__(f"{self.detail}({self.rule})" if self.rule else self.detail or f"HTTP {status}")


class Client:
    """One installation at one address."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=64), timeout=aiohttp.ClientTimeout(total=REQUEST_S)
        )
        self._lines: dict[str, str] = {}
        """the last line said about each thing, by its id"""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def post(
        self, path: str, answers: type[A], body: Any = None, by: Person | None = None, *, key: str | None = None
    ) -> A:
        """`key` makes a repetition by another run of the program harmless too; without one it is this call's own."""
        sent = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"}
        return answers.model_validate_json(await self._send("POST", path, by, to_json(body or {}), sent))

    async def get(self, path: str, answers: type[A], by: Person | None = None, **query: str | int) -> A:
        return answers.model_validate_json(await self.read(path, by, **query))

    async def read(self, path: str, by: Person | None = None, **query: str | int) -> bytes:
        """The answer as it came: for files."""
        return await self._send("GET", path, by, query={name: str(value) for name, value in query.items()})

    async def hear(self, path: str, of: UUID, by: Person) -> None:
        """The service behind `path` has heard of a thing when this returns; what else it answers does not matter."""
        try:
            await self._send("GET", path, by, headers=self._after(str(of)))
        except Problem as problem:
            if problem.status == 401:
                raise

    async def until(
        self, path: str, answers: type[A], so: Callable[[A], bool], by: Person | None = None, *, limit_s: float = 120
    ) -> A:
        """Ask again until the answer is `so`: what other services do about a fact takes its moment."""
        end, pause_s = time.monotonic() + limit_s, 0.02
        while True:
            try:
                answer = await self.get(path, answers, by)
                if so(answer):
                    return answer
            except Problem as problem:
                if problem.code not in NOT_YET or time.monotonic() > end:
                    raise
            if time.monotonic() > end:
                raise TimeoutError(f"{path}: {limit_s} s")
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.5)

    def _address(self, path: str) -> str:
        return self.url

    def _after(self, path: str) -> dict[str, str]:
        for id in _UUID.findall(path):
            if line := self._lines.get(id):
                return {"Sanshe-After": line, "Prefer": f"wait={WAIT_S}"}
        return {}

    async def _send(
        self,
        method: str,
        path: str,
        by: Person | None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        sent = self._after(path) | dict(headers or {})
        if by is not None:
            sent["Authorization"] = f"Bearer {by.secret}"
        for attempt in range(1, ATTEMPTS + 1):
            data = None if body is None else io.BytesIO(body)  # aiohttp warns of large bytes that are sent at once
            async with self._http.request(
                method, self._address(path) + path, data=data, headers=sent, params=query
            ) as answer:
                raw = await answer.read()
                if answer.ok:
                    if line := answer.headers.get("Sanshe-Line"):
                        self._lines[line.split("/")[2]] = line
                    return raw
                pause = answer.headers.get("Retry-After")
                if pause is None or attempt == ATTEMPTS:
                    raise Problem(answer.status, _body(raw, answer.content_type))
            await asyncio.sleep(float(pause))
        raise AssertionError("unreachable")


def _body(raw: bytes, content_type: str) -> Mapping[str, Any]:
    if "json" not in content_type:
        return {"detail": raw[:200].decode(errors="replace")}
    body: Mapping[str, Any] = from_json(raw)
    return body
