"""Version 1 of `contract.drafted` and `contract.signed`: before instruments, clauses and work by the unit."""

from typing import ClassVar

from schemas.former.project import Brief
from schemas.former.tranche import Tranche
from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.project import ProjectFact


class Agreement(Model):
    """The terms both parties sign the digest of; one fen changed is another digest."""

    contract_id: ContractId
    brief: Brief
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    requirements: str
    proposal_digest: str
    """the digest of the winning bid"""
    rulebook: str


class ContractDrafted(ProjectFact):
    type: ClassVar[str] = "contract.drafted"

    agreement: Agreement
    digest: str
    """SHA-256 of the canonical JSON of `agreement`"""


class ContractSigned(ProjectFact):
    """Both parties signed the same digest; the project's money can now be committed."""

    type: ClassVar[str] = "contract.signed"

    contract_id: ContractId
    funder_id: PartyId
    community_id: PartyId
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    digest: str
    rulebook: str
