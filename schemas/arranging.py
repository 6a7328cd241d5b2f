"""Without a tender: a funder arranges an agreement directly, under one of the smaller instruments."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.clauses import NO_CLAUSES, Clauses, Instrument, Work
from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import Brief, ProjectFact
from schemas.term import PlannedTerm
from schemas.tranche import Gate, Gated, Tranche


class Basis(StrEnum):
    """Why nothing is put out to tender; the rulebook says which of them an instrument admits."""

    COMMUNITY_ASSISTANCE = "community_assistance"
    """确需社区协助的部门事项"""
    SMALL_ACTIVITY = "small_activity"
    """小额社区活动"""
    AFTER_RESULT = "after_result"
    """先办后补,按结果奖补"""
    RESIDENTS_DECIDED = "residents_decided"
    """居民议事决定"""
    OPEN_CALL = "open_call"
    """公开征集、评审确定"""


class Ground(Model):
    """The basis by its code, and in the funder's words, which become public with the agreement."""

    code: Basis
    reason: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


class AwardArranged(ProjectFact):
    """The budget of a directly arranged agreement is reserved; carries all that the agreement is drafted from."""

    type: ClassVar[str] = "award.arranged"
    version: ClassVar[int] = 2

    brief: Brief
    instrument: Instrument
    provider_id: PartyId
    """the community itself where it performs"""
    price: Money
    """paid by the unit, the most there can be"""
    tranches: tuple[Tranche, ...]
    work: Work | None
    requirements: str
    clauses: Clauses = NO_CLAUSES
    term: PlannedTerm | None = None
    """none: the rulebook's usual one"""
    ground: Ground
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""
    rulebook: str


MID_TERM_GATES = frozenset({Gate.MID_TERM_ACCEPTED, Gate.MID_TERM_PASSED})
FINAL_GATES = frozenset({Gate.FINAL_ACCEPTED, Gate.FINAL_GRADED})
"""behind one of them lies what is paid after the result"""


def milestones_of(instrument: Instrument, tranches: Iterable[Gated]) -> tuple[Milestone, ...]:
    """A purchase has a mid-term; a smaller instrument only where a tranche waits for one."""
    gates = {gate for tranche in tranches for gate in tranche.gates}
    if instrument is Instrument.PURCHASE or gates & MID_TERM_GATES:
        return tuple(Milestone)
    return (Milestone.FINAL,)
