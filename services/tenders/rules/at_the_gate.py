"""What the gate before communities hands over: help that is needed and stands on no list becomes an agreement.

苏州市政协十三届三次会议第009号提案: 法律法规之外确需社区协助办理的工作,采取购买服务的方式,
签订“项目协议书”,并按照工作量提供项目经费.
"""

from schemas.commission import CommissionRequested
from schemas.deciding import Context, World
from schemas.fact import Fact
from schemas.gate import ItemHandedOver, Performer
from schemas.project import Brief, ProjectProposed
from services.tenders.rules.project import Project


def take_over(world: World, fact: ItemHandedOver, context: Context) -> list[Fact]:
    """To ask the community, which may decline, or to buy for it; hearing it again changes nothing."""
    if world.find(Project, fact.project_id) is not None:
        return []
    brief = Brief(
        community_id=fact.community_id,
        funder_id=fact.funder_id,
        title=fact.title,
        category=fact.category,
        division=fact.division,
        beneficiaries=fact.beneficiaries,
        cost=fact.cost,
    )
    if fact.performer is Performer.ORGANIZATION:
        return [ProjectProposed(project_id=fact.project_id, brief=brief)]
    return [
        CommissionRequested(
            project_id=fact.project_id, brief=brief, request=fact.request, requested_by=fact.requested_by
        )
    ]
