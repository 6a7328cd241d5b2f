"""Words that the papers of an agreement share: Chinese first."""

from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.paper import NOTHING
from services.contracts.rules.contract import Contract

MILESTONES = {Milestone.MID_TERM: "中期 · mid-term", Milestone.FINAL: "末期 · final"}


def party_rows(contract: Contract) -> tuple[tuple[str, ...], ...]:
    """Role, name, credit code and id of each party."""
    if contract.by_community:
        roles: tuple[tuple[str, PartyId], ...] = (
            ("甲方(委托或资助方)· Party A, funder", contract.funder_id),
            ("乙方(承接方,即服务所在社区)· Party B, the community itself", contract.community_id),
        )
        return tuple((role, *_public(contract, id), str(id)) for role, id in roles)
    roles = (
        ("甲方(购买主体)· Party A, funder", contract.funder_id),
        ("乙方(承接主体)· Party B, provider", contract.provider_id),
        ("服务所在社区(履约确认方)· community, confirms delivery", contract.community_id),
    )
    return tuple((role, *_public(contract, id), str(id)) for role, id in roles)


def _public(contract: Contract, id: PartyId) -> tuple[str, str]:
    """Name and credit code; of a natural person nothing but the id is public."""
    if contract.annex is None:
        return NOTHING, NOTHING
    named = next(party for party in contract.annex.parties if party.id == id)
    return named.name or "自然人,仅列编号 · a natural person, by id only", named.code or NOTHING


PARTIES_HEAD = ("身份 · Role", "名称 · Name", "统一社会信用代码 · Credit code", "编号 · Id")
