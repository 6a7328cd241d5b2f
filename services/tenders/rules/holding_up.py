"""Signing stands still exactly while an objection is open that may change the result, or the purchase suspended."""

from collections.abc import Sequence

from schemas.deciding import Context
from schemas.model import Model
from schemas.objection import SigningResumed, SigningSuspended
from schemas.refused import Refused
from services.tenders.rules.aftermath import SUSPENSION, Aftermath
from services.tenders.rules.project import Phase, Project


def held_up(project: Project, after: Aftermath, context: Context) -> Sequence[Model]:
    """What is to be said when the objections of an awarded tender are now those of `after`."""
    if project.phase is not Phase.AWARDED:
        return ()
    since = project.aftermath.suspended_at
    if after.held and since is None:
        return (suspended(project, after, context),)
    if since is None or after.held:
        return ()
    notice = project.aftermath.notice
    due = None if notice is None else notice.contract_due + (context.at - since)
    return (SigningResumed(project_id=project.project_id, contract_due=due),)


def must_not_be_suspended(project: Project, context: Context) -> None:
    """By the finance department: then nothing is chosen, and no tender run again."""
    if project.aftermath.suspensions:
        until = max(one.until for one in project.aftermath.suspensions)
        source = context.rulebooks.by_hash(project.agreed.rulebook).source(SUSPENSION)
        raise Refused("purchase_suspended", source, project=str(project.id), until=until)


def suspended(project: Project, after: Aftermath, context: Context) -> SigningSuspended:
    return SigningSuspended(
        project_id=project.project_id,
        objections=after.holding,
        rulebook=project.agreed.rulebook,
        suspended_at=context.at,
    )
