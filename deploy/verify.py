"""Proofs over everything in the database: each service's own, and that what was said is what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.condition import Condition, Observer
from events import looking
from events.database import Connection
from schemas.finding import Finding
from services.kit.service import Service

PROOF_S = 900
BEFORE_ALL_TIMERS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    findings: tuple[Finding, ...]
    """what is wrong; empty when everything adds up"""
    pending: tuple[str, ...]
    """what was on its way at that moment: a story may be incomplete for no other reason"""
    events: int
    """lines that were looked at"""


async def verify(observer: Observer) -> Proof:
    """One snapshot of the database, so that it can be asked while the installation works."""
    async with observer.snapshot(limit_s=PROOF_S) as tx:
        conditions = await observer.look_in(tx)
        pending = tuple(line for condition in conditions for line in condition.unquiet(BEFORE_ALL_TIMERS))
        services = await observer.installed(tx)
        findings = [line for condition in conditions for line in _standing_still(condition)]
        for service in services:
            await tx.execute(f"SET LOCAL search_path TO {service.name}")
            findings += [fault.about(service.name, service.name) for fault in await looking.number_faults(tx)]
            if service.verify is not None:
                findings += await service.verify(tx)
        for reader in services:
            for teller in services:
                findings += await _heard(tx, reader, teller, settled=not pending)
        findings += await _all_archived(tx, services)
        events = [await tx.fetchval(f"SELECT count(*) FROM {service.name}.outbox") for service in services]
    return Proof(findings=tuple(findings), pending=pending, events=sum(events))


def _standing_still(condition: Condition) -> list[Finding]:
    name = condition.name
    parked = [
        Finding(
            zh=f"{name}:{key.stream} 上的 {key.key} 已停放({key.reason})",
            en=f"{name}: {key.key} on {key.stream} is parked ({key.reason})",
        )
        for key in condition.parked
    ]
    return parked + [Finding(zh=f"{name}:已暂停:{why}", en=f"{name}: paused: {why}") for why in condition.paused]


async def _heard(tx: Connection, reader: Service, teller: Service, *, settled: bool) -> list[Finding]:
    """Nobody heard more than was said; and when nothing is on its way, nobody heard less. Parked keys apart."""
    rows = await tx.fetch(
        f"""
        SELECT stream, key, coalesce(head.sequence, 0) AS said, coalesce(heard.sequence, 0) AS heard
        FROM (SELECT * FROM {teller.name}.stream_heads WHERE stream = ANY($1::text[])) head
        FULL JOIN (SELECT * FROM {reader.name}.inbox WHERE consumer = $2 AND source = $3) heard USING (stream, key)
        WHERE coalesce(head.sequence, 0) < coalesce(heard.sequence, 0)
            OR $4 AND coalesce(head.sequence, 0) > coalesce(heard.sequence, 0) AND NOT EXISTS (
                SELECT FROM {reader.name}.parked_keys k
                WHERE k.consumer = $2 AND k.stream = head.stream AND k.key = head.key)
        ORDER BY stream, key
        """,
        list(reader.streams),
        reader.name,
        teller.name,
        settled,
    )
    return [
        Finding(
            zh=f"{reader.name}:{r['stream']} 上 {teller.name} 关于 {r['key']} 的 {r['said']} 条,收到 {r['heard']} 条",
            en=f"{reader.name}: heard {r['heard']} of {r['said']} lines of {teller.name} about {r['key']} "
            f"on {r['stream']}",
        )
        for r in rows
    ]


async def _all_archived(tx: Connection, services: Sequence[Service]) -> list[Finding]:
    if not any(service.name == "audit" for service in services):
        return []
    return [line for service in services for line in await _archived(tx, service)]


async def _archived(tx: Connection, teller: Service) -> list[Finding]:
    """The archive holds what was said, word for word, and nothing that was not."""
    rows = await tx.fetch(
        f"""
        SELECT event_id, CASE
            WHEN said.event_id IS NULL THEN 'never_said'
            WHEN kept.event_id IS NULL THEN 'not_archived'
            ELSE 'other_words' END AS fault
        FROM {teller.name}.outbox said
        FULL JOIN (SELECT * FROM audit.events WHERE source = $1) kept USING (event_id)
        WHERE said.event_id IS NULL
            OR kept.event_id IS NULL AND said.sequence <= (
                SELECT coalesce(max(sequence), 0) FROM audit.inbox i
                WHERE (i.consumer, i.stream, i.source, i.key) = ('audit', said.stream, $1, said.key))
            OR kept.event_id IS NOT NULL AND (
                (kept.stream, kept.key, kept.sequence, kept.type) <> (said.stream, said.key, said.sequence, said.type)
                OR kept.version = said.version AND kept.data <> convert_from(said.body, 'UTF8')::jsonb -> 'data')
        """,
        teller.name,
    )
    return [
        Finding(
            zh=f"audit:{teller.name} 的事件 {row['event_id']} {_FAULTS[row['fault']].zh}",
            en=f"audit: event {row['event_id']} of {teller.name} {_FAULTS[row['fault']].en}",
        )
        for row in rows
    ]


_FAULTS = {
    "never_said": Finding(zh="在档案中,却从未说过", en="is archived and was never said"),
    "not_archived": Finding(zh="已说、已收到,却不在档案中", en="was said, heard and not archived"),
    "other_words": Finding(zh="在档案中的内容与所说不同", en="is archived in other words than it was said"),
}
