"""Work paid by the unit: what the provider reports, what the buyer accepts of it, and the fee that follows."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.clauses import Code
from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact


class UnitsDone(Model):
    """So many units of one kind of work of the agreement."""

    item: Code
    units: Annotated[int, Field(ge=0, le=10**6)]


class WorkReported(ProjectFact):
    """The provider says how many units it did, item by item; a later report takes the place of an earlier one."""

    type: ClassVar[str] = "work.reported"

    contract_id: ContractId
    units: tuple[UnitsDone, ...]
    reported_by: PartyId


class WorkAccepted(ProjectFact):
    """The buyer accepted units, of each kind at most what was reported; the last word before the final acceptance.

    `fee` is Σ min(units, most units of the item) × unit price, at most the price of the agreement.
    """

    type: ClassVar[str] = "work.accepted"

    contract_id: ContractId
    units: tuple[UnitsDone, ...]
    fee: Money
    arithmetic: str
    accepted_by: PartyId
    """the program, where the delivery counts as accepted because nobody answered"""
