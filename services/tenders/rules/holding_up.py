"""Signing stands still exactly while an objection is open that may change the result."""

from collections.abc import Sequence

from schemas.deciding import Context
from schemas.model import Model
from schemas.objection import SigningResumed, SigningSuspended
from services.tenders.rules.aftermath import Aftermath
from services.tenders.rules.project import Phase, Project


def held_up(project: Project, after: Aftermath, context: Context) -> Sequence[Model]:
    """What is to be said when the objections of an awarded tender are now those of `after`."""
    if project.phase is not Phase.AWARDED:
        return ()
    since = project.aftermath.suspended_at
    if after.holding and since is None:
        return (suspended(project, after, context),)
    if since is None or after.holding:
        return ()
    notice = project.aftermath.notice
    due = None if notice is None else notice.contract_due + (context.at - since)
    return (SigningResumed(project_id=project.project_id, contract_due=due),)


def suspended(project: Project, after: Aftermath, context: Context) -> SigningSuspended:
    return SigningSuspended(
        project_id=project.project_id,
        objections=after.holding,
        rulebook=project.agreed.rulebook,
        suspended_at=context.at,
    )
