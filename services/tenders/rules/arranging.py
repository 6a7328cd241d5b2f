"""A direct arrangement: no tender, but a stated ground, a ceiling by the rulebook, two persons and reserved money."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.arranging import FINAL_GATES, MID_TERM_GATES, AwardArranged, Ground
from schemas.clauses import NO_CLAUSES, Clauses, Instrument, Work
from schemas.deciding import Context, Ref, World
from schemas.eligible import circle_of, unlisted
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId, ProjectId
from schemas.in_force import A_PROJECT, in_force
from schemas.money import Positive, sum_of
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.project import BudgetReserved, FundShare
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.standing import Party, party
from schemas.term import PlannedTerm, check_planned
from schemas.tranche import Gate, Gated, Tranche
from services.tenders.rules.arrangement import Arrangement
from services.tenders.rules.clauses import check_clauses
from services.tenders.rules.framework.calling import award_call_off
from services.tenders.rules.fund_line import Reason, must_keep_to_the_line
from services.tenders.rules.project import CONSENT, Phase, Project
from services.tenders.rules.proposal import check_shares, of_funder
from services.tenders.rules.splitting import PROCURED, Approval, must_not_split

DIRECT_MOST = "tender.direct_most_fen"
DIRECT_BASES = "tender.direct_bases"
UPFRONT = "tender.upfront_percent_most"
BY_WORKLOAD = Source(
    "苏州市民政局对市政协十三届三次会议第009号提案的答复(2014年):确需社区协助的,签订项目协议书,按工作量提供经费",
    Certainty.FOUNDING,
)


class ArrangedTranche(Gated):
    amount: Positive


class DraftArrangement(Command):
    """One person of the funder says with whom, under which instrument, for how much, and why without a tender."""

    project_id: ProjectId
    instrument: Instrument
    provider_id: PartyId
    """an organization, a certified social worker, or the project's community itself; a commission is always its own"""
    price: Positive
    """with `work`, the most there can be, and no more than all its units together"""
    shares: Annotated[tuple[FundShare, ...], Field(min_length=1, max_length=20)]
    """amounts by fund account, adding up to the price"""
    tranches: Annotated[tuple[ArrangedTranche, ...], Field(min_length=1, max_length=12)]
    """amounts, adding up to the price"""
    work: Work | None = None
    """what is paid by the unit; a commission always is"""
    requirements: Annotated[str, Field(min_length=1, max_length=5000)]
    clauses: Clauses = NO_CLAUSES
    term: PlannedTerm | None = None
    """none: the rulebook's usual one"""
    ground: Ground
    rulebook: Annotated[str, Field(min_length=1, max_length=100)]
    """the name of a rulebook, such as `example/below-limit`"""
    split_approval: Approval | None = None
    """where the year's purchases of this category from an account reach the limit: what approved it nevertheless"""

    line_left: Reason | None = None
    """public: why money that is not of the line residents chose with pays, where they chose with one"""


class ArrangementDrafted(Note):
    """The funder's own business until somebody approves it."""

    project_id: ProjectId
    arrangement: Arrangement


def refs(command: DraftArrangement, cause: UUID) -> tuple[Ref, ...]:
    return (*of_funder(command, cause), (Party, command.provider_id))


def draft_arrangement(world: World, command: DraftArrangement, context: Context) -> list[Note]:
    """Takes the place of an earlier draft of either kind, until one is approved."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.PROPOSED, Phase.DRAFTED)
    if project.call_off is not None:
        raise Refused("call_off_keeps_terms", project=str(project.call_off.framework_id))
    rulebook = in_force(command.rulebook, A_PROJECT, context, project.brief.division)
    if project.request is not None and command.instrument is not Instrument.COMMISSION:
        raise Refused("consent_to_a_commission", CONSENT, status=422, field="instrument", project=str(project.id))
    _check_instrument(command, rulebook)
    _check_provider(world, project, command, rulebook, context)
    _check_money(command, rulebook)
    must_keep_to_the_line(project, command.shares, command.line_left)
    _check_work(command)
    check_clauses(command.clauses, rulebook, "clauses")
    if command.instrument in PROCURED:
        must_not_split(world, project, command.shares, command.split_approval, rulebook, context)
    check_planned(command.term, context.today, rulebook, "term")
    for name in ("requirements", "ground", "work", "clauses", "split_approval", "line_left"):
        must_be_public(getattr(command, name), name)
    arrangement = Arrangement(
        id=context.new_id("draft"),
        instrument=command.instrument,
        provider_id=command.provider_id,
        price=command.price,
        shares=command.shares,
        tranches=tuple(
            Tranche(number=i, amount=t.amount, gate=t.gate, also=t.also, grade_at_least=t.grade_at_least)
            for i, t in enumerate(command.tranches, start=1)
        ),
        work=command.work,
        requirements=command.requirements,
        clauses=command.clauses,
        term=command.term,
        ground=command.ground,
        rulebook=rulebook.hash,
        drafted_by=PartyId(context.by.person_id),
        drafted_on=context.today,
        split_approval=command.split_approval,
        line_left=command.line_left,
    )
    return [ArrangementDrafted(project_id=project.project_id, arrangement=arrangement)]


def _check_instrument(command: DraftArrangement, rulebook: Rulebook) -> None:
    """Only small instruments, up to their ceiling, and on a ground that the rulebook admits for them."""
    instrument = command.instrument
    if instrument is Instrument.PURCHASE:
        raise Refused("purchase_needs_a_tender", status=422, field="instrument")
    if DIRECT_MOST not in rulebook.rules:
        raise Refused("no_direct_arrangements", status=422, field="rulebook", rulebook=rulebook.id)
    most, bases = rulebook.value(DIRECT_MOST)[instrument], rulebook.value(DIRECT_BASES)[instrument]
    if command.price.fen > most:
        source = rulebook.source(DIRECT_MOST)
        raise Refused(
            "arrangement_too_large", source, status=422, field="price", instrument=instrument, yuan=f"{most // 100:,}"
        )
    if command.ground.code not in bases:
        source = rulebook.source(DIRECT_BASES)
        basis = command.ground.code
        raise Refused(
            "ground_not_admitted", source, status=422, field="ground.code", instrument=instrument, basis=basis
        )


def _check_provider(
    world: World, project: Project, command: DraftArrangement, rulebook: Rulebook, context: Context
) -> None:
    provider = party(world, command.provider_id)
    provider.must_stand()
    if command.provider_id == project.brief.community_id:
        return
    if command.instrument is Instrument.COMMISSION:
        raise Refused("commission_of_another", BY_WORKLOAD, status=422, field="provider_id")
    certificate = provider.certificate
    certified = certificate is not None and certificate.registered_until >= context.today
    organized = provider.kind is PartyKind.ORGANIZATION and provider.hub_id is None
    if not organized and not (provider.kind is PartyKind.SOCIAL_WORKER and certified):
        raise Refused("cannot_perform", status=422, field="provider_id", party=str(provider.id))
    barred = unlisted(provider, circle_of(project.brief.funder_id, rulebook))
    if not barred.met:
        raise barred.refusal


def _check_money(command: DraftArrangement, rulebook: Rulebook) -> None:
    check_shares(command.shares)
    for field, amounts in (
        ("shares", [share.amount for share in command.shares]),
        ("tranches", [tranche.amount for tranche in command.tranches]),
    ):
        if (total := sum_of(amounts)) != command.price:
            raise Refused("amounts_miss_price", status=422, field=field, total=total, price=command.price)
    if command.instrument is Instrument.REWARD:
        for place, tranche in enumerate(command.tranches):
            if not FINAL_GATES & set(tranche.gates):
                raise Refused("reward_before_result", status=422, field=f"tranches.{place}", number=place + 1)
    upfront = sum_of(tranche.amount for tranche in command.tranches if set(tranche.gates) == {Gate.SIGNED})
    most = rulebook.integer(UPFRONT)
    if upfront.fen * 100 > command.price.fen * most:
        source = rulebook.source(UPFRONT)
        raise Refused("advance_too_large", source, status=422, field="tranches", upfront=upfront, most=most)


def _check_work(command: DraftArrangement) -> None:
    """Units are counted once, with the final delivery: what is not an advance waits for it."""
    work = command.work
    if work is None:
        if command.instrument is Instrument.COMMISSION:
            raise Refused("commission_without_work", BY_WORKLOAD, status=422, field="work")
        return
    if command.price > work.most:
        raise Refused("price_above_work", status=422, field="price", price=command.price, most=work.most)
    for place, tranche in enumerate(command.tranches):
        gates = set(tranche.gates)
        if MID_TERM_GATES & gates or not (FINAL_GATES & gates or gates == {Gate.SIGNED}):
            raise Refused("work_counted_at_the_end", status=422, field=f"tranches.{place}", number=place + 1)


def arrange(world: World, fact: BudgetReserved, context: Context) -> Sequence[Fact]:
    """The money is set aside: what two persons agreed to arrange stands. A tender waits to be opened instead."""
    project = world.find(Project, fact.project_id)
    if project is None or project.phase is not Phase.RESERVED:
        return []
    if project.call_off is not None:
        return award_call_off(project)
    if project.arrangement is None:
        return []
    assert project.approved_by is not None, f"project {project.id} was reserved unapproved"
    arranged = project.arrangement
    return [
        AwardArranged(
            project_id=project.project_id,
            brief=project.brief,
            instrument=arranged.instrument,
            provider_id=arranged.provider_id,
            price=arranged.price,
            tranches=arranged.tranches,
            work=arranged.work,
            requirements=arranged.requirements,
            clauses=arranged.clauses,
            term=arranged.term,
            ground=arranged.ground,
            drafted_by=arranged.drafted_by,
            approved_by=project.approved_by,
            rulebook=arranged.rulebook,
        )
    ]
