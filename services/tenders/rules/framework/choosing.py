"""The second stage: the community lists service users by tokens, each chooses a supplier, the choices are counted."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Due, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.framework import SupplierChosen, SuppliersChosen, UsersListed
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from services.tenders.rules.framework.framework import Choices, Framework, User, digest_of_token, user_id

MOST_PER_BATCH = 5_000


class ListUsers(Command):
    """Service users by the SHA-256 (hex) of the token each was given; those already listed are left as they are."""

    project_id: ProjectId
    digests: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...], Field(min_length=1, max_length=MOST_PER_BATCH)
    ]


class ChooseSupplier(Command):
    """A service user's choice; another one before the close takes its place."""

    project_id: ProjectId
    token: Annotated[str, Field(min_length=16, max_length=128, repr=False)]
    provider_id: PartyId


class UsersKept(Note):
    project_id: ProjectId
    ids: tuple[UUID, ...]


class ChoiceKept(Note):
    """Never a fact: who chose whom is nobody's business."""

    project_id: ProjectId
    user_id: UUID
    provider_id: PartyId


def list_refs(command: ListUsers, cause: UUID) -> tuple[Ref, ...]:
    users = ((User, user_id(command.project_id, digest)) for digest in command.digests)
    return ((Framework, command.project_id), *users)


def list_users(world: World, command: ListUsers, context: Context) -> list[Model]:
    framework = world.get(Framework, command.project_id)
    context.by.must_be(framework.community_id)
    framework.must_take_choices(context.at)
    ids = {user_id(command.project_id, digest): None for digest in command.digests}
    fresh = tuple(id for id in ids if world.find(User, id) is None)
    if not fresh:
        return []
    return [
        UsersKept(project_id=command.project_id, ids=fresh),
        UsersListed(project_id=command.project_id, users=framework.users + len(fresh)),
    ]


def choose_refs(command: ChooseSupplier, cause: UUID) -> tuple[Ref, ...]:
    user = user_id(command.project_id, digest_of_token(command.token))
    return ((Framework, command.project_id), (User, user))


def choose(world: World, command: ChooseSupplier, context: Context) -> list[Note]:
    framework = world.get(Framework, command.project_id)
    framework.must_take_choices(context.at)
    user = world.find(User, user_id(command.project_id, digest_of_token(command.token)))
    if user is None:
        raise Refused("unknown_user_token", status=403, field="token")
    framework.supplier(command.provider_id)
    return [ChoiceKept(project_id=command.project_id, user_id=user.id, provider_id=command.provider_id)]


def close_choices(world: World, due: Due, context: Context) -> list[Fact]:
    framework = world.get(Framework, due.ref[1])
    if framework.chosen is not None or context.at < framework.choices_close_at:
        return []
    counts = world.get(Choices, framework.id).counts
    chosen = tuple(
        SupplierChosen(provider_id=one.provider_id, users=counts.get(one.provider_id, 0)) for one in framework.suppliers
    )
    return [SuppliersChosen(project_id=ProjectId(framework.id), users=framework.users, chosen=chosen)]
