"""What a decision sees: states loaded under lock, and a context with time, caller, ids and rulebooks.

Rules import this and nothing of the shell, so that every decision can be replayed years later from plain data.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar, cast
from uuid import UUID, uuid5

from schemas.days import day_of
from schemas.ids import PartyId
from schemas.model import Model
from schemas.obligation import Obligation
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

    def owed(self) -> tuple[Obligation, ...]:
        """What parties have to do by when because of it, derived as well."""
        return ()


S = TypeVar("S", bound=State)
B = TypeVar("B")
V = TypeVar("V")
Ref = tuple[type[State], UUID]
_States = defaultdict[type[State], dict[int, V]]


class World:
    """The states one transaction has locked, by kind and id; the memory of a batch.

    Only the shell puts states in; rules read. Reading a ref that was never asked for is a defect and raises KeyError.
    Inside, an id is its number: as a key that is several times faster than a UUID.
    """

    __slots__ = ("_before", "_changed", "_now", "_stored", "_versions")

    def __init__(self, refs: Iterable[Ref] = ()) -> None:
        self._now: _States[State | None] = defaultdict(dict)
        self._before: _States[State] = defaultdict(dict)
        self._stored: _States[State] = defaultdict(dict)
        self._changed: _States[State] = defaultdict(dict)
        self._versions: _States[int] = defaultdict(dict)
        self.ask(refs)

    def ask(self, refs: Iterable[Ref]) -> None:
        """More refs that may be read; absent until loaded."""
        for kind, id in refs:
            self._now[kind].setdefault(id.int)

    def loaded(self, state: State, version: int = 1) -> None:
        kind, number = type(state), state.id.int
        self._now[kind][number] = self._before[kind][number] = self._stored[kind][number] = state
        self._versions[kind][number] = version

    def find(self, kind: type[S], id: UUID) -> S | None:
        return cast("S | None", self._now[kind][id.int])

    def get(self, kind: type[S], id: UUID) -> S:
        state = self._now[kind][id.int]
        if state is None:
            raise Refused("not_found", status=404, what=kind.__name__, id=str(id))
        return cast("S", state)

    def each(self, kind: type[S]) -> list[S]:
        """All loaded states of a kind, in id order."""
        now = self._now[kind]
        return cast("list[S]", [state for number in sorted(now) if (state := now[number]) is not None])

    def put(self, state: State) -> None:
        kind, number = type(state), state.id.int
        self._now[kind][number] = state
        if self._stored[kind].get(number) is state:
            self._changed[kind].pop(number, None)
        else:
            self._changed[kind][number] = state

    def hand_over(self) -> "World":
        """What changed so far, as a world to be saved; here it counts as saved from now on."""
        saved = World()
        saved._changed, self._changed = self._changed, defaultdict(dict)
        for kind, changed in saved._changed.items():
            stored, versions = self._stored[kind], self._versions[kind]
            saved._before[kind] = {number: stored[number] for number in changed if number in stored}
            saved._versions[kind] = {number: versions[number] for number in changed if number in versions}
            stored.update(changed)
            versions.update((number, versions.get(number, 0) + 1) for number in changed)
        return saved

    def version(self, ref: Ref) -> int:
        """How often the state was saved, what was handed over included; 0 when it is new."""
        return self._versions[ref[0]].get(ref[1].int, 0)

    def next_version(self, ref: Ref) -> int:
        """That it will have when what changed is saved."""
        return self.version(ref) + (ref[1].int in self._changed[ref[0]])

    def latest(self, ref: Ref) -> State | None:
        """As it is now, whether it was asked for or not."""
        return self._now[ref[0]].get(ref[1].int)

    def has_changed(self, refs: Iterable[Ref]) -> bool:
        """Whether any of these changed since the last that was handed over."""
        return any(id.int in self._changed[kind] for kind, id in refs)

    def before(self, ref: Ref) -> State | None:
        """As it was loaded; None when it is new."""
        return self._before[ref[0]].get(ref[1].int)

    def changed(self, kind: type[S]) -> list[S]:
        """States of a kind to save, in id order, which is also the order of locking."""
        changed = self._changed[kind]
        return cast("list[S]", [changed[number] for number in sorted(changed)])

    def changed_kinds(self) -> list[type[State]]:
        return [kind for kind, changed in self._changed.items() if changed]


class Rulebooks(Protocol):
    """The documents this installation knows, by hash, or by name the edition in force on a day (else the newest)."""

    def by_hash(self, hash: str) -> Rulebook: ...

    def named(self, id: str, on: date | None = None) -> Rulebook: ...


class Vault(Protocol):
    """Sealed envelopes: content nobody can read without the installation's master key.

    `aad` names the place an envelope belongs to; from another place it does not open. What `derive` gives for a key
    and a content is always the same 32 bytes, and says nothing of either.
    """

    def open(self, wrapped_key: bytes, sealed: bytes, aad: bytes) -> bytes: ...

    def derive(self, wrapped_key: bytes, content: bytes) -> bytes: ...


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
    area: str | None = None
    """the division that the caller decides for; none where its role has none"""
    said_at: datetime | None = None
    """when the fact decided on was said, by its envelope; none of a command or a timer"""

    @property
    def today(self) -> date:
        """The day in China."""
        return day_of(self.at)

    @property
    def day_said(self) -> date:
        """The day in China on which the fact decided on was said, however late it is heard."""
        return day_of(self.said_at or self.at)

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
