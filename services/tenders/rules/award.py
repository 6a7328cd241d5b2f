"""Matching has advised; the buyer confirms, in rank order."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.awarding import AwardPassedOn
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.fund import ReservationReleased
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from schemas.tender import AwardConfirmed, RankedBid, RankingRefused, TenderVoided
from schemas.term import not_over
from services.tenders.rules.awaiting import announcement_awaited
from services.tenders.rules.barring import barred_from, barring
from services.tenders.rules.disclosure import disclosed
from services.tenders.rules.framework.concluding import is_framework
from services.tenders.rules.holding_up import must_not_be_suspended, suspended
from services.tenders.rules.project import TENDERED, Phase, Project, bids_of
from services.tenders.rules.setting_aside import in_the_running

RESERVATION_DAYS = "funds.reservation_days"


class ConfirmAward(Command):
    project_id: ProjectId
    bid_id: BidId
    reason: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """needed where an earlier choice was set aside, or who comes before stands on a credit list: why the next in rank,
    and not another run of the tender
    """


class ConfirmAwardAmong(ConfirmAward):
    """`bidders` were known once the bids were opened, and stay; how they stand is asked on the day of the choice."""

    bidders: tuple[PartyId, ...]


def award_refs(command: ConfirmAward, cause: UUID) -> tuple[Ref, ...]:
    bidders = command.bidders if isinstance(command, ConfirmAwardAmong) else ()
    return ((Project, command.project_id), *((Party, bidder) for bidder in bidders))


def confirm_award(world: World, command: ConfirmAward, context: Context) -> list[Model]:
    """Only the first in rank that nothing was recorded against; equals leave the buyer the choice between them."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.RANKED)
    draft = project.agreed
    must_not_be_suspended(project, context)
    if project.aftermath.signed:  # crossed by what set the award aside
        raise Refused("agreement_signed", project=str(project.id))
    if is_framework(context.rulebooks.by_hash(draft.rulebook)):
        raise Refused("framework_is_concluded", status=422, field="project_id", project=str(project.id))
    barred = barred_from(world, project, context)
    passed_over = _must_be_first(project, command.bid_id, barred, context)
    passed_on = _passed_on(project, command, bool(passed_over), context)
    not_over(draft.term, context.today, "bid_id")
    chosen = next(bid for bid in bids_of(world, project) if bid.id == command.bid_id)
    award = AwardConfirmed(
        project_id=project.project_id,
        brief=project.brief,
        bid_id=chosen.bid_id,
        provider_id=chosen.bidder_id,
        price=chosen.opened.price,
        proposal_digest=chosen.digest,
        terms=draft.terms,
        chosen_by=PartyId(context.by.person_id),
        rulebook=draft.rulebook,
    )
    return [
        *(barring(project, ranked, barred, command.reason or "", context) for ranked in passed_over),
        *disclosed(award, chosen.deliverers),
        *passed_on,
        *announcement_awaited(project, context),
        *([suspended(project, project.aftermath, context)] if project.aftermath.held else []),
    ]


def _must_be_first(
    project: Project, bid_id: BidId, barred: Mapping[BidId, Refused], context: Context
) -> list[RankedBid]:
    """Of those who may be chosen today; who comes before and may not is passed over."""
    running = in_the_running(project)
    chosen = next((ranked for ranked in running if ranked.bid_id == bid_id), None)
    if chosen is None:
        raise Refused("no_such_bid", status=404, bid=str(bid_id))
    if bid_id in barred:
        raise barred[bid_id]
    if chosen.rank != min(ranked.rank for ranked in running if ranked.bid_id not in barred):
        source = context.rulebooks.by_hash(project.agreed.rulebook).source("tender.award_order")
        raise Refused("not_first_in_rank", source, bid=str(bid_id), rank=chosen.rank)
    return [ranked for ranked in running if ranked.bid_id in barred and ranked.rank < chosen.rank]


def _passed_on(project: Project, command: ConfirmAward, barred: bool, context: Context) -> list[AwardPassedOn]:
    """Who comes after somebody set aside, or barred, was not simply the first: the buyer says why."""
    instead_of = tuple(one.bid_id for one in project.aftermath.set_aside)
    if not instead_of and not barred:
        return []
    if command.reason is None:
        raise Refused("choice_needs_reason", status=422, field="reason")
    must_be_public(command.reason, "reason")
    if not instead_of:
        return []
    by = PartyId(context.by.person_id)
    return [
        AwardPassedOn(
            project_id=project.project_id,
            bid_id=command.bid_id,
            instead_of=instead_of,
            reason=command.reason,
            chosen_by=by,
        )
    ]


def void_lapsed(world: World, fact: ReservationReleased, context: Context) -> list[Fact]:
    """Nothing is bought without money set aside: a tender whose reservation ended is void, awarded or not.

    A direct arrangement has none: its agreement lapses of itself.
    """
    project = world.find(Project, fact.project_id)
    if project is None or project.arrangement is not None or project.phase not in TENDERED:
        return []
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    source = rulebook.source(RESERVATION_DAYS if RESERVATION_DAYS in rulebook.rules else "funds.reservation").text
    return [TenderVoided(project_id=project.project_id, code="reservation_lapsed", source=source)]


def void_unrankable(world: World, fact: RankingRefused, context: Context) -> list[Fact]:
    """Matching could not rank: no award can come of it, and the money goes back."""
    project = world.find(Project, fact.project_id)
    if project is None or project.phase is not Phase.SCORED:
        return []
    return [TenderVoided(project_id=project.project_id, code=fact.code, source=fact.source)]
