"""A framework in a town: two of three bidders stay."""

from deploy.demo.client import Client
from deploy.demo.story import framing, tendering, whole
from deploy.demo.story.whole import Plan
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.project import FundShare
from services.tenders.api.answers import Drafted, ProjectAnswer
from services.tenders.api.framework import FrameworkAnswer
from services.tenders.rules.project import Phase
from tests.journey.town import Players, Town


async def a_framework(town: Town, api: Client, plan: Plan) -> FrameworkAnswer:
    buyer, id = plan.buyer, plan.project_id
    drafted = await tendering.draft(api, buyer.drafter, id, plan.shares, plan.terms, rulebook=framing.RULEBOOK)
    await tendering.approve(api, buyer.approver, drafted)
    await tendering.open_tender(api, buyer.drafter, id)
    for offer in plan.offers:
        await tendering.bid(api, offer.provider, id, offer.price, offer.proposal)
    await town.days(tendering.BID_DAYS)
    await whole.to_ranking(api, plan)
    return await framing.conclude(api, buyer.approver, id)


async def called_off(api: Client, of: Players, id: ProjectId, provider_id: PartyId, price: Money) -> ProjectId:
    """Drafted by one person, approved by another, awarded when its money is reserved."""
    shares = (FundShare(account_id=of.accounts[0], amount=price),)
    called = await framing.call_off(api, of.buyer.drafter, id, provider_id, shares)
    drafted = Drafted(project_id=called.project_id, draft_id=called.draft_id)
    await tendering.approve(api, of.buyer.approver, drafted)
    path = f"/v1/projects/{called.project_id}"
    await api.until(path, ProjectAnswer, lambda project: project.phase is Phase.AWARDED)
    return called.project_id


async def bought_of_a_framework(town: Town, api: Client, of: Players, plan: Plan) -> None:
    """One user, who chooses the first; everything is called off from it."""
    first = (await a_framework(town, api, plan)).suppliers[0]
    await framing.list_users(api, of.community, plan.project_id, "service-user-token-00")
    await framing.choose(api, plan.project_id, {"service-user-token-00": first.provider_id})
    await town.days(framing.CHOICE_DAYS)
    await framing.chosen(api, plan.project_id)
    await called_off(api, of, plan.project_id, first.provider_id, first.price)
