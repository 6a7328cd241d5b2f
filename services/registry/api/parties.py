"""What people may ask of the registry. Institutions are public; natural persons only as far as they act."""

from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.deciding import Ref, World
from schemas.eligible import bidder_kind
from schemas.ids import KeyId, PartyId
from schemas.narrowing import BidderKind
from schemas.party import Certificate, InstitutionClass, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.standing import Key, Party
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.api.organization_type import OrganizationType, type_of
from services.registry.rules import institution, key, party, standing, tie

REGISTRAR = frozenset({Role.REGISTRAR})
PUBLIC: frozenset[Role] = frozenset()


class PartyAnswer(Answer):
    """A party's standing. Of natural persons without a name: that only registrars are shown."""

    version: int | None
    id: PartyId
    kind: PartyKind
    name: str | None
    uscc: str | None
    division: str
    certificate: Certificate | None
    verified: bool
    suspended: bool
    institution: InstitutionClass | None = None
    """of a public institution, once it is recorded"""
    bidder_kind: BidderKind | None = None
    """as what it may bid; none for who may not"""
    type: OrganizationType | None = None
    """by its credit code; none for natural persons and for committees"""
    hub_id: PartyId | None = None
    """of a group on record (备案): through whom it acts"""


class EntryAnswer(PartyAnswer):
    """To registrars also the real name of a natural person, and who entered it."""

    real_name: str | None = None
    registered_by: UUID | None = None
    newer_reason: str | None = None
    """how the registrar knows of a community that the edition of the list has not"""


class PartiesPage(Answer):
    parties: tuple[PartyAnswer, ...]
    next: UUID | None


class TieAnswer(Answer):
    party_id: PartyId
    tied_to: PartyId


class KeyAnswer(Answer):
    """A key by its digest; the secret is with whoever made it and nowhere here."""

    id: KeyId
    party_id: PartyId
    person_id: PartyId
    role: Role
    expires_at: datetime
    revoked: bool


_OfParty = standing.VerifyParty | standing.SuspendParty | institution.ClassifyInstitution


def registered_answer(state: Party, version: int | None = None) -> PartyAnswer:
    """As every door answers of a party."""
    return PartyAnswer(
        version=version,
        id=PartyId(state.id),
        kind=state.kind,
        name=state.name,
        uscc=state.uscc,
        division=state.division,
        certificate=state.certificate,
        verified=state.verified,
        suspended=state.suspended,
        institution=state.institution,
        bidder_kind=bidder_kind(state),
        type=type_of(state),
        hub_id=state.hub_id,
    )


def _registered(world: World, command: party.RegisterParty, cause: UUID) -> PartyAnswer:
    return registered_answer(world.get(Party, party.party_id(command, cause)))


def _decided(world: World, command: _OfParty, cause: UUID) -> PartyAnswer:
    return registered_answer(world.get(Party, command.party_id))


def _tied(world: World, command: tie.DeclareTie, cause: UUID) -> TieAnswer:
    return TieAnswer(party_id=command.party_id, tied_to=command.tied_to)


def _issued(world: World, command: key.IssueKey, cause: UUID) -> KeyAnswer:
    return _key_answer(world.get(Key, key.key_of(command.digest)))


def _revoked(world: World, command: key.RevokeKey, cause: UUID) -> KeyAnswer:
    return _key_answer(world.get(Key, command.key_id))


def _key_answer(state: Key) -> KeyAnswer:
    return KeyAnswer(
        id=KeyId(state.id),
        party_id=state.party_id,
        person_id=state.person_id,
        role=state.role,
        expires_at=state.expires_at,
        revoked=state.revoked,
    )


def _subject(command: _OfParty | tie.DeclareTie, cause: UUID) -> Ref:
    return (Party, command.party_id)


async def _one(connection: Connection, asked: Asked) -> EntryAnswer:
    id = asked.id("party_id")
    entry = await store.entry(connection, id)
    if entry is None:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    public = registered_answer(entry.party, entry.version).model_dump()
    if asked.by is None or asked.by.role is not Role.REGISTRAR:
        return EntryAnswer(**public)
    entered = entry.registration
    return EntryAnswer(
        **public, real_name=entered.real_name, registered_by=entered.registered_by, newer_reason=entered.newer_reason
    )


async def _list(connection: Connection, asked: Asked) -> PartiesPage:
    kind = asked.query.get("kind")
    if kind is not None and kind not in set(PartyKind):
        raise Refused("unknown_kind", status=422, field="kind", kinds=", ".join(PartyKind))
    entries = await store.entries(connection, kind, _digits(asked.query.get("division")), asked.cursor, asked.limit)
    return PartiesPage(
        parties=tuple(registered_answer(entry.party, entry.version) for entry in entries),
        next=entries[-1].party.id if len(entries) == asked.limit else None,
    )


def _digits(code: str | None) -> str | None:
    """What the codes of a division and of all below it begin with."""
    if code is None:
        return None
    if fault := division.check(code):
        raise fault.refused("division_wrong", "division")
    match division.level(code):
        case division.Level.PROVINCE:
            return code[:2]
        case division.Level.PREFECTURE:
            return code[:4]
        case _:
            return code


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/parties",
        command=party.RegisterParty,
        roles=REGISTRAR,
        refs=party.register_refs,
        decide=party.register_party,
        subject=lambda command, cause: (Party, party.party_id(command, cause)),
        answer=_registered,
        summary="登记主体(由另一登记员核验) · Register a party; another registrar verifies it",
    ),
    Post(
        path="/v1/parties/{party_id}/verifications",
        command=standing.VerifyParty,
        roles=REGISTRAR,
        refs=standing.party_refs,
        decide=standing.verify_party,
        subject=_subject,
        answer=_decided,
        summary="核验他人登记的主体,此后可办理业务 · Verify a party that another person registered",
    ),
    Post(
        path="/v1/parties/{party_id}/suspensions",
        command=standing.SuspendParty,
        roles=REGISTRAR,
        refs=standing.party_refs,
        decide=standing.suspend_party,
        subject=_subject,
        answer=_decided,
        summary="暂停主体,直至再次核验 · Suspend a party until it is verified again",
    ),
    Post(
        path="/v1/parties/{party_id}/institution-class",
        command=institution.ClassifyInstitution,
        roles=REGISTRAR,
        refs=institution.classify_refs,
        decide=institution.classify_institution,
        subject=_subject,
        answer=_decided,
        summary="登记事业单位的分类(公益一类、公益二类、生产经营类) · Record the class of a public institution",
    ),
    Post(
        path="/v1/parties/{party_id}/ties",
        command=tie.DeclareTie,
        roles=REGISTRAR | {Role.EVALUATOR},
        refs=tie.tie_refs,
        decide=tie.declare_tie,
        subject=_subject,
        answer=_tied,
        summary="申报自然人与主体有关联,须回避 · Declare a tie: this person may not judge that party",
    ),
    Post(
        path="/v1/parties/{party_id}/keys",
        command=key.IssueKey,
        roles=REGISTRAR,
        refs=key.issue_refs,
        decide=key.issue_key,
        subject=lambda command, cause: (Key, key.key_of(command.digest)),
        answer=_issued,
        summary="签发密钥(只收摘要,不收密钥本身) · Issue a key by its SHA-256",
    ),
    Post(
        path="/v1/keys/{key_id}/revocations",
        command=key.RevokeKey,
        roles=REGISTRAR,
        refs=key.revoke_refs,
        decide=key.revoke_key,
        subject=lambda command, cause: (Key, command.key_id),
        answer=_revoked,
        summary="吊销密钥 · Revoke a key",
    ),
    Get(
        path="/v1/parties",
        roles=PUBLIC,
        handler=_list,
        answer=PartiesPage,
        summary="主体列表(可按类别和区划) · Parties, by kind and division",
        query={
            "kind": "主体类别 · one kind of party",
            "division": "区划代码,含其下级 · a division code: parties in it and below",
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
    Get(
        path="/v1/parties/{party_id}",
        roles=PUBLIC,
        handler=_one,
        answer=EntryAnswer,
        summary="一个主体 · One party",
    ),
)
