"""How a service describes itself: what it remembers, decides, hears and answers. The shell does the rest."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.database import Connection
from events.envelope import Envelope
from schemas.deciding import Decide, Due, Evolve, Ref, Refs, State, World
from schemas.fact import PARTIES, RULEBOOKS, Command, Fact
from schemas.finding import Finding
from schemas.project import Refusal
from schemas.role import Role
from services.kit.areas import Places
from services.kit.asked import Answer, Asked, File

REGISTRY = "registry"
"""The one author of `sanshe.parties` and `sanshe.rulebooks`; everybody else keeps what is said there by listening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a service does when somebody else's fact arrives. The fact has evolved the world before `decide`.

    A `Refused` in `decide` is told as `refused`; None means that refusing here would be a defect.
    """

    refs: Refs[Any]
    decide: Decide[Any]
    refused: type[Refusal] | None = None


Archive = Callable[[Connection, Sequence[Envelope[Any]]], Awaitable[None]]


def only_remember(world: World, fact: Any, context: Any) -> tuple[()]:
    """The decision of a service that just evolves by a fact and says nothing."""
    return ()


def only_itself(due: Due, cause: Any) -> tuple[Ref, ...]:
    """Of a timer that touches nothing but the state that it rang for."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A door for a command: parse, authenticate, apply, answer. One transaction, one idempotency key."""

    path: str
    """its `{names}` are fields of the command and not of the body"""
    command: type[Command]
    roles: frozenset[Role]
    refs: Refs[Any]
    decide: Decide[Any]
    subject: Callable[[Any, Any], Ref]
    """(command, cause) → the state whose version is the ETag"""
    answer: Callable[[World, Any, Any], Answer]
    """(world after the decision and before it is saved, command, cause) → the body of the 201"""
    summary: str
    prepare: Callable[[Connection, Any, Any], Awaitable[Any]] | None = None
    """(connection, command, vault) → command: before the transaction, where a body must be sealed or a file stored"""
    largest_body: int = 256 * 1024
    slow: bool = False
    """may take long to decide: beside the loop, not in it"""
    shares: bool = False
    """decides on what its refs name alone, and on nothing counted from other rows: may share a transaction"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Get:
    """A door for a question. `roles` empty means public."""

    path: str
    roles: frozenset[Role]
    handler: Callable[[Connection, Asked], Awaitable[Answer | File]]
    answer: Any
    """the model of the answer, or of a file its media type"""
    summary: str
    query: Mapping[str, str] = field(default_factory=dict)
    """query parameters by name, with their meaning"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str
    folder: Path
    """where its rooms are: `migrations/` and `reasons.toml` lie there"""
    evolve: Evolve
    load: Callable[[Connection, Collection[Ref]], Awaitable[World]]
    """lock and read; kinds in a fixed order, ids sorted within a kind"""
    save: Callable[[Connection, World], Awaitable[None]]
    """write what `world.changed(kind)` says of each kind, set-wise"""
    hears: Mapping[type[Fact], Reaction]
    timers: Mapping[type[State], Decide[Due]] = field(default_factory=dict)
    timer_refs: Refs[Due] = only_itself
    """what a timer's decision touches besides the state that it rang for"""
    slow: frozenset[type[State]] = frozenset()
    """kinds whose timers may take long to decide, and then remember it: they are tried first, holding no lock"""
    routes: Sequence[Post | Get] = ()
    places: Places = field(default_factory=dict)
    """whose the things are that its paths name"""
    archive: Archive | None = None
    """for a projection: writes down whole envelopes, set-wise, in the transaction that takes them"""
    verify: Callable[[Connection], Awaitable[list[Finding]]] | None = None
    """proves the service's own rows; one for each thing found wrong"""

    @property
    def streams(self) -> tuple[str, ...]:
        """What it subscribes to: the streams of what it hears, and everywhere but in registry parties and rulebooks."""
        kept = set() if self.name == REGISTRY else {PARTIES, RULEBOOKS}
        return tuple(sorted({fact.stream for fact in self.hears} | kept))
