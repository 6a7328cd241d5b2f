"""Doors of the register of residents. It is shown to the community that keeps it, and to nobody else."""

from datetime import date
from uuid import UUID, uuid4

from events.database import Connection
from schemas.deciding import World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.needs.api.sealing import identity_of, seal_draft
from services.needs.rules.residents import erasing, register
from services.needs.rules.residents.person import ResidentDraft
from services.needs.rules.residents.register import Register, Resident, SealedResident
from services.needs.store import residents as store

COMMUNITY = frozenset({Role.COMMUNITY})
LARGEST_REGISTER = 4 * 1024 * 1024
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}
ONE = "/v1/communities/{community_id}/residents/{resident_id}"


class RegisteredAnswer(Answer):
    """In the order they were sent. Nothing personal is repeated."""

    residents: tuple[UUID, ...]


class ResidentStep(Answer):
    """How far an entry is, by its number only: answers are remembered."""

    resident_id: UUID
    confirmed: bool
    left_on: date | None
    erased_on: date | None


class ResidentAnswer(Answer):
    """`person` is none once erased."""

    version: int | None
    id: UUID
    community_id: PartyId
    person: ResidentDraft | None
    confirmed: bool
    left_on: date | None
    erased_on: date | None


class ResidentsPage(Answer):
    residents: tuple[ResidentAnswer, ...]
    next: UUID | None


async def _seal(connection: Connection, command: register.RegisterResidents, vault: Vault) -> register.RegisterSealed:
    sealed = []
    for index, one in enumerate(command.residents):
        draft, id, key = one.checked(f"residents.{index}."), uuid4(), vault.new_key()
        identity, plain = identity_of(vault, command.community_id, draft), seal_draft(vault, key, draft, id)
        sealed.append(SealedResident(id=id, key=key.hex(), sealed=plain, identity=identity, since=draft.since))
    return register.RegisterSealed(community_id=command.community_id, residents=tuple(sealed))


async def _seal_anew(connection: Connection, command: register.CorrectResident, vault: Vault) -> register.CorrectSealed:
    draft, id = command.checked(), command.resident_id
    found = await store.resident(connection, command.community_id, id)
    key = "" if found is None else found[0].key
    return register.CorrectSealed(
        community_id=command.community_id,
        resident_id=id,
        key=key,
        sealed=seal_draft(vault, bytes.fromhex(key), draft, id) if key else "",
        identity=identity_of(vault, command.community_id, draft),
        since=draft.since,
    )


async def _held(connection: Connection, command: erasing.EraseResident, vault: Vault) -> erasing.EraseSeen:
    found = await store.resident(connection, command.community_id, command.resident_id)
    held = () if found is None else tuple(one.purpose_id for one in found[0].held)
    return erasing.EraseSeen(**command.model_dump(), held=held)


def _registered(world: World, command: register.RegisterSealed, cause: UUID) -> RegisteredAnswer:
    return RegisteredAnswer(residents=tuple(one.id for one in command.residents))


def _step(
    world: World,
    command: register.CorrectSealed | register.ConfirmResident | register.ResidentLeaves | erasing.EraseSeen,
    cause: UUID,
) -> ResidentStep:
    one = world.get(Resident, command.resident_id)
    return ResidentStep(
        resident_id=one.id, confirmed=one.confirmed_by is not None, left_on=one.left_on, erased_on=one.erased_on
    )


def _answer(one: Resident, vault: Vault, version: int | None = None) -> ResidentAnswer:
    person = None
    if one.sealed:
        plain = vault.open(bytes.fromhex(one.key), bytes.fromhex(one.sealed), register.place(one.id))
        person = ResidentDraft.model_validate_json(plain)
    return ResidentAnswer(
        version=version,
        id=one.id,
        community_id=one.community_id,
        person=person,
        confirmed=one.confirmed_by is not None,
        left_on=one.left_on,
        erased_on=one.erased_on,
    )


def own_register(asked: Asked) -> PartyId:
    """The community's; to everybody else it does not exist."""
    community_id = PartyId(asked.id("community_id"))
    if asked.actor.party_id != community_id:
        raise Refused("not_found", status=404, what="Register", id=str(community_id))
    return community_id


async def _residents(connection: Connection, asked: Asked) -> ResidentsPage:
    community_id = own_register(asked)
    found = await store.residents_of(connection, community_id, asked.cursor, asked.limit)
    return ResidentsPage(
        residents=tuple(_answer(one, asked.vault) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def _resident(connection: Connection, asked: Asked) -> ResidentAnswer:
    community_id, id = PartyId(asked.id("community_id")), asked.id("resident_id")
    found = await store.resident(connection, community_id, id)
    if found is None:
        raise Refused("not_found", status=404, what="Resident", id=str(id))
    asked.actor.must_be(community_id)
    return _answer(found[0], asked.vault, found[1])


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/residents",
        command=register.RegisterResidents,
        roles=COMMUNITY,
        prepare=_seal,
        refs=register.register_refs,
        decide=register.register,
        subject=lambda command, cause: (Register, command.community_id),
        answer=_registered,
        summary="登记居民(至多 5000 人),个人信息加密保存 · Register residents; personal data are sealed",
        largest_body=LARGEST_REGISTER,
    ),
    Post(
        path=f"{ONE}/correction",
        command=register.CorrectResident,
        roles=COMMUNITY,
        prepare=_seal_anew,
        refs=register.correct_refs,
        decide=register.correct,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_step,
        summary="更正居民登记,须重新复核 · Correct an entry; it is confirmed again",
    ),
    Post(
        path=f"{ONE}/confirmation",
        command=register.ConfirmResident,
        roles=COMMUNITY,
        refs=register.one_ref,
        decide=register.confirm,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_step,
        summary="由另一人复核居民登记 · Confirm an entry, by a second person",
    ),
    Post(
        path=f"{ONE}/departure",
        command=register.ResidentLeaves,
        roles=COMMUNITY,
        refs=register.one_ref,
        decide=register.leave,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_step,
        summary="登记居民迁出 · Somebody moved away",
    ),
    Post(
        path=f"{ONE}/erasure",
        command=erasing.EraseResident,
        roles=COMMUNITY,
        prepare=_held,
        refs=erasing.erase_refs,
        decide=erasing.erase,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_step,
        summary="删除居民的个人信息,选票和各项计数不变 · Erase a resident; votes and every count stay",
    ),
    Get(
        path="/v1/communities/{community_id}/residents",
        roles=COMMUNITY,
        handler=_residents,
        answer=ResidentsPage,
        summary="本社区的居民登记 · The community's own register",
        query=PAGES,
    ),
    Get(
        path=ONE,
        roles=COMMUNITY,
        handler=_resident,
        answer=ResidentAnswer,
        summary="一位居民(仅本社区可见) · One resident, for the community that keeps the register",
    ),
)
