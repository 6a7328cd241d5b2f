"""The services of this program, in the order in which a project meets them."""

from services import audit, contracts, evaluation, funds, matching, needs, registry, tenders

SERVICES = (
    registry.SERVICE,
    needs.SERVICE,
    tenders.SERVICE,
    matching.SERVICE,
    contracts.SERVICE,
    funds.SERVICE,
    evaluation.SERVICE,
    audit.SERVICE,
)

TITLES = {
    "registry": "登记",
    "needs": "需求与投票",
    "tenders": "采购",
    "matching": "匹配与排名",
    "contracts": "协议与履约",
    "funds": "资金",
    "evaluation": "评价",
    "audit": "审计",
}
"""What people call them."""
