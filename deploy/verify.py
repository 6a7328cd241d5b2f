"""Proofs over everything in the database: each service's own, and that what was said is what was heard."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.condition import Observer
from events import looking
from events.database import Connection
from services.kit.service import Service

PROOF_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    findings: tuple[str, ...]
    """what is wrong, one line each; empty when everything adds up"""
    pending: tuple[str, ...]
    """what was still on its way: a finding may be no more than that"""
    events: int
    """lines that were looked at"""


async def verify(observer: Observer) -> Proof:
    """One snapshot of the database, so that it can be asked while the installation works."""
    pending = tuple(
        line
        for condition in await observer.look()
        for line in condition.unquiet(NEVER_DUE)
    )
    async with observer.snapshot(limit_s=PROOF_S) as tx:
        services = await observer.installed(tx)
        findings: list[str] = []
        for service in services:
            await tx.execute(f"SET LOCAL search_path TO {service.name}")
            findings += [f"{service.name}: {fault}" for fault in await looking.number_faults(tx)]
            if service.verify is not None:
                findings += await service.verify(tx)
        for reader in services:
            findings += await _heard(tx, reader, services, settled=not pending)
        if any(service.name == "audit" for service in services):
            findings += [line for service in services for line in await _archived(tx, service)]
        events = [await tx.fetchval(f"SELECT count(*) FROM {service.name}.outbox") for service in services]
    return Proof(findings=tuple(findings), pending=pending, events=sum(events))
