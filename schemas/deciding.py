"""What a decision sees: states loaded under lock, and a context with time, caller, ids and rulebooks.

Rules import this and nothing of the shell, so that every decision can be replayed years later from plain data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar, cast
from uuid import UUID, uuid5

from schemas.ids import PartyId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Actor
from schemas.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The base of what a service remembers about one thing. Subclasses are frozen, slotted, keyword-only."""

    id: UUID

    def due(self) -> Mapping[str, datetime]:
        """Which timers this state wants, by name; derived, so that a reschedule needs no second write."""
        return {}


S = TypeVar("S", bound=State)
B = TypeVar("B")
Ref = tuple[type[State], UUID]


class World:
    """The states one transaction has locked, by kind and id; the memory of a batch.

    Only the shell puts states in; rules read. Reading a ref that was never asked for is a defect and raises KeyError.
    """

    __slots__ = ("_before", "_changed", "_in_order", "_now", "_versions")

    def __init__(self, refs: Iterable[Ref] = ()) -> None:
        self._now: dict[Ref, State | None] = dict.fromkeys(refs)
        self._before: dict[Ref, State] = {}
        self._versions: dict[Ref, int] = {}
        self._changed: dict[Ref, State] = {}
        self._in_order: list[State] | None = None

    def ask(self, refs: Iterable[Ref]) -> None:
        """More refs that may be read; absent until loaded."""
        for ref in refs:
            self._now.setdefault(ref)

    def loaded(self, state: State, version: int = 1) -> None:
        ref = (type(state), state.id)
        self._now[ref] = self._before[ref] = state
        self._versions[ref] = version

    def find(self, kind: type[S], id: UUID) -> S | None:
        return cast(S | None, self._now[(kind, id)])

    def get(self, kind: type[S], id: UUID) -> S:
        state = self._now[(kind, id)]
        if state is None:
            raise Refused("not_found", status=404, what=kind.__name__, id=str(id))
        return cast(S, state)

    def each(self, kind: type[S]) -> list[S]:
        """All loaded states of a kind, in id order."""
        found = [state for (k, _), state in self._now.items() if k is kind and state is not None]
        return cast(list[S], sorted(found, key=lambda state: state.id.int))

    def put(self, state: State) -> None:
        ref = (type(state), state.id)
        self._now[ref] = state
        self._in_order = None
        if self._before.get(ref) is state:
            self._changed.pop(ref, None)
        else:
            self._changed[ref] = state

    def version(self, ref: Ref) -> int:
        """How often the state was saved before this transaction; 0 when it is new."""
        return self._versions.get(ref, 0)

    def before(self, ref: Ref) -> State | None:
        return self._before.get(ref)

    def changed(self) -> list[State]:
        """States to save, in the order of kind and id, which is also the order of locking."""
        if self._in_order is None:
            self._in_order = sorted(self._changed.values(), key=lambda s: (type(s).__name__, s.id.int))
        return self._in_order


class Rulebooks(Protocol):
    """The documents this installation knows, by hash or by name."""

    def by_hash(self, hash: str) -> Rulebook: ...

    def named(self, id: str) -> Rulebook: ...


class Vault(Protocol):
    """Sealed envelopes: content nobody can read without the installation's master key.

    `aad` names the place an envelope belongs to; from another place it does not open.
    """

    def open(self, wrapped_key: bytes, sealed: bytes, aad: bytes) -> bytes: ...


def new_id(cause: UUID, name: str) -> UUID:
    """The id of a thing that the message `cause` brings into being; `name` tells several apart."""
    return uuid5(cause, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What comes from outside into a decision. `at` (UTC) was read after the locks were held."""

    at: datetime
    by: Actor
    cause: UUID
    """The message decided on. Ids of what follows derive from it, so a redo says the same again."""
    rulebooks: Rulebooks
    vault: Vault

    def new_id(self, name: str) -> UUID:
        return new_id(self.cause, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A timer rang for the state `ref`; whether anything is to be done, the state decides."""

    ref: Ref
    name: str
    at: datetime


Decide = Callable[[World, B, Context], Iterable[Model]]
"""A decision: facts (told) and notes (kept), or `Refused`. Pure."""
Refs = Callable[[B, UUID], Iterable[Ref]]
"""Which states a body (command, fact or due timer) needs; the id is the cause new ids derive from."""
Evolve = Callable[[World, Model], Iterable[State]]
"""The states after a fact or note: only the changed ones. Never fails; a fact it does not know changes nothing."""

SYSTEM = PartyId(UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000000"))
"""The party in whose name the program itself acts (timers, reactions)."""
