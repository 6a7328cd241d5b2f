"""An archived event as it lies in its row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from events.catalogue import CATALOGUE
from schemas.fact import Fact
from schemas.ids import EventId
from services.audit.rules import Entry

COLUMNS = [
    *("event_id", "stream", "source", "key", "sequence", "type", "version", "time"),
    *("causation", "correlation", "rulebook", "data"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One archived event; `data` is the JSON of its fact."""

    event_id: UUID
    stream: str
    source: str
    key: str
    sequence: int
    type: str
    version: int
    time: datetime
    causation: UUID
    correlation: UUID
    rulebook: str | None
    data: str

    def fact(self) -> Fact:
        return CATALOGUE.fact(self.type, self.version, self.data)

    def entry(self) -> Entry:
        return Entry(event_id=EventId(self.event_id), cause=self.causation, at=self.time, fact=self.fact())


def archived(row: asyncpg.Record) -> Archived:
    return Archived(**{column: row[column] for column in COLUMNS})
