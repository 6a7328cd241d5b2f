"""Doors of the one window. Who asked is shown to the community that wrote it down, and to nobody else."""

from datetime import date
from uuid import UUID, uuid4

from events.database import Connection
from schemas.canonical import canonical
from schemas.deciding import World, new_id
from schemas.ids import NeedId, PartyId
from schemas.intake import Channel
from schemas.model import Model
from schemas.need import Route
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.needs.rules import window
from services.needs.rules.intake import NeedDraft
from services.needs.rules.need import Need
from services.needs.rules.volunteers.volunteer import erase_refs
from services.needs.rules.window import Applicant, Person
from services.needs.store import window as store

COMMUNITY = frozenset({Role.COMMUNITY})


class TakenInAnswer(Answer):
    """What to tell the resident: the number to ask with. Nothing personal is repeated."""

    id: NeedId
    tracking_number: str
    channel: Channel | None
    route: Route | None
    route_reason: str
    applicant_id: UUID | None
    """for the next need of the same person"""


class ErasedAnswer(Answer):
    applicant_id: UUID
    needs: int
    """which stay, with their numbers"""
    erased_on: date | None


class AskedFor(Model):
    need_id: NeedId
    words: str | None


class ApplicantAnswer(Answer):
    """`person` and all words are none once erased."""

    version: int
    id: UUID
    community_id: PartyId
    person: Person | None
    asked: tuple[AskedFor, ...]
    erased_on: date | None


async def _seal(connection: Connection, command: window.TakeInNeed, vault: Vault) -> window.SealedIntake:
    """Before the transaction begins the personal part is ciphertext, and a new applicant has a random number."""
    if command.applicant is not None and command.applicant_id is not None:
        raise Refused("applicant_twice", status=422, field="applicant_id")
    if command.words is not None and command.applicant is None and command.applicant_id is None:
        raise Refused("words_of_nobody", status=422, field="words")
    id, new, key, sealed, words = command.applicant_id, b"", b"", b"", b""
    if command.applicant is not None:
        id, new = uuid4(), vault.new_key()
        key, sealed = new, vault.seal(new, canonical(command.applicant), window.person_place(id))
    elif id is not None:
        key = await store.key_of(connection, command.community_id, id)
    if command.words is not None and id is not None and key:
        words = vault.seal(key, command.words.encode(), window.words_place(id))
    draft = {name: getattr(command, name) for name in (*NeedDraft.model_fields, "community_id", "channel")}
    return window.SealedIntake(**draft, applicant_id=id, key=new.hex(), sealed=sealed.hex(), words=words.hex())


def _taken_in(world: World, command: window.SealedIntake, cause: UUID) -> TakenInAnswer:
    need = world.get(Need, new_id(cause, "need"))
    return TakenInAnswer(
        id=NeedId(need.id),
        tracking_number=need.tracking_number,
        channel=need.channel,
        route=need.route,
        route_reason=need.reason,
        applicant_id=command.applicant_id,
    )


def _erased(world: World, command: window.EraseApplicant, cause: UUID) -> ErasedAnswer:
    applicant = world.get(Applicant, command.applicant_id)
    return ErasedAnswer(applicant_id=applicant.id, needs=len(applicant.asked), erased_on=applicant.erased_on)


async def _applicant(connection: Connection, asked: Asked) -> ApplicantAnswer:
    community_id, id = PartyId(asked.id("community_id")), asked.id("applicant_id")
    found = await store.applicant(connection, community_id, id)
    if found is None:
        raise Refused("not_found", status=404, what="Applicant", id=str(id))
    asked.actor.must_be(community_id)
    one, version = found
    return ApplicantAnswer(
        version=version,
        id=id,
        community_id=community_id,
        person=_person(one, asked.vault),
        asked=tuple(AskedFor(need_id=each.need_id, words=_words(one, each.words, asked.vault)) for each in one.asked),
        erased_on=one.erased_on,
    )


def _person(one: Applicant, vault: Vault) -> Person | None:
    if not one.sealed:
        return None
    key, sealed = bytes.fromhex(one.key), bytes.fromhex(one.sealed)
    return Person.model_validate_json(vault.open(key, sealed, window.person_place(one.id)))


def _words(one: Applicant, sealed: str, vault: Vault) -> str | None:
    if not sealed:
        return None
    return vault.open(bytes.fromhex(one.key), bytes.fromhex(sealed), window.words_place(one.id)).decode()


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/intakes",
        command=window.TakeInNeed,
        roles=COMMUNITY,
        prepare=_seal,
        refs=window.take_in_refs,
        decide=window.take_in,
        subject=lambda command, cause: (Need, new_id(cause, "need")),
        answer=_taken_in,
        summary="窗口受理居民需求,记录渠道;个人信息单独加密保存 · Take a need in; personal data are kept apart, sealed",
    ),
    Post(
        path="/v1/communities/{community_id}/applicants/{applicant_id}/erasure",
        command=window.EraseApplicant,
        roles=COMMUNITY,
        refs=erase_refs,
        decide=window.erase,
        subject=lambda command, cause: (Applicant, command.applicant_id),
        answer=_erased,
        summary="删除申请人的个人信息,需求和编号保留 · Erase a person; the needs and their numbers stay",
    ),
    Get(
        path="/v1/communities/{community_id}/applicants/{applicant_id}",
        roles=COMMUNITY,
        handler=_applicant,
        answer=ApplicantAnswer,
        summary="申请人(仅本社区可见) · Who asked, for the community that wrote it down",
    ),
)
