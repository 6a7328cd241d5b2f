"""Roles a person acts in, and who that person is for one request."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from schemas.ids import PartyId
from schemas.refused import Refused


class Role(StrEnum):
    COMMUNITY = "community"
    """社区工作人员: posts needs, runs ballots, confirms delivery, rates"""
    FUNDER = "funder"
    """街道、民政、基金会: reserves, opens, chooses, signs, accepts"""
    PROVIDER = "provider"
    """社会组织 or 社工: bids, signs, delivers, rates"""
    EVALUATOR = "evaluator"
    """评审专家: scores qualified bids"""
    FINANCE = "finance"
    """财政、出纳: budget lines, receipts"""
    REGISTRAR = "registrar"
    """民政登记: registers and verifies parties, issues keys"""
    AUDITOR = "auditor"
    """审计监督: reads everything; may hold money, and changes nothing else"""
    OPERATOR = "operator"
    """runs the system: parked keys, the virtual clock"""
    SUPERVISOR = "supervisor"
    """居务监督委员会: inspects delivery, and its opinions must be answered"""
    PROCUREMENT_SUPERVISOR = "procurement_supervisor"
    """财政部门(政府采购监督管理): decides complaints, may suspend a purchase"""
    RESIDENT = "resident"
    """居民: no key and no name; at a public door a rating token is the authority"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is acting: a person (by id only), for a party, in a role."""

    person_id: UUID
    party_id: PartyId
    role: Role

    def must_be(self, party_id: PartyId) -> None:
        """The object check: a role alone is not enough, the thing must belong to the caller's party."""
        if self.party_id != party_id:
            raise Refused("not_your_party", status=403)
