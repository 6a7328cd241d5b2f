"""Version 1 of `project.proposed` and `project.approved`: before a commission could come without a ballot."""

from typing import ClassVar

from schemas.ids import BallotId, NeedId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.party import DivisionCode
from schemas.project import FundShare, ProjectFact


class Brief(Model):
    """What a project is about: drawn up from one need, carried along so that no reader has to ask back."""

    need_id: NeedId
    ballot_id: BallotId
    community_id: PartyId
    funder_id: PartyId
    title: str
    category: str
    division: DivisionCode
    beneficiaries: int
    cost: Money
    """what the need was voted on with"""


class ProjectProposed(ProjectFact):
    type: ClassVar[str] = "project.proposed"

    brief: Brief


class ProjectApproved(ProjectFact):
    """The funder takes the proposal up and names the ceiling and the accounts it shall come from."""

    type: ClassVar[str] = "project.approved"

    brief: Brief
    ceiling: Money
    shares: tuple[FundShare, ...]
    """add up to the ceiling"""
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""
    rulebook: str
