"""A service made for testing the spine: jars of coins.

Owns jars. Hears `coin.dropped` on a project's story and counts it; a coin of 13 is poison, of 0 refused, one that
`needs` a lid waits for `lid.made` on another stream. Says `coin.counted` after each coin and `jar.rung` by timer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from pydantic import Field

from events.catalogue import Catalogue, every_fact
from schemas.deciding import Context, Due, Ref, State, World
from schemas.fact import NEEDS, Command, Fact
from schemas.former import UPCASTERS
from schemas.ids import PartyId
from schemas.model import Model
from schemas.project import ProjectFact, Refusal
from schemas.refused import NotHereYet, Refused
from schemas.role import Role
from schemas.rulebook import Source
from services.kit.asked import Answer
from services.kit.documents import Documents
from services.kit.service import Post, Reaction, Service, only_remember


class CoinDropped(ProjectFact):
    type: ClassVar[str] = "coin.dropped"

    fen: int
    needs: PartyId | None = None


class CoinCounted(ProjectFact):
    type: ClassVar[str] = "coin.counted"

    fen: int
    total: int


class CoinRefused(Refusal):
    type: ClassVar[str] = "coin.refused"


class JarRung(ProjectFact):
    type: ClassVar[str] = "jar.rung"

    total: int


class LidMade(Fact):
    type: ClassVar[str] = "lid.made"
    stream: ClassVar[str] = NEEDS
    key_field: ClassVar[str] = "lid_id"

    lid_id: PartyId


class DropCoin(Command):
    jar_id: UUID
    fen: int = Field(ge=1, le=10**12)
    ring_at: datetime | None = None


FACTS = (CoinDropped, CoinCounted, CoinRefused, JarRung, LidMade)
CATALOGUE = Catalogue([*every_fact(), *FACTS], UPCASTERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar(State):
    total: int = 0
    coins: tuple[int, ...] = ()
    ring_at: datetime | None = None
    closed: bool = False

    def due(self) -> dict[str, datetime]:
        return {"ring": self.ring_at} if self.ring_at else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lid(State):
    pass


class RingSet(Model):
    jar_id: UUID
    at: datetime


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case CoinCounted():
            jar = world.find(Jar, fact.project_id) or Jar(id=fact.project_id)
            return (replace(jar, total=fact.total, coins=(*jar.coins, fact.fen)),)
        case JarRung():
            jar = world.find(Jar, fact.project_id) or Jar(id=fact.project_id)
            return (replace(jar, ring_at=None, closed=True),)
        case RingSet():
            jar = world.find(Jar, fact.jar_id) or Jar(id=fact.jar_id)
            return (replace(jar, ring_at=fact.at),)
        case LidMade():
            return (Lid(id=fact.lid_id),)
        case _:
            return ()


def count(world: World, dropped: CoinDropped, context: Context) -> list[Fact]:
    if dropped.fen == 13:
        raise ValueError("a coin of 13 is a defect")
    if dropped.fen == 0:
        raise Refused("not_found", Source("the test's rule"), what="coin", id="0")
    if dropped.needs is not None and world.find(Lid, dropped.needs) is None:
        raise NotHereYet(NEEDS, str(dropped.needs))
    jar = world.find(Jar, dropped.project_id)
    total = (jar.total if jar else 0) + dropped.fen
    return [CoinCounted(project_id=dropped.project_id, fen=dropped.fen, total=total)]


def drop(world: World, command: DropCoin, context: Context) -> Iterable[Model]:
    jar = world.find(Jar, command.jar_id)
    if jar is not None and jar.closed:
        raise Refused("changed_meanwhile", current=jar.total)
    if command.ring_at is not None:
        yield RingSet(jar_id=command.jar_id, at=command.ring_at)
    total = (jar.total if jar else 0) + command.fen
    yield CoinCounted(project_id=command.jar_id, fen=command.fen, total=total)  # type: ignore[arg-type]  # NewType


def ring(world: World, due: Due, context: Context) -> list[Fact]:
    jar = world.find(Jar, due.ref[1])
    if jar is None or jar.ring_at != due.at:
        return []
    return [JarRung(project_id=jar.id, total=jar.total)]  # type: ignore[arg-type]  # NewType


def refs_of_coin(coin: CoinDropped, cause: UUID) -> tuple[Ref, ...]:
    jar: Ref = (Jar, coin.project_id)
    return (jar, (Lid, coin.needs)) if coin.needs else (jar,)


class JarAnswer(Answer):
    total: int


def answer(world: World, command: DropCoin, cause: UUID) -> JarAnswer:
    return JarAnswer(total=world.get(Jar, command.jar_id).total)


_documents = Documents(jars=Jar, lids=Lid)

HEARS: dict[type[Fact], Any] = {
    CoinDropped: Reaction(refs=refs_of_coin, decide=count, refused=CoinRefused),
    LidMade: Reaction(refs=lambda fact, cause: ((Lid, fact.lid_id),), decide=only_remember),
}

SERVICE = Service(
    name="jars",
    folder=Path(__file__).parent,
    evolve=evolve,
    load=_documents.load,
    save=_documents.save,
    hears=HEARS,
    timers={Jar: ring},
    routes=(
        Post(
            path="/v1/jars/{jar_id}/coins",
            command=DropCoin,
            roles=frozenset({Role.COMMUNITY}),
            refs=lambda command, cause: ((Jar, command.jar_id),),
            decide=drop,
            subject=lambda command, cause: (Jar, command.jar_id),
            answer=answer,
            summary="drop a coin",
            shares=True,
        ),
    ),
)
