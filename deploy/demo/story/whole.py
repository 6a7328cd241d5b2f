"""A whole project at once: who takes part, with which figures, and the steps between two moves of the clock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, rating, tendering
from schemas.contract import Milestone
from schemas.ids import BidId, ProjectId
from schemas.money import Money
from schemas.project import FundShare
from schemas.tender import Terms
from services.audit.api import TraceAnswer
from services.evaluation.rules import Level
from services.tenders.api.answers import ProjectAnswer, Sealed

HandInScores = Callable[[Client, Person, ProjectId, Mapping[BidId, Mapping[str, Decimal]]], Awaitable[None]]
"""as `tendering.score`, or in a workbook"""
RATING_DAYS = 14
"""how long the example rulebook lets residents rate after the final acceptance"""
REEVALUATION_DAYS = 7
"""and how long once more, where a re-evaluation was granted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """The people of one funder: who drafts does not approve."""

    drafter: Person
    approver: Person
    finance: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one provider bids, and of 100 how good evaluators will find it."""

    provider: Person
    price: Money
    quality: int
    proposal: str
    own_key: bytes | None = field(default=None, repr=False)
    """the provider seals its bid itself, and releases this private key after the deadline"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One project as it will go."""

    project_id: ProjectId
    buyer: Buyer
    community: Person
    evaluators: tuple[Person, ...]
    shares: tuple[FundShare, ...]
    terms: Terms = tendering.TERMS
    offers: tuple[Offer, ...]
    beneficiaries: int
    """how many get a rating token"""
    levels: tuple[Level, ...]
    """what they say, in turn"""
    scores: tuple[int, int]
    """what funder and community give the provider, of 100"""
    hand_in_scores: HandInScores = tendering.score


async def to_bids(api: Client, plan: Plan) -> None:
    """Proposal → terms of two persons → money reserved → open, with every bid in."""
    drafted = await tendering.draft(api, plan.buyer.drafter, plan.project_id, plan.shares, plan.terms)
    await tendering.approve(api, plan.buyer.approver, drafted)
    await tendering.budgeted(api, plan.project_id)
    await tendering.open_tender(api, plan.buyer.drafter, plan.project_id)
    for offer in plan.offers:
        await bid(api, plan.project_id, offer)


async def bid(api: Client, project_id: ProjectId, offer: Offer) -> Sealed:
    if offer.own_key is None:
        return await tendering.bid(api, offer.provider, project_id, offer.price, offer.proposal)
    return await tendering.bid_sealed(api, offer.provider, project_id, offer.price, offer.proposal, offer.own_key)


async def release(api: Client, plan: Plan) -> None:
    """Those who sealed themselves, after the deadline."""
    for offer in plan.offers:
        if offer.own_key is not None:
            await tendering.release(api, offer.provider, plan.project_id, offer.own_key)


async def to_award(api: Client, plan: Plan) -> Offer:
    """The bids are open → qualified → scored → ranked → the first of the ranking is chosen, and announced."""
    first = (await to_ranking(api, plan)).ranking[0]
    await tendering.confirm_award(api, plan.buyer.approver, plan.project_id, first.bid_id)
    await tendering.announce_award(api, plan.buyer.drafter, plan.project_id)
    return next(offer for offer in plan.offers if offer.provider.party_id == first.bidder_id)


async def to_ranking(api: Client, plan: Plan) -> ProjectAnswer:
    """The bids are open → qualified → scored → ranked."""
    await release(api, plan)
    await tendering.opened(api, plan.project_id)
    await tendering.qualify(api, plan.buyer.drafter, plan.project_id)
    project = await tendering.opened(api, plan.project_id)
    by_bidder = {offer.provider.party_id: offer for offer in plan.offers}
    for place, evaluator in enumerate(plan.evaluators):
        points = {
            bid.bid_id: marks(plan.terms, by_bidder[bid.bidder_id].quality - place)
            for bid in project.opened
            if bid.qualified
        }
        await plan.hand_in_scores(api, evaluator, plan.project_id, points)
    await tendering.close_scoring(api, plan.buyer.drafter, plan.project_id)
    return await tendering.ranked(api, plan.project_id)


def marks(terms: Terms, quality: int) -> dict[str, Decimal]:
    """Points for every criterion: `quality` of 100 of what it can bring."""
    return {c.id: (c.points * quality / 100).quantize(Decimal("0.01")) for c in terms.criteria}


async def to_first_payment(api: Client, plan: Plan, winner: Person) -> None:
    """Both sign, and the first tranche is paid."""
    await delivering.endorse(api, plan.buyer.approver, plan.project_id)
    await delivering.endorse(api, winner, plan.project_id)
    await paying.pay(api, plan.buyer.finance, plan.project_id, 1, plan.buyer.approver)


async def deliver(api: Client, plan: Plan, winner: Person, milestone: Milestone, report: str) -> None:
    """Submitted, confirmed by the community with the people served at the end, accepted by the buyer."""
    await delivering.submit(api, winner, plan.project_id, milestone, report)
    await delivering.confirm(api, plan.community, plan.project_id, milestone)
    if milestone is Milestone.FINAL:
        await delivering.consult(api, plan.community, plan.project_id, milestone)
    await delivering.accept(api, plan.buyer.drafter, plan.project_id, milestone)


async def rate(api: Client, plan: Plan, tokens: Sequence[str], milestone: Milestone) -> None:
    await rating.rate(api, plan.project_id, milestone, rating.in_turn(tokens, plan.levels))


async def rate_each_other(api: Client, plan: Plan, winner: Person) -> None:
    """Funder and community rate the provider, and it rates them."""
    buyer, community = plan.buyer.drafter, plan.community
    by_buyer, by_community = (Decimal(score) for score in plan.scores)
    await rating.rate_party(api, buyer, plan.project_id, winner.party_id, by_buyer)
    await rating.rate_party(api, community, plan.project_id, winner.party_id, by_community)
    await rating.rate_party(api, winner, plan.project_id, buyer.party_id, Decimal(90))
    await rating.rate_party(api, winner, plan.project_id, community.party_id, Decimal(95))


async def to_mid_term(api: Client, plan: Plan, winner: Person) -> list[str]:
    """The first half is delivered, rated and paid; the tokens the beneficiaries hold."""
    await deliver(api, plan, winner, Milestone.MID_TERM, "中期服务记录与签到汇总(示例)")
    tokens = await rating.issue_tokens(api, plan.community, plan.project_id, plan.beneficiaries)
    await rate(api, plan, tokens, Milestone.MID_TERM)
    await paying.pay(api, plan.buyer.finance, plan.project_id, 2, plan.buyer.approver)
    return tokens


async def to_final(api: Client, plan: Plan, winner: Person, tokens: Sequence[str]) -> None:
    """The rest is delivered and rated; the grade comes when the window closes."""
    await deliver(api, plan, winner, Milestone.FINAL, "末期服务总结与成效材料(示例)")
    await rate(api, plan, tokens, Milestone.FINAL)
    await rate_each_other(api, plan, winner)


async def to_the_end(api: Client, plan: Plan, winner: Person, last_tranche: int = 3) -> TraceAnswer:
    """The announced grade accepted, and on."""
    await rating.accept_grade(api, winner, plan.project_id)
    return await to_the_trace(api, plan, last_tranche)


async def to_the_trace(api: Client, plan: Plan, last_tranche: int = 3) -> TraceAnswer:
    """Graded → the last tranche at its factor → settled → published → the trace."""
    await rating.graded(api, plan.project_id)
    await paying.pay(api, plan.buyer.finance, plan.project_id, last_tranche, plan.buyer.approver)
    await delivering.published(api, plan.project_id)
    return await delivering.trace(api, plan.project_id)
