"""The one way to change anything (law 1): lock and load, decide, save state and outbox, in one transaction."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from events import outbox
from events.catalogue import Catalogue
from events.database import Connection, Database
from events.envelope import Envelope
from events.outbox import Line, Saying
from events.trace import uuid7
from schemas.deciding import SYSTEM, Context, Decide, Due, Ref, Rulebooks, State, World
from schemas.fact import RULEBOOKS, Fact
from schemas.model import Model
from schemas.project import Refusal
from schemas.refused import NotHereYet, Refused
from schemas.role import Actor, Role
from schemas.standing import evolve_standing
from services.kit import adopted, reasons, standing
from services.kit.clock import Clock
from services.kit.rulebooks import Shelf
from services.kit.saving import Saving
from services.kit.service import REGISTRY, Service
from services.kit.vault import Vault

PROGRAM = Actor(person_id=SYSTEM, party_id=SYSTEM, role=Role.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to decide on: a person's command, somebody's fact, or a due timer."""

    id: UUID
    """the cause: ids of what it brings into being derive from it"""
    body: Any
    refs: tuple[Ref, ...]
    decide: Decide[Any]
    by: Actor = PROGRAM
    area: str | None = None
    refused: type[Refusal] | None = None
    correlation: UUID
    traceparent: str
    slow: bool = False
    """takes long to decide: beside the loop, not in it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Message):
    """An arrived fact to decide on."""

    envelope: Envelope[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Message):
    """Somebody's command: what it is refused concerns nobody else, and its answer is what it left behind."""

    check: Callable[[World], None]
    """sees the loaded world before the decision (If-Match)"""
    answer: Callable[[World], bytes]
    """after the decision, before anything else is decided"""
    subject: Ref


@dataclass(frozen=True, slots=True)
class Answered:
    body: bytes
    version: int
    """of the command's subject, as it will be saved"""
    state: State | None
    """the subject itself"""


Outcome: TypeAlias = Answered | Refused | NotHereYet


@dataclass(frozen=True, slots=True)
class Applied:
    world: World
    lines: list[Line]
    last_lines: dict[UUID, Line]
    """the last that each message said, of those that said something"""
    outcomes: dict[UUID, Outcome]
    """of commands"""


class Entangled(Exception):
    """Commands of one transaction that cannot be told apart any more: each is to be decided in one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What surrounds a service's decisions: where time, rulebooks and keys come from."""

    service: Service
    catalogue: Catalogue
    clock: Clock
    rulebooks: Shelf
    """what is shipped; what was adopted lies with the service's states"""
    vault: Vault


async def apply(
    shell: Shell,
    tx: Connection,
    messages: Sequence[Message],
    *,
    meanwhile: Callable[[], Coroutine[Any, Any, None]] | None = None,
) -> Applied:
    """Decide the messages one by one in memory, in order, and write everything back set-wise.

    A command that is refused changes nothing, and is answered so. Another `Refused` without a `refused` fact to
    become, and every defect, leave through the caller's transaction: nothing is written. `meanwhile`, a statement
    that waits for no decision, is done while the first are taken.
    """
    world = await _load(shell.service, tx, messages)
    at, rulebooks = await shell.clock.now(tx), await adopted.shelf(tx, shell.rulebooks)
    told: list[tuple[Fact, Message]] = []
    sayings: list[Saying] = []
    outcomes: dict[UUID, Outcome] = {}
    async with Saving(shell.service, tx, world, at, meanwhile) as saving:
        for message in messages:
            if isinstance(message, Commanded) and world.has_changed(message.refs):
                saving.rest()  # so that what came before has a version of its own
            if message.slow or isinstance(message.body, Due):  # a timer may be a count of many votes
                facts = await asyncio.to_thread(_carry_out, shell, world, message, at, rulebooks, outcomes)
            else:
                facts = _carry_out(shell, world, message, at, rulebooks, outcomes)
            told += [(fact, message) for fact in facts]
            await saving.next()
        saving.rest()
        for fact, message in told:
            sayings.append(_saying(shell, fact, message, at))
            await saving.breathe()
    _tell_apart(world, messages, outcomes)
    lines = await outbox.say(tx, shell.service.name, sayings)
    last = {message.id: line for (_, message), line in zip(told, lines, strict=True)}
    return Applied(world, lines, last, outcomes)


def _tell_apart(world: World, messages: Sequence[Message], outcomes: Mapping[UUID, Outcome]) -> None:
    """A version belongs to one state: nobody after a command may have changed its subject under the same one."""
    for message in messages:
        found = outcomes.get(message.id)
        if isinstance(message, Commanded) and isinstance(found, Answered):
            same = world.latest(message.subject) is found.state
            if not same and world.version(message.subject) == found.version:
                raise Entangled


async def rehearse(shell: Shell, database: Database, message: Message) -> None:
    """Decide on what is there now, and change nothing.

    What takes long to decide, and is remembered by its rule, is then known before a transaction has to wait for it.
    """
    async with database.transaction() as tx:
        world = await _load(shell.service, tx, [message])
        at, rulebooks = await shell.clock.now(tx), await adopted.shelf(tx, shell.rulebooks)
    await asyncio.to_thread(_carry_out, shell, world, message, at, rulebooks, {})


async def _load(service: Service, tx: Connection, messages: Sequence[Message]) -> World:
    """What every service keeps first, then the service's own kinds: one order of locking for all."""
    refs = {(ref[0], ref[1].int): ref for message in messages for ref in message.refs}.values()
    parties = [ref for ref in refs if ref[0] in standing.KINDS]
    world = await service.load(tx, [ref for ref in refs if ref[0] not in standing.KINDS])
    world.ask(parties)
    if any(type(message.body) in standing.HEARS for message in messages) or service.name == REGISTRY:
        await standing.load_into(tx, world, parties)
    else:
        await standing.read_into(tx, world, parties)
    return world


def _carry_out(
    shell: Shell,
    world: World,
    message: Message,
    at: datetime,
    rulebooks: Rulebooks,
    outcomes: dict[UUID, Outcome],
) -> list[Fact]:
    """Decide on one message in memory; what is to be told."""
    if isinstance(message.body, Fact):
        _evolve(shell.service, world, message.body)
    context = Context(
        at=at,
        by=message.by,
        area=message.area,
        cause=message.id,
        rulebooks=rulebooks,
        vault=shell.vault,
        said_at=message.envelope.time if isinstance(message, Heard) else None,
    )
    try:
        if isinstance(message, Commanded):
            message.check(world)
        said = _decide(message, world, context)
    except (Refused, NotHereYet) as refused:
        if not isinstance(message, Commanded):
            raise
        outcomes[message.id] = refused
        return []
    for each in said:
        _evolve(shell.service, world, each)
    if isinstance(message, Commanded):
        subject = message.subject
        outcomes[message.id] = Answered(message.answer(world), world.next_version(subject), world.latest(subject))
    return [each for each in said if isinstance(each, Fact)]


def _decide(message: Message, world: World, context: Context) -> Sequence[Model]:
    try:
        return list(message.decide(world, message.body, context))
    except Refused as refused:
        if refused.code == "unknown_rulebook" and isinstance(message, Heard):
            # its adoption is told on another stream, and may be on its way
            raise NotHereYet(RULEBOOKS, refused.details["rulebook"]) from None
        if message.refused is None:
            raise
        return [_as_fact(message.refused, message.body, refused)]


def _as_fact(kind: type[Refusal], cause: Fact, refused: Refused) -> Refusal:
    """A refusal met in a consumer is a fact (law 8)."""
    return kind(
        project_id=UUID(cause.key),  # type: ignore[arg-type]  # a NewType over UUID
        code=refused.code,
        source=refused.source.text if refused.source else "",
        reason_zh=reasons.explain(refused, "zh"),
        reason_en=reasons.explain(refused, "en"),
    )


def _evolve(service: Service, world: World, said: Model) -> None:
    if type(said) in standing.HEARS:
        for state in evolve_standing(world, said):
            world.put(state)
    for state in service.evolve(world, said):
        world.put(state)


def _saying(shell: Shell, fact: Fact, message: Message, at: datetime) -> Saying:
    return outbox.saying(
        shell.service.name,
        shell.catalogue,
        fact,
        event_id=uuid7(),
        cause=message.id,
        correlation=message.correlation,
        traceparent=message.traceparent,
        at=at,
    )


def heard(service: Service, envelope: Envelope[Any]) -> Heard:
    fact = envelope.data
    own = service.hears.get(type(fact))
    party = standing.refs_of(fact, envelope.id)
    return Heard(
        id=envelope.id,
        body=fact,
        refs=(*(own.refs(fact, envelope.id) if own else ()), *party),
        decide=own.decide if own else standing.HEARS[type(fact)].decide,
        refused=own.refused if own else None,
        correlation=envelope.correlationid,
        traceparent=envelope.traceparent,
        envelope=envelope,
    )
