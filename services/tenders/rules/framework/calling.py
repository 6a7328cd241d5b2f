"""Calling off: the buyer purchases of a supplier what its users are worth, as a project with money of its own."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.eligible import circle_of, must_be_eligible
from schemas.fact import Command, Fact, Note
from schemas.framework import FrameworkCalledOff
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.personal import must_be_public
from schemas.project import FundShare, ProjectProposed
from schemas.refused import Refused
from schemas.standing import Party, party
from schemas.tender import AwardConfirmed
from services.tenders.rules.disclosure import disclosed
from services.tenders.rules.framework.framework import CallOff, Framework, call_off_id
from services.tenders.rules.fund_line import Reason, must_keep_to_the_line
from services.tenders.rules.project import Bid, Draft, Phase, Project, bids_of
from services.tenders.rules.proposal import check_shares


class CallOffSupplier(Command):
    """One person of the buyer says of whom, and from which accounts; another approves the draft of the new project."""

    project_id: ProjectId
    """the framework's"""
    provider_id: PartyId
    shares: Annotated[tuple[FundShare, ...], Field(min_length=1, max_length=20)]
    """amounts by fund account, adding up to the price"""
    line_left: Reason | None = None
    """public: why money that is not of the line residents chose with pays, where they chose with one"""


class CallOffDrafted(Note):
    project_id: ProjectId
    draft: Draft
    call_off: CallOff


def call_refs(command: CallOffSupplier, cause: UUID) -> tuple[Ref, ...]:
    return (
        (Framework, command.project_id),
        (Project, command.project_id),
        (Project, call_off_id(command.project_id, command.provider_id)),
        (Party, command.provider_id),
    )


def call_off(world: World, command: CallOffSupplier, context: Context) -> list[Model]:
    """Again as long as nobody approved it: with other accounts, in place of the earlier draft."""
    source = world.get(Project, command.project_id)
    source.for_funder(context.by, Phase.FRAMED)
    framework = world.get(Framework, command.project_id)
    supplier, users = framework.supplier(command.provider_id), _users(framework, command.provider_id)
    rulebook = context.rulebooks.by_hash(source.agreed.rulebook)
    if context.today > framework.valid_until:
        raise Refused("framework_over", rulebook.source("tender.years_most"), until=framework.valid_until)
    circle = circle_of(source.brief.funder_id, rulebook, source.agreed.narrowing)
    must_be_eligible(party(world, command.provider_id), circle, context.today)
    price = Money(supplier.price.fen * users // framework.users)
    check_shares(command.shares)
    must_keep_to_the_line(source, command.shares, command.line_left)
    must_be_public(command.line_left, "line_left")
    total = sum_of(share.amount for share in command.shares)
    if total != price:
        raise Refused("amounts_miss_price", status=422, field="shares", total=total, price=price)
    id = call_off_id(command.project_id, command.provider_id)
    known = world.find(Project, id)
    if known is not None:
        known.must_be_in(Phase.DRAFTED)
    draft = source.agreed.model_copy(
        update={
            "id": context.new_id("draft"),
            "ceiling": price,
            "shares": command.shares,
            "line_left": command.line_left,
            "drafted_by": PartyId(context.by.person_id),
            "drafted_on": context.today,
        }
    )
    bid = _bid(world, source, supplier.bid_id)
    called = CallOff(
        framework_id=source.project_id,
        supplier=supplier,
        proposal_digest=bid.digest,
        users=users,
        of_users=framework.users,
        deliverers=bid.deliverers,
    )
    told = FrameworkCalledOff(
        project_id=id,
        framework_id=source.project_id,
        bid_id=supplier.bid_id,
        provider_id=supplier.provider_id,
        offered=supplier.price,
        users=users,
        of_users=framework.users,
        price=price,
    )
    begun = [] if known else [ProjectProposed(project_id=id, brief=source.brief, fund_line=source.fund_line), told]
    return [*begun, CallOffDrafted(project_id=id, draft=draft, call_off=called)]


def _users(framework: Framework, provider_id: PartyId) -> int:
    if framework.chosen is None:
        raise Refused("choices_open", closes_at=framework.choices_close_at)
    users = framework.chosen.get(provider_id, 0)
    if not users:
        raise Refused("nobody_chose", status=422, field="provider_id", party=str(provider_id))
    return users


def _bid(world: World, project: Project, bid_id: UUID) -> Bid:
    return next(bid for bid in bids_of(world, project) if bid.id == bid_id)


def award_call_off(project: Project) -> list[Fact]:
    """The money is set aside: what users chose and two persons agreed to buy stands."""
    called, draft = project.call_off, project.agreed
    assert called is not None, f"project {project.id} calls nothing off"
    award = AwardConfirmed(
        project_id=project.project_id,
        brief=project.brief,
        bid_id=called.supplier.bid_id,
        provider_id=called.supplier.provider_id,
        price=draft.ceiling,
        proposal_digest=called.proposal_digest,
        terms=draft.terms,
        chosen_by=draft.drafted_by,
        rulebook=draft.rulebook,
    )
    return disclosed(award, called.deliverers)
