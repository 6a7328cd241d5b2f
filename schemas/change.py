"""An agreement is changed (变更): one party proposes whole new terms, the other signs; money first, then effect."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.contract import Agreement
from schemas.ids import ContractId, PartyId
from schemas.money import Money
from schemas.project import FundShare, ProjectFact, Refusal
from schemas.tranche import Tranche


class ChangeReason(StrEnum):
    SCOPE = "scope"
    """服务内容或范围"""
    QUANTITY = "quantity"
    """服务数量"""
    SCHEDULE = "schedule"
    """进度或付款安排"""
    PRICE = "price"
    """价款"""
    STAFF = "staff"
    """人员"""
    FORCE_MAJEURE = "force_majeure"
    """不可抗力"""
    OTHER = "other"


class ChangeFact(ProjectFact):
    change_id: UUID
    number: int
    """of the agreement's proposed changes, from 1"""


class ChangeProposed(ChangeFact):
    """One party proposes new terms, and signs them by proposing."""

    type: ClassVar[str] = "change.proposed"
    version: ClassVar[int] = 2

    contract_id: ContractId
    reason: ChangeReason
    text: str
    agreement: Agreement
    """as it will be"""
    digest: str
    """SHA-256 of the canonical JSON of `agreement`"""
    proposed_by: PartyId
    signed_by: PartyId
    """the person"""


class ChangeDeclined(ChangeFact):
    type: ClassVar[str] = "change.declined"

    declined_by: PartyId
    text: str


class ChangeWithdrawn(ChangeFact):
    type: ClassVar[str] = "change.withdrawn"

    withdrawn_by: PartyId
    text: str


class ChangeAgreed(ChangeFact):
    """Both parties signed a change of price or tranches: it takes effect when its money is set aside."""

    type: ClassVar[str] = "change.agreed"

    contract_id: ContractId
    agreed_by: PartyId
    signed_by: PartyId
    digest: str
    price_before: Money
    price: Money
    tranches: tuple[Tranche, ...]
    rulebook: str


class CommitmentChanged(ChangeFact):
    """What is set aside fits the changed agreement. `before` was freed whole and `after` set aside in its place.

    Both are empty where only gates or the division into tranches changed.
    """

    type: ClassVar[str] = "commitment.changed"

    price: Money
    tranches: tuple[Tranche, ...]
    before: tuple[FundShare, ...]
    after: tuple[FundShare, ...]
    added: tuple[FundShare, ...]
    """in `after` and not in `before`"""
    freed: tuple[FundShare, ...]
    """in `before` and not in `after`: back where it came from"""


class ChangeRefused(Refusal):
    """Its money cannot be set aside, or a tranche was released meanwhile: the agreement stays as it was."""

    type: ClassVar[str] = "change.refused"


class ContractChanged(ChangeFact):
    """The changed terms are in force, and on paper (补充协议)."""

    type: ClassVar[str] = "contract.changed"

    contract_id: ContractId
    reason: ChangeReason
    price_before: Money
    price: Money
    tranches: tuple[Tranche, ...]
    digest: str
    """of the terms now in force"""
    paper_digest: str
    """SHA-256 of the file's bytes (docx)"""
    rulebook: str
