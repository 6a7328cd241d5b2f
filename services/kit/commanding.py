"""A command over HTTP: parsed, decided once per idempotency key, durable when answered (laws 1, 11)."""

import asyncio
import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import ValidationError

from events.database import Connection, Database
from events.trace import uuid7
from schemas.deciding import Ref, World
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.kit.apply import Applied, Message, Shell, apply
from services.kit.problems import invalid
from services.kit.service import Post

ATTEMPTS = 5
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 escaped, and not a backslash before `u0000`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One POST as it came in, read and authenticated."""

    post: Post
    raw: bytes
    path: dict[str, str]
    by: Actor
    key: str
    if_match: str | None
    traceparent: str


@dataclass(frozen=True, slots=True)
class Done:
    """What is answered, now and for every repetition."""

    status: int
    headers: dict[str, str]
    body: bytes


def idempotency_key(header: str | None) -> str:
    if header is None or not re.fullmatch(r"[\x21-\x7e]{1,100}", header):
        raise Refused("idempotency_key_missing", status=400, field="Idempotency-Key")
    return header


def parse(post: Post, raw: bytes, path: dict[str, str]) -> Any:
    """The command: the body's fields and the path's together; a path field in the body is refused as unknown.

    Strict: `"5"` and `true` are no numbers.
    """
    try:
        fields = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        raise Refused("not_json", status=422) from None
    if not isinstance(fields, dict):
        raise Refused("not_json", status=422)
    if b"\\u0000" in raw and _NUL.search(raw):
        raise Refused("nul_character", status=422)  # PostgreSQL cannot keep it
    for name in path:
        if name in fields:
            raise Refused("invalid_field", status=422, field=name, problem="stands_in_the_path")
    try:
        return post.command.model_validate_json(orjson.dumps(fields | path), strict=True)
    except ValidationError as error:
        raise invalid(error) from None


async def carry_out(shell: Shell, database: Database, order: Order) -> Done:
    """Tried again when another transaction was in the way; a refusal is not remembered."""
    command = parse(order.post, order.raw, order.path)
    if order.post.prepare is not None:
        async with database.connection() as connection:
            command = await order.post.prepare(connection, command, shell.vault)
    # keyed, because a bare hash would let a sealed price be guessed; with the path, because a route has many objects
    body_hash = shell.vault.digest(orjson.dumps(order.path) + order.raw)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with database.transaction() as tx:
                return await _once(shell, tx, order, command, body_hash)
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


async def _once(shell: Shell, tx: Connection, order: Order, command: Any, body_hash: bytes) -> Done:
    if order.by.role is Role.RESIDENT:
        order = replace(order, key=f"{order.key}/{body_hash.hex()}")  # residents share a caller, not their keys
    first = await _first_answer(tx, order, body_hash)
    if first is not None:
        return first
    cause = uuid7()
    subject = order.post.subject(command, cause)
    message = Message(
        id=cause,
        body=command,
        refs=tuple(order.post.refs(command, cause)),
        decide=order.post.decide,
        by=order.by,
        correlation=cause,
        traceparent=order.traceparent,
        slow=order.post.slow,
    )
    applied = await apply(shell, tx, [message], check=lambda world: _match(world, subject, order.if_match))
    done = _done(order.post, applied, command, cause, subject)
    await tx.execute(
        "UPDATE idempotency SET status = $4, headers = $5, answer = $6 WHERE caller = $1 AND route = $2 AND key = $3",
        *_name(order),
        done.status,
        orjson.dumps(done.headers).decode(),
        done.body,
    )
    return done


def _name(order: Order) -> tuple[UUID, str, str]:
    return order.by.person_id, order.post.path, order.key


async def _first_answer(tx: Connection, order: Order, body_hash: bytes) -> Done | None:
    """Insert the key first: a second request with it waits here until the first has ended."""
    status = await tx.execute(
        """
        INSERT INTO idempotency (caller, route, key, body_hash, status, headers, answer)
        VALUES ($1, $2, $3, $4, 0, '{}', '') ON CONFLICT DO NOTHING
        """,
        *_name(order),
        body_hash,
    )
    if status == "INSERT 0 1":
        return None
    row = await tx.fetchrow(
        "SELECT body_hash, status, headers, answer FROM idempotency WHERE caller = $1 AND route = $2 AND key = $3",
        *_name(order),
    )
    if row is None or row["body_hash"] != body_hash:
        raise Refused("idempotency_key_reused", status=422, field="Idempotency-Key")
    return Done(row["status"], orjson.loads(row["headers"]) | {"Idempotency-Replayed": "true"}, row["answer"])


def _match(world: World, subject: Ref, if_match: str | None) -> None:
    if if_match is None or if_match == "*":
        return
    match = re.fullmatch(r'"(\d{1,18})"', if_match)
    if match is None:
        raise Refused("bad_if_match", status=400, field="If-Match")
    current = world.version(subject)
    if int(match[1]) != current:
        raise Refused("changed_meanwhile", status=412, current=current)


def _done(post: Post, applied: Applied, command: Any, cause: UUID, subject: Ref) -> Done:
    world = applied.world
    headers = {"ETag": f'"{world.version(subject)}"'}
    if applied.lines:
        headers["Sanshe-Line"] = str(applied.lines[-1])
    return Done(201, headers, post.answer(world, command, cause).model_dump_json().encode())
