"""An agreement stands still for a while (中止): nothing is delivered or accepted, and no time for it runs."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from schemas.ids import ContractId, PartyId
from schemas.project import ProjectFact


class SuspensionReason(StrEnum):
    SAFETY = "safety"
    """服务安全"""
    INVESTIGATION = "investigation"
    """投诉或检查核实期间"""
    FORCE_MAJEURE = "force_majeure"
    """不可抗力"""
    STANDING = "standing"
    """承接方资格待核实"""
    OTHER = "other"


class ContractSuspended(ProjectFact):
    """Until the end of the day `until` in China, or until it is resumed before. What is payable stays payable."""

    type: ClassVar[str] = "contract.suspended"

    contract_id: ContractId
    reason: SuspensionReason
    text: str
    until: date
    suspended_by: PartyId
    """the person"""


class ContractResumed(ProjectFact):
    """It goes on; what the buyer has to answer is due later by the time it stood still."""

    type: ClassVar[str] = "contract.resumed"

    contract_id: ContractId
    resumed_by: PartyId
    """the person, or the program when the day had passed"""
