"""Amending the documents of an open tender: one person drafts, another approves, and a late one moves the deadline."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.clarification import TenderAmended
from schemas.days import end_of
from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.tender import Terms
from schemas.term import not_over
from schemas.workdays import SATURDAY, Deadline, UnknownYear, count_days
from services.tenders.rules.clarification import clarified_under
from services.tenders.rules.clarified import AmendmentDraft
from services.tenders.rules.project import LEAD_DAYS, Project
from services.tenders.rules.proposal import SEPARATION
from services.tenders.rules.terms import check_terms

AMENDMENTS_MOST = "tender.amendments_most"


class DraftAmendment(Command):
    """The new terms whole, a later deadline, or both. Ceiling, accounts and rulebook are not to be amended."""

    project_id: ProjectId
    terms: Terms | None = None
    """none: as they are"""
    closes_at: AwareDatetime | None = None
    """a later one; none: as it is. Where terms change it is put off further if the lead asks for it"""
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ApproveAmendment(Command):
    """Another person of the buyer approves exactly this draft."""

    project_id: ProjectId
    draft_id: UUID


class AmendmentDrafted(Note):
    """The buyer's own business until somebody approves it."""

    project_id: ProjectId
    draft: AmendmentDraft


def draft_amendment(world: World, command: DraftAmendment, context: Context) -> list[Note]:
    """A new draft replaces the last one, until one is approved."""
    project = world.get(Project, command.project_id)
    context.by.must_be(project.brief.funder_id)
    rulebook = clarified_under(project, context)
    draft = AmendmentDraft(
        id=context.new_id("amendment"),
        terms=command.terms or project.agreed.terms,
        closes_at=command.closes_at,
        reason=command.reason,
        drafted_by=PartyId(context.by.person_id),
    )
    must_be_public(command.terms, "terms")
    must_be_public(command.reason, "reason")
    _check(project, draft, rulebook, context)
    return [AmendmentDrafted(project_id=project.project_id, draft=draft)]


def _check(project: Project, draft: AmendmentDraft, rulebook: Rulebook, context: Context) -> None:
    """Like the first terms, within the bounds of the rulebook the tender opened under."""
    if len(project.amendments) >= (most := rulebook.integer(AMENDMENTS_MOST)):
        raise Refused("too_many_amendments", rulebook.source(AMENDMENTS_MOST), most=most)
    if draft.terms == project.agreed.terms and draft.closes_at is None:
        raise Refused("amendment_changes_nothing", status=422, field="terms")
    if draft.terms != project.agreed.terms:
        check_terms(draft.terms, project.agreed.bid_days, rulebook, context.today)
    if draft.closes_at is not None:
        _check_deadline(project, draft.closes_at, rulebook)


def _check_deadline(project: Project, closes_at: datetime, rulebook: Rulebook) -> None:
    """Later than it is, and the bid period as long at most as a tender's may be."""
    assert project.closes_at is not None, f"project {project.id} is open without a deadline"
    if closes_at <= project.closes_at:
        source = rulebook.source(LEAD_DAYS)
        raise Refused("deadline_not_later", source, status=422, field="closes_at", closes_at=project.closes_at)
    first = project.amendments[0].closed_at_before if project.amendments else project.closes_at
    opened_at = first - timedelta(days=project.agreed.bid_days)
    least, most = rulebook.integer("tender.bid_days_least"), rulebook.integer("tender.bid_days_most")
    if closes_at > opened_at + timedelta(days=most):
        source = rulebook.source("tender.bid_days_most")
        raise Refused("bid_days_out_of_bounds", source, status=422, field="closes_at", least=least, most=most)


def approve_amendment(world: World, command: ApproveAmendment, context: Context) -> list[TenderAmended]:
    """Who drafted cannot approve, and nobody approves a draft that was replaced or approved while being read."""
    project = world.get(Project, command.project_id)
    context.by.must_be(project.brief.funder_id)
    rulebook = clarified_under(project, context)
    draft = project.amendment
    if draft is None or draft.id != command.draft_id:
        raise Refused("amendment_replaced", field="draft_id", draft=str(command.draft_id))
    if draft.drafted_by == context.by.person_id:
        raise Refused("drafter_cannot_approve", SEPARATION, status=403)
    not_over(draft.terms.term, context.today, "draft_id")
    assert project.closes_at is not None, f"project {project.id} is open without a deadline"
    closes = Deadline(draft.closes_at or project.closes_at, holidays_known=True)
    if draft.terms != project.agreed.terms:
        closes = with_lead(closes.at, context.today, rulebook.integer(LEAD_DAYS))
    return [
        TenderAmended(
            project_id=project.project_id,
            number=len(project.amendments) + 1,
            reason=draft.reason,
            terms=draft.terms,
            closes_at=closes.at,
            closed_at_before=project.closes_at,
            holidays_known=closes.holidays_known,
            amended_at=context.at,
            drafted_by=draft.drafted_by,
            approved_by=PartyId(context.by.person_id),
        )
    ]


def with_lead(closes_at: datetime, today: date, days: int) -> Deadline:
    """The deadline, put off if fewer than `days` whole days are left after today.

    A last day of rest rolls on to the next working day. Until a year's holidays are published Saturdays and Sundays
    are its days of rest, and that is said.
    """
    last = today + timedelta(days=days)
    if closes_at >= end_of(last):
        return Deadline(closes_at, holidays_known=True)
    try:
        return Deadline(end_of(count_days(today, days).last), holidays_known=True)
    except UnknownYear:
        rest = 7 - last.weekday() if last.weekday() >= SATURDAY else 0
        return Deadline(end_of(last + timedelta(days=rest)), holidays_known=False)


def drafters_and_approvers(project: Project) -> set[UUID | None]:
    """Everybody who had a hand in the terms, first and amended."""
    first: set[UUID | None] = {project.agreed.drafted_by, project.approved_by, *project.preparation.approvals}
    return first.union(*({one.drafted_by, one.approved_by} for one in project.amendments))
