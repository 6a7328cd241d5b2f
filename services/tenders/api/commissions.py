"""A commission without a ballot: asked by a funder, accepted or declined by the community."""

from typing import Any
from uuid import UUID

from schemas.deciding import Ref, World
from schemas.role import Role
from services.kit.service import Post
from services.tenders.api.answers import Step
from services.tenders.rules import commission
from services.tenders.rules.project import Project, project_of


def _requested(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, commission.project_asked_for(cause))
    return Step(project_id=project.project_id, phase=project.phase)


def _answered(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _subject(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


COMMISSIONS = (
    Post(
        path="/v1/communities/{community_id}/commissions",
        command=commission.RequestCommission,
        roles=frozenset({Role.FUNDER}),
        refs=commission.request_refs,
        decide=commission.request,
        subject=lambda command, cause: (Project, commission.project_asked_for(cause)),
        answer=_requested,
        summary="书面委托社区协助(须社区同意) · Ask a community in writing to take on a commission",
    ),
    Post(
        path="/v1/projects/{project_id}/commission/acceptance",
        command=commission.AcceptCommission,
        roles=frozenset({Role.COMMUNITY}),
        refs=project_of,
        decide=commission.accept,
        subject=_subject,
        answer=_answered,
        summary="社区同意接受委托 · The community consents to a commission",
    ),
    Post(
        path="/v1/projects/{project_id}/commission/declination",
        command=commission.DeclineCommission,
        roles=frozenset({Role.COMMUNITY}),
        refs=project_of,
        decide=commission.decline,
        subject=_subject,
        answer=_answered,
        summary="社区不接受委托并说明理由 · The community declines a commission, with the reason",
    ),
    Post(
        path="/v1/projects/{project_id}/commission/withdrawal",
        command=commission.WithdrawCommission,
        roles=frozenset({Role.FUNDER}),
        refs=project_of,
        decide=commission.withdraw,
        subject=_subject,
        answer=_answered,
        summary="社区答复前撤回委托并说明理由 · Withdraw a request before the community has answered, with the reason",
    ),
)
