"""What a solved round says of itself: the choice, the proof that there is none better, and why not the others."""

from enum import StrEnum

from schemas.ids import ApplicationId, PairId, PartyId
from schemas.model import Model
from schemas.money import Money


class Proof(StrEnum):
    OPTIMAL = "optimal"
    """no choice scores more; among equals this is the one the draw prefers"""
    OPTIMAL_ANY = "optimal_any"
    """no choice scores more; which of equals was taken is not proven to be the draw's first"""
    FEASIBLE = "feasible"
    """the solver's limit came first: `gap` is how much more there may be"""
    INFEASIBLE = "infeasible"
    """no choice keeps every rule"""
    UNKNOWN = "unknown"
    """the solver's limit came before any choice was found"""


class Chosen(Model):
    application_id: ApplicationId
    organization_id: PartyId
    amount: Money
    total: int
    """hundredths of a point"""


class Price(Model):
    """What one more fen, hour or pair would bring at most, in billionths of a hundredth of a point.

    With these anyone computes `relaxed_bound` again.
    """

    kind: str
    """budget, theme, area, worker or pair"""
    id: str
    price: int


class Floor(Model):
    """How a floor came out."""

    kind: str
    """theme or area"""
    id: str
    least: Money
    reached: Money
    at_most: Money
    """what its applications could take together if they got all they asked"""


class Certificate(Model):
    proof: Proof
    objective: int
    """the sum of the chosen totals, hundredths of a point"""
    bound: int
    """no choice scores more"""
    gap: int
    """bound - objective"""
    relaxed_bound: int
    """by the prices alone"""
    spent: Money
    floors: tuple[Floor, ...]
    prices: tuple[Price, ...]
    """those that are not zero"""
    candidates: int
    input_digest: str
    """SHA-256 of the canonical problem"""
    rule: str
    """how equals are told apart, and how what is left is divided"""
    solver: str
    limit: int
    """deterministic seconds"""


class Because(StrEnum):
    """What stands nearest in the way of an application that was not chosen."""

    PAIRED = "paired"
    """a person decided that it is the same work as what is paid already"""
    OWNER = "owner"
    """its organization has as many chosen as it may"""
    OTHER_HALF = "other_half"
    """the other of its pair is chosen"""
    MONEY = "money"
    """the budget, the floors or a worker's hours go further with others"""


class Alternative(Model):
    """One rejected application and what is nearest to choosing it."""

    application_id: ApplicationId
    total: int
    because: Because
    best_with_it: int | None
    """the highest score of any choice that has it; none where there is none, or it was not computed"""
    most_with_it: int | None
    """no choice that has it scores more: exact when it equals `best_with_it`, otherwise by the prices"""
    points_short: int | None
    """hundredths of a point: with fewer more than this it would still not be chosen"""
    instead_of: ApplicationId | None
    """the chosen application that it could stand for alone without breaking a rule, at the least loss"""
    score_lost: int | None
    """what the total would lose by that exchange"""
    pair_id: PairId | None
