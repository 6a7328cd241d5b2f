"""Stamps at the counter: a resident asks for a proof, and the list of that day decides (盖章事项)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command, Fact
from schemas.gate import ListName, StampDecided
from schemas.ids import PartyId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.needs.rules.gate.lists import LISTS, OFFICES, RIGHT_TO_REFUSE, found_in, lists_of


class AskForStamp(Command):
    """Nobody is named: what is asked for, not who asks."""

    community_id: PartyId
    proof: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    """what is to be proven, in words: 死亡证明, or the code of an entry"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp(State):
    """A decision, as it was told."""

    told: StampDecided


def ask_refs(command: AskForStamp, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.community_id), (Stamp, new_id(cause, "stamp")))


def ask_for_stamp(world: World, command: AskForStamp, context: Context) -> list[Fact]:
    """On the list of what no committee proves: refused; on the community's own list: given; on neither: refused."""
    context.by.must_be(command.community_id)
    must_be_public(command.proof, "proof")
    book = lists_of(party(world, command.community_id).division, context)
    barred, given = (_entry(book, name, command.proof) for name in (ListName.BARRED_PROOFS, ListName.STAMPS))
    name = ListName.BARRED_PROOFS if barred else ListName.STAMPS if given else None
    entry = barred or given
    offices = book.value(OFFICES) if OFFICES in book.rules else {}
    decided = StampDecided(
        community_id=command.community_id,
        decision_id=context.new_id("stamp"),
        proof=command.proof,
        granted=name is ListName.STAMPS,
        list=name,
        entry=None if name is None or entry is None else book.value(LISTS[name])[entry],
        office=offices.get(barred) if barred else None,
        source=book.source(RIGHT_TO_REFUSE if name is None else LISTS[name]).text,
        rulebook=book.hash,
        decided_by=PartyId(context.by.person_id),
    )
    return [decided]


def _entry(book: Rulebook, name: ListName, proof: str) -> str | None:
    return proof if proof in book.value(LISTS[name]) else found_in(book, name, proof)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return (Stamp(id=fact.decision_id, told=fact),) if isinstance(fact, StampDecided) else ()
