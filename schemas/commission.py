"""A commission without a ballot (委托社区协助): a funder asks a community in writing, and it consents or not.

What may be asked of a community at all is for a gate to say (工作进社区准入). A project begins from
`commission.requested` alone, so a gate hands a proposal over by telling it in the funder's place.
"""

from typing import ClassVar

from schemas.ids import ContractId, PartyId
from schemas.project import Brief, ProjectFact


class CommissionRequested(ProjectFact):
    """The funder's own written request. Nothing is reserved, and nobody has agreed to anything."""

    type: ClassVar[str] = "commission.requested"

    brief: Brief
    request: str
    """what is to be done, and why the community's help is needed; public"""
    requested_by: PartyId
    """the person"""


class CommissionAccepted(ProjectFact):
    """The community consents to it: it becomes a proposal."""

    type: ClassVar[str] = "commission.accepted"

    accepted_by: PartyId
    """the person"""


class CommissionDeclined(ProjectFact):
    type: ClassVar[str] = "commission.declined"

    declined_by: PartyId
    """the person"""
    reason: str


class CommissionWithdrawn(ProjectFact):
    """The funder takes its request back before the community answered it."""

    type: ClassVar[str] = "commission.withdrawn"

    withdrawn_by: PartyId
    """the person"""
    reason: str


class ContractRetracted(ProjectFact):
    """Funder or community steps back from a commission whose agreement is drafted and not signed by both yet."""

    type: ClassVar[str] = "contract.retracted"

    contract_id: ContractId
    party_id: PartyId
    withdrawn_by: PartyId
    """the person"""
    reason: str
