"""Organizations apply, or the hub of a group on record; a timer closes the round."""

from fractions import Fraction
from uuid import UUID

from schemas.deciding import Context, Due, Ref, World, new_id
from schemas.eligible import must_be_unlisted
from schemas.fact import Command, Fact
from schemas.ids import ApplicationId, PartyId, RoundId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.round import ApplicationSubmitted, ApplicationWithdrawn, Call, Proposal, RoundClosed
from schemas.standing import Party, party
from services.tenders.rules.hub import must_be_its_group
from services.tenders.rules.rounds.grades import ProviderRecord, must_not_be_barred
from services.tenders.rules.rounds.round import Application, Entrant, Round, RoundPhase, entrant_of

APPLICATIONS_MOST = "venture.applications_most"
MOST_APPLICATIONS = 10_000
"""of one round: what is loaded, compared and solved together"""
MOST_GRANTS = 2_000
"""of one round: what one fact can carry"""


class SubmitApplication(Command):
    round_id: RoundId
    organization_id: PartyId
    """the caller's own party"""
    proposal: Proposal


class WithdrawApplication(Command):
    round_id: RoundId
    application_id: ApplicationId


def submit_refs(command: SubmitApplication, cause: UUID) -> tuple[Ref, ...]:
    named = [command.organization_id, command.proposal.community_id]
    if command.proposal.group_id is not None:
        named.append(command.proposal.group_id)
    workers: list[UUID] = [worker.worker_id for worker in command.proposal.workers]
    return (
        (Round, command.round_id),
        (Application, new_id(cause, "application")),
        entrant_of(command.round_id, command.organization_id),
        (ProviderRecord, command.organization_id),
        *((Party, id) for id in [*named, *workers]),
    )


def submit_application(world: World, command: SubmitApplication, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    context.by.must_be(command.organization_id)
    _must_be_open(round, context)
    organization = party(world, command.organization_id)
    organization.must_stand()
    if organization.kind is not PartyKind.ORGANIZATION or organization.hub_id is not None:
        raise Refused("applicant_no_organization", status=422, field="organization_id", party=str(organization.id))
    community = world.find(Party, command.proposal.community_id)
    if community is None or community.kind is not PartyKind.COMMUNITY:
        field = "proposal.community_id"
        raise Refused("community_unregistered", status=422, field=field, party=str(command.proposal.community_id))
    must_be_unlisted(organization, context.rulebooks.by_hash(round.rulebook))
    record = world.get(ProviderRecord, command.organization_id)
    must_not_be_barred(record, context.rulebooks.by_hash(round.rulebook), context.today)
    _check_number(world, command, context, round)
    _check_proposal(command.proposal, round.call)
    _check_workers(world, command.proposal)
    proposal = command.proposal
    if proposal.group_id is not None:
        must_be_its_group(world, proposal.group_id, proposal.group, organization.id, "proposal.group_id")
    return [
        ApplicationSubmitted(
            round_id=round.round_id,
            application_id=ApplicationId(context.new_id("application")),
            organization_id=command.organization_id,
            division=community.division,
            proposal=command.proposal,
        )
    ]


def _must_be_open(round: Round, context: Context) -> None:
    round.must_be_in(RoundPhase.CALLED)
    if context.at >= round.call.closes_at:
        raise Refused("application_after_deadline", closes_at=round.call.closes_at)


def _check_number(world: World, command: SubmitApplication, context: Context, round: Round) -> None:
    entrant = world.find(*_entrant(command))
    if round.applications >= MOST_APPLICATIONS:
        raise Refused("round_full", most=MOST_APPLICATIONS)
    rulebook = context.rulebooks.by_hash(round.rulebook)
    most = rulebook.integer(APPLICATIONS_MOST)
    if entrant is not None and entrant.submitted >= most:
        raise Refused("too_many_applications", rulebook.source(APPLICATIONS_MOST), most=most)


def _entrant(command: SubmitApplication) -> tuple[type[Entrant], UUID]:
    return Entrant, entrant_of(command.round_id, command.organization_id)[1]


def _check_proposal(proposal: Proposal, call: Call) -> None:
    for name in ("title", "summary", "group"):
        must_be_public(getattr(proposal, name) or "", f"proposal.{name}")
    themes = [theme.id for theme in call.themes]
    if proposal.theme not in themes:
        raise Refused("theme_unknown", status=422, field="proposal.theme", themes=", ".join(themes))
    if proposal.needed.fen * MOST_GRANTS < call.budget.fen:
        least = Money(-(-call.budget.fen // MOST_GRANTS))
        raise Refused("asked_too_little", status=422, field="proposal.asked", least=least, grants=MOST_GRANTS)
    if proposal.asked > call.amount_most:
        raise Refused("asked_too_much", status=422, field="proposal.asked", most=call.amount_most)
    if proposal.needed > proposal.asked or (proposal.needed < proposal.asked and not call.partial):
        code = "least_above_asked" if proposal.needed > proposal.asked else "granted_whole_only"
        raise Refused(code, status=422, field="proposal.least", asked=proposal.asked)
    cost = proposal.asked + proposal.own_funds
    if proposal.own_funds.fen * 100 < cost.fen * call.cofunding_percent:
        least = cost.portion(Fraction(call.cofunding_percent, 100))
        field = "proposal.own_funds"
        raise Refused("own_funds_too_low", status=422, field=field, percent=call.cofunding_percent, least=least)


def _check_workers(world: World, proposal: Proposal) -> None:
    for place, named in enumerate(proposal.workers):
        worker = world.find(Party, named.worker_id)
        if worker is None or worker.kind is not PartyKind.SOCIAL_WORKER or not worker.verified or worker.suspended:
            field = f"proposal.workers.{place}"
            raise Refused("not_a_social_worker", status=422, field=field, party=str(named.worker_id))


def withdraw_refs(command: WithdrawApplication, cause: UUID) -> tuple[Ref, ...]:
    return ((Round, command.round_id), (Application, command.application_id))


def withdraw_application(world: World, command: WithdrawApplication, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    found = world.get(Application, command.application_id)
    context.by.must_be(found.organization_id)
    _must_be_open(round, context)
    if found.round_id != round.id or found.withdrawn:
        field = "application_id"
        raise Refused("application_unknown", status=422, field=field, application=str(found.id))
    return [
        ApplicationWithdrawn(
            round_id=round.round_id, application_id=found.application_id, organization_id=found.organization_id
        )
    ]


def close_round(world: World, due: Due, context: Context) -> list[Fact]:
    """A ring for a round that is not open, or not yet due, changes nothing."""
    round = world.find(Round, due.ref[1])
    if round is None or round.phase is not RoundPhase.CALLED or context.at < round.call.closes_at:
        return []
    return [RoundClosed(round_id=round.round_id, applications=round.applications)]
