"""The call: drafted by one person of the funder within the rulebook's bounds, approved by another."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId, RoundId
from schemas.in_force import A_PROJECT, in_force
from schemas.money import sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.round import Call, RoundCalled
from schemas.rulebook import Rulebook
from schemas.tranche import Gate
from services.tenders.rules.clauses import check_clauses
from services.tenders.rules.proposal import SEPARATION, check_shares
from services.tenders.rules.rounds.round import Round, RoundPhase, venture_rules
from services.tenders.rules.terms import FULL_MARKS

AGREEMENTS = "contracts.acceptance_days"
"""a path that every rulebook with rules for agreements has"""


class DraftCall(Command):
    call: Call
    rulebook: Annotated[str, Field(min_length=1, max_length=100)] = "example/charity-venture"
    agreement_rulebook: Annotated[str, Field(min_length=1, max_length=100)] = "example/below-limit"
    """under which the agreements that come of it are accepted, judged and paid"""


class ApproveCall(Command):
    """Another person of the funder approves; the round is open."""

    round_id: RoundId


class CallDrafted(Note):
    """The funder's own business until somebody approves it."""

    round_id: RoundId
    call: Call
    rulebook: str
    agreement_rulebook: str
    drafted_by: PartyId


def draft_refs(command: DraftCall, cause: UUID) -> tuple[Ref, ...]:
    return ((Round, new_id(cause, "round")),)


def draft_call(world: World, command: DraftCall, context: Context) -> list[Note]:
    call = command.call
    context.by.must_be(call.funder_id)
    must_be_public(command.call, "call")
    rulebook = venture_rules(in_force(command.rulebook, frozenset(), context))
    agreements = in_force(command.agreement_rulebook, frozenset(), context)
    if not {AGREEMENTS, *A_PROJECT} <= agreements.rules.keys():
        field = "agreement_rulebook"
        raise Refused("no_agreement_rules", status=422, field=field, rulebook=agreements.id)
    _check_money(call)
    _check_bounds(call, rulebook)
    _check_criteria(call)
    _check_plan(call, rulebook)
    check_clauses(call.clauses, agreements, "call.clauses")
    _check_days(call, rulebook, context.at)
    drafted = CallDrafted(
        round_id=RoundId(context.new_id("round")),
        call=call,
        rulebook=rulebook.hash,
        agreement_rulebook=agreements.hash,
        drafted_by=PartyId(context.by.person_id),
    )
    return [drafted]


def _check_money(call: Call) -> None:
    check_shares(call.shares)
    if (total := sum_of(share.amount for share in call.shares)) != call.budget:
        raise Refused("shares_miss_budget", status=422, field="call.shares", total=total, budget=call.budget)
    for field, floors in (("themes", call.themes), ("areas", call.areas)):
        if (total := sum_of(floor.least for floor in floors)) > call.budget:
            raise Refused("floors_above_budget", status=422, field=f"call.{field}", total=total, budget=call.budget)


def _check_bounds(call: Call, rulebook: Rulebook) -> None:
    """What the rulebook bounds from above; the share of own funds it bounds from below."""
    for name, value, path in (
        ("amount_most", call.amount_most.fen, "venture.amount_most_fen"),
        ("per_organization", call.per_organization, "venture.per_organization_most"),
        ("public_percent", call.public_percent, "venture.public_percent_most"),
        ("worker_hours", call.worker_hours, "venture.worker_hours_most"),
    ):
        most = rulebook.integer(path)
        if value > most:
            source = rulebook.source(path)
            raise Refused("above_venture_bound", source, status=422, field=f"call.{name}", value=value, most=most)
    least = rulebook.integer("venture.cofunding_percent_least")
    if call.cofunding_percent < least:
        source = rulebook.source("venture.cofunding_percent_least")
        raise Refused("cofunding_too_low", source, status=422, field="call.cofunding_percent", least=least)


def _check_criteria(call: Call) -> None:
    total = sum((criterion.points for criterion in call.criteria), Decimal(0))
    if total != FULL_MARKS:
        raise Refused("criteria_miss_full_marks", status=422, field="call.criteria", total=total)


def _check_plan(call: Call, rulebook: Rulebook) -> None:
    plan, field = call.tranche_plan, "call.tranche_plan"
    upfront = sum(t.share_percent for t in plan.tranches if t.gates == (Gate.SIGNED,))
    most = rulebook.integer("venture.upfront_percent_most")
    if upfront > most:
        source = rulebook.source("venture.upfront_percent_most")
        raise Refused("upfront_too_large", source, status=422, field=field, upfront=upfront, most=most)


def _check_days(call: Call, rulebook: Rulebook, at: datetime) -> None:
    least, most = rulebook.integer("venture.call_days_least"), rulebook.integer("venture.call_days_most")
    if not at + timedelta(days=least) <= call.closes_at <= at + timedelta(days=most):
        path = "venture.call_days_least" if call.closes_at < at + timedelta(days=least) else "venture.call_days_most"
        source = rulebook.source(path)
        raise Refused("call_days_out_of_bounds", source, status=422, field="call.closes_at", least=least, most=most)


def approve_call(world: World, command: ApproveCall, context: Context) -> list[Fact]:
    """Who drafted cannot approve; the days for applying count from here."""
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.CALL_DRAFTED)
    if round.drafted_by == context.by.person_id:
        raise Refused("drafter_cannot_approve", SEPARATION, status=403)
    _check_days(round.call, context.rulebooks.by_hash(round.rulebook), context.at)
    return [
        RoundCalled(
            round_id=round.round_id,
            call=round.call,
            drafted_by=round.drafted_by,
            approved_by=PartyId(context.by.person_id),
            rulebook=round.rulebook,
            agreement_rulebook=round.agreement_rulebook,
        )
    ]
