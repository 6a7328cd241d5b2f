"""The first stage ends: the worst of the ranking are eliminated, the others are the framework's suppliers."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.framework import FrameworkConcluded, Supplier
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party
from schemas.tender import RankedBid
from services.tenders.rules.barring import barred_from, barring
from services.tenders.rules.framework.framework import FRAMEWORK, METHOD
from services.tenders.rules.project import Phase, Project

SHARE_LEAST = "tender.elimination_share_least"
LEAST = "tender.eliminated_least"
SUPPLIERS_LEAST = "tender.suppliers_least"
YEARS_MOST = "tender.years_most"
CHOICE_DAYS = "tender.choice_days"
NEEDED = frozenset({SHARE_LEAST, LEAST, SUPPLIERS_LEAST, YEARS_MOST, CHOICE_DAYS})


class ConcludeFramework(Command):
    project_id: ProjectId


class ConcludeFrameworkAmong(ConcludeFramework):
    """`bidders` were known once the bids were opened, and stay; how they stand is asked on the day."""

    bidders: tuple[PartyId, ...]


def conclude_refs(command: ConcludeFrameworkAmong, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), *((Party, bidder) for bidder in command.bidders))


def is_framework(rulebook: Rulebook) -> bool:
    return METHOD in rulebook.rules and rulebook.value(METHOD) == FRAMEWORK


def conclude(world: World, command: ConcludeFramework, context: Context) -> list[Fact]:
    """Suppliers by rank, as many as the rulebook lets stay; who shares a place with an eliminated bid goes too, and who
    stands on a credit list that bars."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.RANKED)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if not is_framework(rulebook):
        raise Refused("not_a_framework", status=422, field="project_id", project=str(project.id))
    enough = staying(project.ranking, rulebook.share(SHARE_LEAST), rulebook.integer(LEAST))
    barred = barred_from(world, project, context)
    suppliers = tuple(one for one in enough if one.bid_id not in barred)
    least = rulebook.integer(SUPPLIERS_LEAST)
    if len(suppliers) < least:
        source = rulebook.source(SUPPLIERS_LEAST)
        raise Refused("too_few_suppliers", source, ranked=len(project.ranking), suppliers=len(suppliers), least=least)
    days = rulebook.integer(CHOICE_DAYS)
    left = (ranked for ranked in project.ranking if ranked.bid_id in barred)
    return [
        *(barring(project, ranked, barred, "订立框架协议当日在列", context) for ranked in left),
        FrameworkConcluded(
            project_id=project.project_id,
            suppliers=suppliers,
            eliminated=len(project.ranking) - len(suppliers),
            valid_until=_years_on(context.today, rulebook.integer(YEARS_MOST)) - timedelta(days=1),
            choices_close_at=context.at + timedelta(days=days),
            concluded_by=PartyId(context.by.person_id),
            rulebook=project.agreed.rulebook,
        ),
    ]


def staying(ranking: Sequence[RankedBid], share: Fraction, least: int) -> tuple[Supplier, ...]:
    """Who stays when at least `share` of the ranked, and at least `least`, are eliminated."""
    most = len(ranking) - max(least, ceil(share * len(ranking)))
    return tuple(
        Supplier(rank=bid.rank, bid_id=bid.bid_id, provider_id=bid.bidder_id, price=bid.price)
        for bid in ranking
        if sum(other.rank <= bid.rank for other in ranking) <= most
    )


def _years_on(day: date, years: int) -> date:
    """29 February ends on 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
