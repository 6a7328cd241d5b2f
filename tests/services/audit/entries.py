"""The money of a told story as archived entries, and as projects whose uses are asked."""

from datetime import timedelta
from uuid import UUID, uuid5

from schemas.fact import PROJECTS, Fact
from schemas.fund import FundAppropriated
from schemas.ids import EventId
from schemas.project import FundShare
from services.audit.rules import Entry, Project
from tests.services.audit.stories import NOON, Told


class OfTheSameMoney(Told):
    """Another project, out of the lots of an earlier one."""

    def __init__(self, first: Told) -> None:
        self._first = first
        super().__init__()

    def shares(self, first: int, second: int) -> tuple[FundShare, ...]:
        return self._first.shares(first, second)

    def _money_in(self) -> list[tuple[str, Fact]]:
        return []


def entries(told: Told, facts: list[Fact] | None = None) -> list[Entry]:
    """One minute and one cause for each."""
    return [
        Entry(
            event_id=EventId(uuid5(told.project, f"event {place}")),
            cause=uuid5(told.project, f"cause {place}"),
            at=NOON + timedelta(minutes=place),
            fact=fact,
        )
        for place, fact in enumerate(told.facts if facts is None else facts)
    ]


def project(told: Told, facts: list[Fact] | None = None) -> Project:
    own = [entry for entry in entries(told, facts) if entry.fact.stream == PROJECTS]
    return Project(id=told.project, entries=tuple(own))


def arrival(told: Told, lot: UUID) -> Entry:
    found = (e for e in entries(told) if isinstance(e.fact, FundAppropriated) and e.fact.lot_id == lot)
    return next(found)
