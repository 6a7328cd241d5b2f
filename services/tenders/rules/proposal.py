"""From the residents' choice to approved terms: one person drafts, another approves, or the funder declines."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.framework import FrameworkApproved
from schemas.ids import PartyId, ProjectId
from schemas.in_force import A_PROJECT, in_force
from schemas.layering import METHOD
from schemas.money import Money, sum_of
from schemas.narrowing import Narrowing
from schemas.need import NeedChosen
from schemas.personal import must_be_public
from schemas.preparing import ApprovalGiven
from schemas.project import Brief, FundShare, ProjectApproved, ProjectDeclined, ProjectProposed
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.tender import Terms
from schemas.term import not_over
from services.tenders.rules.before_opening import must_be_intended
from services.tenders.rules.buyable import must_be_buyable
from services.tenders.rules.framework.concluding import NEEDED, is_framework
from services.tenders.rules.fund_line import Reason, leaving, must_keep_to_the_line
from services.tenders.rules.narrowing import check_narrowing
from services.tenders.rules.project import CONSENT, Draft, Phase, Project
from services.tenders.rules.single_source import must_not_wait
from services.tenders.rules.splitting import LIMIT, Alike, Approval, is_purchase, must_not_split
from services.tenders.rules.terms import check_terms

SEPARATION = Source("行政事业单位内部控制规范(试行)(财会〔2012〕21号)不相容岗位相互分离", Certainty.COMMON)


ItemId = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
APPROVALS = "tender.approvals_needed"


class DraftTerms(Command):
    """One person of the funder says how much, from which accounts, and on which terms."""

    project_id: ProjectId
    ceiling: Money
    shares: Annotated[tuple[FundShare, ...], Field(min_length=1, max_length=20)]
    """amounts by fund account, adding up to the ceiling"""
    terms: Terms
    bid_days: Annotated[int, Field(ge=1, le=365)]
    """calendar days from opening to the deadline"""
    rulebook: Annotated[str, Field(min_length=1, max_length=100)]
    """the name of a rulebook, such as `example/below-limit`"""
    split_approval: Approval | None = None
    """where the year's purchases of this category from an account reach the limit: what approved it nevertheless"""
    narrowing: Narrowing | None = None
    """where only some kinds of bidder are to be admitted: which, and what allows it"""
    line_left: Reason | None = None
    """public: why money that is not of the line residents chose with pays, where they chose with one"""
    not_applicable: Annotated[tuple[ItemId, ...], Field(max_length=50)] = ()
    """items of the rulebook's negative list: the drafter declares of each that this purchase is none of it"""


class ApproveDraft(Command):
    """Another person of the funder approves exactly this draft."""

    project_id: ProjectId
    draft_id: UUID


class DeclineProject(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class TermsDrafted(Note):
    """A draft is the funder's own business until somebody approves it."""

    project_id: ProjectId
    draft: Draft


def propose(world: World, fact: NeedChosen, context: Context) -> list[Fact]:
    """One chosen need is one project; hearing it again changes nothing."""
    if world.find(Project, fact.project_id) is not None:
        return []
    brief = Brief(
        need_id=fact.need_id,
        ballot_id=fact.ballot_id,
        community_id=fact.community_id,
        funder_id=fact.funder_id,
        title=fact.title,
        category=fact.category,
        division=fact.division,
        beneficiaries=fact.beneficiaries,
        cost=fact.cost,
    )
    return [ProjectProposed(project_id=fact.project_id, brief=brief, fund_line=fact.fund_line)]


def of_funder(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """A project, and what its funder bought alike."""
    return ((Project, message.project_id), (Alike, message.project_id))


def draft_terms(world: World, command: DraftTerms, context: Context) -> list[Note]:
    """A new draft replaces the last one, until one is approved."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.PROPOSED, Phase.DRAFTED)
    if project.call_off is not None:
        raise Refused("call_off_keeps_terms", project=str(project.call_off.framework_id))
    if project.request is not None:
        raise Refused("consent_to_a_commission", CONSENT, project=str(project.id))
    rulebook = in_force(command.rulebook, A_PROJECT, context, project.brief.division)
    if is_framework(rulebook):
        in_force(command.rulebook, NEEDED, context)
    if project.preparation.objections:
        must_not_wait(project.preparation.objections, context.rulebooks.by_hash(project.drafted.rulebook))
    must_be_buyable(project.brief.category, command.not_applicable, rulebook)
    _check_money(command, rulebook)
    must_be_intended(project.preparation, rulebook, command.ceiling)
    must_keep_to_the_line(project, command.shares, command.line_left)
    check_terms(command.terms, command.bid_days, rulebook, context.today)
    must_not_split(world, project, command.shares, command.split_approval, rulebook, context)
    check_narrowing(command.narrowing, rulebook)
    must_be_public(command.terms, "terms")
    must_be_public(command.split_approval, "split_approval")
    must_be_public(command.line_left, "line_left")
    draft = Draft(
        id=context.new_id("draft"),
        ceiling=command.ceiling,
        shares=command.shares,
        terms=command.terms,
        bid_days=command.bid_days,
        rulebook=rulebook.hash,
        drafted_by=PartyId(context.by.person_id),
        drafted_on=context.today,
        split_approval=command.split_approval,
        line_left=command.line_left,
        narrowing=command.narrowing,
        not_applicable=command.not_applicable,
        method=rulebook.value(METHOD) if METHOD in rulebook.rules else None,
    )
    return [TermsDrafted(project_id=project.project_id, draft=draft)]


def check_shares(shares: tuple[FundShare, ...]) -> None:
    accounts = {share.account_id for share in shares}
    if len(accounts) < len(shares) or not all(share.amount for share in shares):
        raise Refused("shares_unclear", status=422, field="shares")


def _check_money(command: DraftTerms, rulebook: Rulebook) -> None:
    limit = Money(rulebook.integer(LIMIT)) if LIMIT in rulebook.rules else None
    if limit is not None and not command.ceiling < limit:
        source = rulebook.source(LIMIT)
        raise Refused("ceiling_not_below_limit", source, status=422, field="ceiling", limit=limit)
    check_shares(command.shares)
    total = sum_of(share.amount for share in command.shares)
    if total != command.ceiling:
        raise Refused("shares_miss_ceiling", status=422, field="shares", total=total, ceiling=command.ceiling)


def approve_draft(world: World, command: ApproveDraft, context: Context) -> list[Fact]:
    """Who drafted cannot approve, nobody approves twice, or a draft that was replaced while being read.

    Of as many approvals as the rulebook asks for only the last one approves the project.

    A draft of terms or of a direct arrangement, whichever stands.
    """
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.DRAFTED)
    draft = project.drafted
    if draft.id != command.draft_id:
        raise Refused("draft_replaced", field="draft_id", current=str(draft.id))
    if draft.drafted_by == context.by.person_id:
        raise Refused("drafter_cannot_approve", SEPARATION, status=403)
    rulebook, given = context.rulebooks.by_hash(draft.rulebook), project.preparation.approvals
    approved_by = PartyId(context.by.person_id)
    if approved_by in given:
        raise Refused("approved_already", SEPARATION, status=403)
    if is_purchase(project) and project.call_off is None:
        must_not_split(world, project, draft.shares, draft.split_approval, rulebook, context)
    not_over(draft.term, context.today, "draft_id")
    needed = approvals_needed(rulebook)
    if len(given) + 1 < needed:
        return [
            ApprovalGiven(
                project_id=project.project_id,
                draft_id=draft.id,
                number=len(given) + 1,
                needed=needed,
                approved_by=approved_by,
            )
        ]
    left = leaving(project, approved_by)
    if is_framework(rulebook) and project.call_off is None:
        return [
            *left,
            FrameworkApproved(
                project_id=project.project_id,
                brief=project.brief,
                ceiling=draft.ceiling,
                drafted_by=draft.drafted_by,
                approved_by=approved_by,
                rulebook=draft.rulebook,
            ),
        ]
    return [
        *left,
        ProjectApproved(
            project_id=project.project_id,
            brief=project.brief,
            ceiling=draft.ceiling,
            shares=draft.shares,
            drafted_by=draft.drafted_by,
            approved_by=approved_by,
            rulebook=draft.rulebook,
        ),
    ]


def approvals_needed(rulebook: Rulebook) -> int:
    """Of persons other than who drafted; one where the rulebook says nothing."""
    return rulebook.integer(APPROVALS) if APPROVALS in rulebook.rules else 1


def decline_project(world: World, command: DeclineProject, context: Context) -> list[Fact]:
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.PROPOSED, Phase.DRAFTED)
    must_be_public(command.reason, "reason")
    return [ProjectDeclined(project_id=project.project_id, reason=command.reason)]
