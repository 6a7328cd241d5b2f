"""The choice is publicised, stands in public, and another person confirms it: each grant becomes a project."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.arranging import Basis, Ground
from schemas.clauses import Instrument
from schemas.days import day_of, end_of
from schemas.deciding import Context, Ref, World
from schemas.eligible import must_be_unlisted
from schemas.fact import Command, Fact
from schemas.ids import BallotId, NeedId, PartyId, RoundId, project_of_application
from schemas.model import Model
from schemas.money import Money
from schemas.personal import must_be_public
from schemas.project import Brief, FundShare, ProjectApproved, ProjectProposed
from schemas.refused import Refused
from schemas.round import Grant, LeftOut, RoundConfirmed, RoundPublicised, RoundVoided
from schemas.solution import Chosen
from schemas.standing import Party, party
from services.tenders.rules.arrangement import Arrangement
from services.tenders.rules.arranging import ArrangementDrafted
from services.tenders.rules.proposal import SEPARATION
from services.tenders.rules.rounds.round import Application, Round, RoundPhase, docket_of

NOTICE_DAYS = "venture.notice_days"
BEFORE_CONFIRMATION = tuple(
    phase for phase in RoundPhase if phase not in (RoundPhase.CONFIRMED, RoundPhase.ROUND_VOIDED)
)


class PublishChoice(Command):
    """公示 of what matching advised, whole."""

    round_id: RoundId


class ConfirmRound(Command):
    """After the notice; `left_out` are chosen ones that what was brought up meanwhile speaks against."""

    round_id: RoundId
    left_out: Annotated[tuple[LeftOut, ...], Field(max_length=500)] = ()


class ConfirmRoundAmong(ConfirmRound):
    """`applicants` were known when the round closed, and stay; how they stand is asked on the day."""

    applicants: tuple[PartyId, ...]


class VoidRound(Command):
    round_id: RoundId
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


def publish_choice(world: World, command: PublishChoice, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.SOLVED)
    days = context.rulebooks.by_hash(round.rulebook).integer(NOTICE_DAYS)
    return [
        RoundPublicised(
            round_id=round.round_id,
            chosen=round.chosen,
            ends_at=end_of(day_of(context.at) + timedelta(days=days)),
            publicised_by=PartyId(context.by.person_id),
        )
    ]


def confirm_refs(command: ConfirmRoundAmong, cause: UUID) -> tuple[Ref, ...]:
    return (*docket_of(command, cause), *((Party, id) for id in command.applicants))


def confirm_round(world: World, command: ConfirmRound, context: Context) -> list[Model]:
    """By another person than the one who publicised, not before the notice has ended.

    Who stands on a barring list that day is granted nothing: it is to be left out, for that reason.
    """
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, RoundPhase.PUBLICISED)
    assert round.notice_ends_at is not None, f"round {round.id} is publicised without an end"
    if round.publicised_by == context.by.person_id:
        raise Refused("publisher_cannot_confirm", SEPARATION, status=403)
    if context.at < round.notice_ends_at:
        source = context.rulebooks.by_hash(round.rulebook).source(NOTICE_DAYS)
        raise Refused("notice_running", source, ends_at=round.notice_ends_at)
    must_be_public(command.left_out, "left_out")
    out = {one.application_id for one in command.left_out}
    unknown = out - {one.application_id for one in round.chosen}
    if unknown or len(out) < len(command.left_out):
        raise Refused("left_out_unclear", status=422, field="left_out")
    granted = [one for one in round.chosen if one.application_id not in out]
    for one in granted:
        must_be_unlisted(party(world, one.organization_id), context.rulebooks.by_hash(round.rulebook))
    grants = tuple(
        Grant(
            application_id=one.application_id,
            organization_id=one.organization_id,
            project_id=project_of_application(round.round_id, one.application_id),
            amount=one.amount,
        )
        for one in granted
    )
    by = PartyId(context.by.person_id)
    confirmed = RoundConfirmed(round_id=round.round_id, grants=grants, left_out=command.left_out, confirmed_by=by)
    shares = shares_of(round.call.shares, [one.amount for one in granted])
    projects = (
        said
        for one, paid_from in zip(granted, shares, strict=True)
        for said in _project(round, world.get(Application, one.application_id), one, paid_from, context)
    )
    return [confirmed, *projects]


def shares_of(accounts: tuple[FundShare, ...], amounts: list[Money]) -> list[tuple[FundShare, ...]]:
    """From the accounts in the order of the call, the next when one is used up; a grant may lie on two."""
    left = [(account.account_id, account.amount.fen) for account in accounts]
    found = []
    for amount in amounts:
        wanted, parts = amount.fen, []
        while wanted:
            account, there = left[0]
            part = min(wanted, there)
            wanted -= part
            if part:
                parts.append(FundShare(account_id=account, amount=Money(part)))
            left[:1] = [(account, there - part)] if there > part else []
        found.append(tuple(parts))
    return found


def _project(
    round: Round, of: Application, one: Chosen, shares: tuple[FundShare, ...], context: Context
) -> Iterator[Model]:
    """Proposed, drafted and approved at once: the round was the competition, and two persons stand behind it.

    In its brief the application is the need, and the round the ballot it was chosen in.
    """
    assert round.publicised_by is not None, f"round {round.id} is confirmed unpublicised"
    project_id = project_of_application(round.round_id, of.application_id)
    proposal, call = of.proposal, round.call
    brief = Brief(
        need_id=NeedId(of.id),
        ballot_id=BallotId(round.id),
        community_id=proposal.community_id,
        funder_id=call.funder_id,
        title=proposal.title,
        category=proposal.theme,
        division=of.division,
        beneficiaries=proposal.beneficiaries,
        cost=proposal.asked,
    )
    group = (f"交付团队(备案社区社会组织):{proposal.group},由申报组织承接并负责。",) if proposal.group else ()
    arrangement = Arrangement(
        id=context.new_id(f"draft/{of.id}"),
        instrument=Instrument.PROJECT_GRANT,
        provider_id=of.organization_id,
        price=one.amount,
        shares=shares,
        tranches=call.tranche_plan.of(one.amount),
        work=None,
        requirements="\n".join((proposal.summary, *group, call.requirements)),
        clauses=call.clauses,
        ground=Ground(code=Basis.OPEN_CALL, reason=_reason(round, one)),
        rulebook=round.agreement_rulebook,
        drafted_by=round.publicised_by,
    )
    yield ProjectProposed(project_id=project_id, brief=brief)
    yield ArrangementDrafted(project_id=project_id, arrangement=arrangement)
    yield ProjectApproved(
        project_id=project_id,
        brief=brief,
        ceiling=one.amount,
        shares=shares,
        drafted_by=round.publicised_by,
        approved_by=PartyId(context.by.person_id),
        rulebook=round.agreement_rulebook,
    )


def _reason(round: Round, one: Chosen) -> str:
    points = f"{one.total // 100}.{one.total % 100:02d}"
    return f"公益创投“{round.call.title}”公开征集,评审总分 {points},整轮择优后公示期满"


def void_round(world: World, command: VoidRound, context: Context) -> list[Fact]:
    round = world.get(Round, command.round_id)
    round.for_funder(context.by, *BEFORE_CONFIRMATION)
    must_be_public(command.reason, "reason")
    by = PartyId(context.by.person_id)
    return [RoundVoided(round_id=round.round_id, reason=command.reason, voided_by=by)]
