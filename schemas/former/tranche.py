"""A tranche with one gate of three, and shares in whole percents."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.model import Model
from schemas.money import Money


class Gate(StrEnum):
    """What must have happened before a tranche may be paid."""

    SIGNED = "signed"
    MID_TERM_ACCEPTED = "mid_term_accepted"
    FINAL_GRADED = "final_graded"


class PlannedTranche(Model):
    share_percent: Annotated[int, Field(ge=1, le=100)]
    gate: Gate


class TranchePlan(Model):
    """E.g. 50 % on signing, 40 % after the mid-term, 10 % after the final grade."""

    tranches: Annotated[tuple[PlannedTranche, ...], Field(min_length=1, max_length=12)]


class Tranche(Model):
    """One instalment of an agreement."""

    number: int
    amount: Money
    gate: Gate
