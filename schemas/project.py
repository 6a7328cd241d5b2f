"""A project from proposal to reserved budget. Every fact of a project is keyed by it: one story, in legal order."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.fact import PROJECTS, Fact
from schemas.fund_line import FundLine
from schemas.ids import BallotId, FundAccountId, LotId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.party import DivisionCode


class ProjectFact(Fact):
    stream: ClassVar[str] = PROJECTS
    key_field: ClassVar[str] = "project_id"

    project_id: ProjectId


class Refusal(ProjectFact):
    """The base of every `….refused`: a reaction met a rule that says no, and says so on the project's story."""

    code: str
    source: str
    reason_zh: str
    reason_en: str


def _none(value: object) -> bool:
    """Left out where there is none, so that what was signed before there could be none keeps its digest."""
    return value is None


class Brief(Model):
    """What a project is about: drawn up from one need, carried along so that no reader has to ask back.

    One that a funder asked of a community, which consented (委托社区协助), came of no need and of no ballot.
    """

    need_id: Annotated[NeedId | None, Field(exclude_if=_none)] = None
    ballot_id: Annotated[BallotId | None, Field(exclude_if=_none)] = None
    community_id: PartyId
    funder_id: PartyId
    title: str
    category: str
    division: DivisionCode
    beneficiaries: int
    cost: Money
    """what the need was voted on with, or a commission estimated at"""

    @property
    def is_asked_for(self) -> bool:
        """By a funder, and not chosen by residents."""
        return self.ballot_id is None


class LotShare(Model):
    """An amount of one lot, so that anyone can say whose money it is."""

    lot_id: LotId
    amount: Money


class FundShare(Model):
    """An amount from, or back to, one fund account."""

    account_id: FundAccountId
    amount: Money
    lots: tuple[LotShare, ...] = ()
    """how it divides over the account's lots; empty only where funds has not divided it yet"""


class ProjectProposed(ProjectFact):
    type: ClassVar[str] = "project.proposed"
    version: ClassVar[int] = 3

    brief: Brief
    fund_line: FundLine | None = None
    """the money its ballot was bound to; a draft takes it from there, or says why not"""


class FundLineLeft(ProjectFact):
    """What residents chose with the money of one line is paid from elsewhere, at least in part, for a reason."""

    type: ClassVar[str] = "fund_line.left"

    fund_line: FundLine
    accounts: tuple[FundAccountId, ...]
    """the others"""
    reason: str
    approved_by: PartyId


class ProjectDeclined(ProjectFact):
    """The funder will not take the proposal up, with its reason."""

    type: ClassVar[str] = "project.declined"

    reason: str


class ProjectApproved(ProjectFact):
    """The funder takes the proposal up and names the ceiling and the accounts it shall come from."""

    type: ClassVar[str] = "project.approved"
    version: ClassVar[int] = 2

    brief: Brief
    ceiling: Money
    shares: tuple[FundShare, ...]
    """add up to the ceiling"""
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""
    rulebook: str


class BudgetReserved(ProjectFact):
    """The ceiling is set aside; nothing opens before this."""

    type: ClassVar[str] = "budget.reserved"

    ceiling: Money
    shares: tuple[FundShare, ...]


class BudgetRefused(Refusal):
    type: ClassVar[str] = "budget.refused"
