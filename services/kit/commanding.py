"""A command over HTTP: parsed, decided once per idempotency key, durable when answered (laws 1, 11)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import ValidationError

from events.database import Connection, Database
from events.trace import uuid7
from schemas.deciding import Ref, World
from schemas.refused import NotHereYet, Refused
from schemas.role import Actor, Role
from services.kit.apply import Answered, Applied, Commanded, Shell, apply
from services.kit.problems import invalid
from services.kit.remembering import Done, Name, claim, forget, remember
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
    area: str | None = None
    key: str
    if_match: str | None
    traceparent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An order that is parsed and sealed, and named by its idempotency key."""

    order: Order
    command: Any
    body_hash: bytes
    cause: UUID
    name: Name


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


async def ready(shell: Shell, database: Database, order: Order) -> Ready:
    command = parse(order.post, order.raw, order.path)
    if order.post.prepare is not None:
        async with database.connection() as connection:
            command = await order.post.prepare(connection, command, shell.vault)
    # keyed, because a bare hash would let a sealed price be guessed; with the path, because a route has many objects
    body_hash = shell.vault.digest(orjson.dumps(order.path) + order.raw)
    key = order.key
    if order.by.role is Role.RESIDENT:
        key = f"{key}/{body_hash.hex()}"  # residents share a caller, not their keys
    name = order.by.person_id, order.post.path, key
    return Ready(order=order, command=command, body_hash=body_hash, cause=uuid7(), name=name)


async def carry_out(shell: Shell, database: Database, order: Order) -> Done:
    return await alone(shell, database, await ready(shell, database, order))


async def alone(shell: Shell, database: Database, one: Ready) -> Done:
    [found] = await together(shell, database, [one])
    if isinstance(found, Done):
        return found
    raise found


async def together(shell: Shell, database: Database, group: Sequence[Ready]) -> list[Done | Refused | NotHereYet]:
    """Decided one after the other in one transaction, tried again when another was in the way; no two of one name.

    A refusal is not remembered.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with database.transaction() as tx:
                found = await _once(shell, tx, group)
                if not any(isinstance(each, Done) for each in found):
                    raise _NothingDone
            return found
        except _NothingDone:
            return found
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            if attempt == ATTEMPTS:
                raise
            await asyncio.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


class _NothingDone(Exception):
    """Everything was refused: the transaction is rolled back."""


async def _once(shell: Shell, tx: Connection, group: Sequence[Ready]) -> list[Done | Refused | NotHereYet]:
    found: dict[Name, Done | Refused | NotHereYet] = {**await claim(tx, {one.name: one.body_hash for one in group})}
    asked = [one for one in group if one.name not in found]
    if asked:
        applied = await apply(shell, tx, [_message(one) for one in asked])
        said = {one.name: _done(applied, one) for one in asked}
        await remember(tx, {name: done for name, done in said.items() if isinstance(done, Done)})
        await forget(tx, [name for name, each in said.items() if not isinstance(each, Done)])
        found |= said
    return [found[one.name] for one in group]


def _message(one: Ready) -> Commanded:
    post, command, cause = one.order.post, one.command, one.cause
    subject = post.subject(command, cause)
    return Commanded(
        id=cause,
        body=command,
        refs=tuple(post.refs(command, cause)),
        decide=post.decide,
        by=one.order.by,
        area=one.order.area,
        correlation=cause,
        traceparent=one.order.traceparent,
        slow=post.slow,
        check=lambda world: _match(world, subject, one.order.if_match),
        answer=lambda world: post.answer(world, command, cause).model_dump_json().encode(),
        subject=subject,
    )


def _match(world: World, subject: Ref, if_match: str | None) -> None:
    if if_match is None or if_match == "*":
        return
    match = re.fullmatch(r'"(\d{1,18})"', if_match)
    if match is None:
        raise Refused("bad_if_match", status=400, field="If-Match")
    current = world.next_version(subject)
    if int(match[1]) != current:
        raise Refused("changed_meanwhile", status=412, current=current)


def _done(applied: Applied, one: Ready) -> Done | Refused | NotHereYet:
    found = applied.outcomes[one.cause]
    if not isinstance(found, Answered):
        return found
    headers = {"ETag": f'"{found.version}"'}
    if line := applied.last_lines.get(one.cause):
        headers["Sanshe-Line"] = str(line)
    return Done(201, headers, found.body)
