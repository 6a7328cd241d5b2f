"""Who bids, at what price, how well it goes: made up from a seed, the same every time."""

from fractions import Fraction
from random import Random

from deploy.demo.client import Person
from deploy.demo.krakow.people import District, Providers
from deploy.demo.story.whole import Offer, Plan
from schemas.money import Money
from schemas.project import FundShare
from services.evaluation.rules import Level
from services.tenders.api.answers import ProjectAnswer

SCALE = Fraction(4, 5)
"""Money inside a project: 0.8 yuan for a złoty of the file. Three winners cost 1.0 to 1.2 million, and a purchase
below the limit must stay under 1,000,000 yuan. The votes are counted with the file's own costs."""
WEIGHTS = (70, 20, 10)
"""parts of budget, lottery and donation in every project"""
BIDDERS = (3, 4, 5)
EVALUATORS = 3
TOKENS = 12
WAYS_IT_GOES = (
    ((Level.VERY_SATISFIED, Level.VERY_SATISFIED, Level.SATISFIED), 94),
    ((Level.VERY_SATISFIED, Level.SATISFIED, Level.SATISFIED), 86),
    ((Level.SATISFIED, Level.SATISFIED, Level.BASICALLY_SATISFIED), 72),
    ((Level.BASICALLY_SATISFIED, Level.DISSATISFIED, Level.VERY_DISSATISFIED), 45),
)
"""what residents say in turn, and what the parties give, of 100"""
HOW_OFTEN = (35, 40, 22, 3)


def ceiling_of(cost: Money) -> Money:
    return cost.portion(SCALE)


def plan(random: Random, project: ProjectAnswer, district: District, providers: Providers) -> Plan:
    """A few providers bid a little under the ceiling; three evaluators judge; it goes well, or less so."""
    ceiling = ceiling_of(project.brief.cost)
    bidders = random.sample(providers.bidders, random.choice(BIDDERS))
    levels, score = random.choices(WAYS_IT_GOES, HOW_OFTEN)[0]
    return Plan(
        project_id=project.project_id,
        buyer=district.buyer,
        community=district.community,
        evaluators=tuple(random.sample(providers.evaluators, EVALUATORS)),
        shares=tuple(
            FundShare(account_id=account, amount=part)
            for account, part in zip(district.accounts, ceiling.split(WEIGHTS), strict=True)
        ),
        offers=tuple(_offer(random, bidder, ceiling) for bidder in bidders),
        beneficiaries=TOKENS,
        levels=levels,
        scores=(score, min(100, score + random.randint(0, 4))),
    )


def _offer(random: Random, provider: Person, ceiling: Money) -> Offer:
    """82.0 to 99.5 % of the ceiling."""
    price = ceiling.portion(Fraction(random.randint(820, 995), 1000))
    return Offer(provider=provider, price=price, quality=random.randint(60, 95), proposal=f"{provider.name} 的示例方案")
