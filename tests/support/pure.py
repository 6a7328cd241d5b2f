"""Decisions without a shell: evolve what is heard, decide, evolve what is said; as the shell does, in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.deciding import SYSTEM, Context, Evolve, Ref, World
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.rulebook import Rulebook

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PROGRAM = Actor(person_id=SYSTEM, party_id=SYSTEM, role=Role.OPERATOR)


def an_actor(role: Role, party_id: UUID | None = None, person_id: UUID | None = None) -> Actor:
    return Actor(role=role, party_id=PartyId(party_id or uuid4()), person_id=person_id or uuid4())


@dataclass(frozen=True, slots=True)
class OneBook:
    """A shelf that answers every question with the same rulebook."""

    book: Rulebook

    def by_hash(self, hash: str) -> Rulebook:
        return self.book

    def named(self, id: str, on: date | None = None) -> Rulebook:
        return self.book


@dataclass(slots=True)
class Story:
    """A world that decisions are made in, one after the other."""

    evolve: Evolve
    rulebook: Rulebook
    world: World = field(default_factory=World)
    at: datetime = NOON

    def do(self, decide: Any, body: Any, by: Actor = PROGRAM, refs: Any = ()) -> list[Model]:
        """What is said; a `Refused` leaves the world as it was before the decision."""
        self.world.ask(refs)
        if isinstance(body, Fact):
            self._put(body)
        said = list(decide(self.world, body, self.context(by)))
        for one in said:
            self._put(one)
        return said

    def context(self, by: Actor) -> Context:
        no_vault: Any = None
        return Context(at=self.at, by=by, cause=uuid4(), rulebooks=OneBook(self.rulebook), vault=no_vault)

    def find(self, ref: Ref) -> Any:
        return self.world.find(*ref)

    def _put(self, said: Model) -> None:
        for state in self.evolve(self.world, said):
            self.world.put(state)


@contextmanager
def refused(
    code: str, *, source: str | None = None, status: int | None = None
) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code == code
    if source is not None:
        assert caught.value.source is not None
        assert source in caught.value.source.text
    if status is not None:
        assert caught.value.status == status
