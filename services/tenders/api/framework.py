"""Framework agreements: concluded by the buyer, chosen among by service users, called off."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, Vault, World, new_id
from schemas.framework import Supplier, SupplierChosen
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.tenders import store
from services.tenders.api.answers import Step
from services.tenders.rules.framework import calling, choosing, concluding
from services.tenders.rules.framework.framework import Framework, call_off_id
from services.tenders.rules.project import Project


class Listed(Answer):
    project_id: ProjectId
    users: int


class Chosen(Answer):
    """What the user's choice is now; until `closes_at`, exclusive, another one takes its place."""

    project_id: ProjectId
    provider_id: PartyId
    closes_at: datetime


class CalledOff(Answer):
    """A project of its own, whose draft another person approves."""

    project_id: ProjectId
    draft_id: UUID
    framework_id: ProjectId
    provider_id: PartyId
    price: Money
    arithmetic: str


class FrameworkAnswer(Answer):
    project_id: ProjectId
    suppliers: tuple[Supplier, ...]
    valid_until: date
    choices_close_at: datetime
    users: int
    chosen: tuple[SupplierChosen, ...] | None
    """none before the close: nobody is told"""


async def get_framework(connection: Connection, asked: Asked) -> FrameworkAnswer:
    found = await store.framework(connection, asked.id("project_id"))
    if found is None:
        raise Refused("no_such_framework", status=404, project=asked.path["project_id"])
    return FrameworkAnswer(
        project_id=ProjectId(found.id),
        suppliers=found.suppliers,
        valid_until=found.valid_until,
        choices_close_at=found.choices_close_at,
        users=found.users,
        chosen=None
        if found.chosen is None
        else tuple(SupplierChosen(provider_id=id, users=users) for id, users in found.chosen.items()),
    )


def _project(command: Any, cause: UUID) -> Ref:
    return (Project, command.project_id)


def _framework(command: Any, cause: UUID) -> Ref:
    return (Framework, command.project_id)


def _called(command: calling.CallOffSupplier, cause: UUID) -> Ref:
    return (Project, call_off_id(command.project_id, command.provider_id))


def _step(world: World, command: Any, cause: UUID) -> Step:
    project = world.get(Project, command.project_id)
    return Step(project_id=project.project_id, phase=project.phase)


def _listed(world: World, command: Any, cause: UUID) -> Listed:
    return Listed(project_id=command.project_id, users=world.get(Framework, command.project_id).users)


def _chosen(world: World, command: choosing.ChooseSupplier, cause: UUID) -> Chosen:
    framework = world.get(Framework, command.project_id)
    return Chosen(project_id=command.project_id, provider_id=command.provider_id, closes_at=framework.choices_close_at)


def _called_off(world: World, command: calling.CallOffSupplier, cause: UUID) -> CalledOff:
    project = world.get(Project, call_off_id(command.project_id, command.provider_id))
    called, price = project.call_off, project.agreed.ceiling
    assert called is not None, f"project {project.id} calls nothing off"
    return CalledOff(
        project_id=project.project_id,
        draft_id=new_id(cause, "draft"),
        framework_id=called.framework_id,
        provider_id=called.supplier.provider_id,
        price=price,
        arithmetic=f"{called.supplier.price} × {called.users} ÷ {called.of_users} = {price}",
    )


async def _with_bidders(
    connection: Connection, command: concluding.ConcludeFramework, vault: Vault
) -> concluding.ConcludeFrameworkAmong:
    return concluding.ConcludeFrameworkAmong(
        **dict(command), bidders=await store.bidders_of(connection, command.project_id)
    )


FRAMEWORK = (
    Post(
        path="/v1/projects/{project_id}/framework",
        command=concluding.ConcludeFramework,
        roles=frozenset({Role.FUNDER}),
        refs=concluding.conclude_refs,
        decide=concluding.conclude,
        subject=_project,
        answer=_step,
        summary="订立框架协议(淘汰末位,确定入围供应商) · Conclude the framework with its suppliers",
        prepare=_with_bidders,
    ),
    Post(
        path="/v1/projects/{project_id}/framework/users",
        command=choosing.ListUsers,
        roles=frozenset({Role.COMMUNITY}),
        refs=choosing.list_refs,
        decide=choosing.list_users,
        subject=_framework,
        answer=_listed,
        summary="登记服务对象凭证(只登记摘要) · List service users by the digests of their tokens",
        largest_body=1024 * 1024,
    ),
    Post(
        path="/v1/projects/{project_id}/framework/choices",
        command=choosing.ChooseSupplier,
        roles=frozenset(),
        refs=choosing.choose_refs,
        decide=choosing.choose,
        subject=_framework,
        answer=_chosen,
        summary="服务对象选择供应商(凭证即凭据) · A service user chooses a supplier",
    ),
    Post(
        path="/v1/projects/{project_id}/framework/call-offs",
        command=calling.CallOffSupplier,
        roles=frozenset({Role.FUNDER}),
        refs=calling.call_refs,
        decide=calling.call_off,
        subject=_called,
        answer=_called_off,
        summary="按服务对象的选择订购(另立项目,须另一人批准) · Call off from a supplier, by its users",
    ),
    Get(
        path="/v1/projects/{project_id}/framework",
        roles=frozenset(),
        handler=get_framework,
        answer=FrameworkAnswer,
        summary="框架协议与服务对象的选择(截止后公开) · The framework, and after the close what users chose",
    ),
)
