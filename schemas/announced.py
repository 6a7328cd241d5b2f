"""A signed agreement is announced to society by the buyer (合同公告): 政府采购法实施条例 第五十条."""

from typing import ClassVar

from schemas.ids import ContractId, PartyId
from schemas.money import Money
from schemas.project import ProjectFact


class ContractAnnounced(ProjectFact):
    """Its main terms; the paper itself stays with the parties, and its digest here."""

    type: ClassVar[str] = "contract.announced"

    contract_id: ContractId
    funder_id: PartyId
    provider_id: PartyId
    price: Money
    digest: str
    """of the terms both signed"""
    announced_by: PartyId
    """the person"""
