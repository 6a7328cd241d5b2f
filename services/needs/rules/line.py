"""Fund accounts as needs hears of them: whose each is, and the words its first money arrived under."""

from dataclasses import dataclass
from uuid import UUID

from schemas.deciding import Ref, State, World
from schemas.fund import FundAppropriated
from schemas.ids import PartyId
from schemas.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(State):
    funder_id: PartyId
    name: str


def line_refs(fact: FundAppropriated, cause: UUID) -> tuple[Ref, ...]:
    return ((Line, fact.account_id),)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, FundAppropriated) or world.find(Line, fact.account_id) is not None:
        return ()
    return (Line(id=fact.account_id, funder_id=fact.funder_id, name=fact.budget_line),)
