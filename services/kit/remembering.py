"""First answers by (caller, route, key): the same request again gets the same answer (law 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

import orjson

from events.database import Connection
from schemas.refused import Refused

Name: TypeAlias = tuple[UUID, str, str]
"""caller, route, key"""


@dataclass(frozen=True, slots=True)
class Done:
    """What is answered, now and for every repetition."""

    status: int
    headers: dict[str, str]
    body: bytes


async def claim(tx: Connection, wanted: Mapping[Name, bytes]) -> dict[Name, Done | Refused]:
    """Insert the names with the hash of what is asked; what was answered, or refused, of those that are there already.

    A second request with a name waits here until the first has ended.
    """
    names = sorted(wanted)
    rows = await tx.fetch(
        """
        INSERT INTO idempotency (caller, route, key, body_hash, status, headers, answer)
        SELECT *, 0, '{}'::jsonb, ''::bytea FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[])
        ON CONFLICT DO NOTHING RETURNING caller, route, key
        """,
        *_columns(names),
        [wanted[name] for name in names],
    )
    if len(rows) == len(names):
        return {}
    new = {tuple(row.values()) for row in rows}
    return await _known(tx, {name: wanted[name] for name in names if name not in new})


async def _known(tx: Connection, wanted: Mapping[Name, bytes]) -> dict[Name, Done | Refused]:
    """Each with its answer; asked with other words, or ended without one meanwhile, the name cannot be used."""
    rows = await tx.fetch(
        """
        SELECT caller, route, key, body_hash, status, headers, answer FROM idempotency
        WHERE (caller, route, key) IN (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]))
        """,
        *_columns(list(wanted)),
    )
    found: dict[Name, Done | Refused] = {
        name: Refused("idempotency_key_reused", status=422, field="Idempotency-Key") for name in wanted
    }
    for row in rows:
        name = row["caller"], row["route"], row["key"]
        if row["body_hash"] == wanted[name]:
            first = Done(row["status"], orjson.loads(row["headers"]), row["answer"])
            found[name] = replace(first, headers=first.headers | {"Idempotency-Replayed": "true"})
    return found


async def remember(tx: Connection, answers: Mapping[Name, Done]) -> None:
    if not answers:
        return
    await tx.execute(
        """
        UPDATE idempotency AS kept SET status = said.status, headers = said.headers, answer = said.answer
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::jsonb[], $6::bytea[])
            AS said (caller, route, key, status, headers, answer)
        WHERE (kept.caller, kept.route, kept.key) = (said.caller, said.route, said.key)
        """,
        *_columns(list(answers)),
        [done.status for done in answers.values()],
        [orjson.dumps(done.headers).decode() for done in answers.values()],
        [done.body for done in answers.values()],
    )


async def forget(tx: Connection, names: Sequence[Name]) -> None:
    """A refusal is not remembered."""
    if names:
        await tx.execute(
            """
            DELETE FROM idempotency
            WHERE (caller, route, key) IN (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]))
            """,
            *_columns(names),
        )


def _columns(names: Sequence[Name]) -> tuple[list[UUID], list[str], list[str]]:
    return [name[0] for name in names], [name[1] for name in names], [name[2] for name in names]
