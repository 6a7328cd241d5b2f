"""Parties: who may act, and what their standing is. Natural persons appear by id only; names stay in registry."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID, uuid5

from pydantic import Field

from schemas.fact import PARTIES, Fact
from schemas.ids import KeyId, PartyId
from schemas.model import Model
from schemas.role import Role


class PartyKind(StrEnum):
    COMMUNITY = "community"
    FUNDER = "funder"
    ORGANIZATION = "organization"
    SOCIAL_WORKER = "social_worker"
    EVALUATOR = "evaluator"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SUPERVISION_COMMITTEE = "supervision_committee"
    """居务监督委员会 of a community: the one with the same division code"""
    PROCUREMENT_SUPERVISOR = "procurement_supervisor"
    """财政部门, which supervises the purchases of its division's buyers"""


ROLES: dict[PartyKind, frozenset[Role]] = {
    PartyKind.COMMUNITY: frozenset({Role.COMMUNITY, Role.PROVIDER}),
    PartyKind.FUNDER: frozenset({Role.FUNDER, Role.FINANCE}),
    PartyKind.ORGANIZATION: frozenset({Role.PROVIDER}),
    PartyKind.SOCIAL_WORKER: frozenset({Role.PROVIDER}),
    PartyKind.EVALUATOR: frozenset({Role.EVALUATOR}),
    PartyKind.REGISTRAR: frozenset({Role.REGISTRAR}),
    PartyKind.AUDITOR: frozenset({Role.AUDITOR}),
    PartyKind.OPERATOR: frozenset({Role.OPERATOR}),
    PartyKind.SUPERVISION_COMMITTEE: frozenset({Role.SUPERVISOR}),
    PartyKind.PROCUREMENT_SUPERVISOR: frozenset({Role.PROCUREMENT_SUPERVISOR}),
}
"""Which roles a person may act in for a party of each kind."""

NATURAL_PERSONS = frozenset({PartyKind.SOCIAL_WORKER, PartyKind.EVALUATOR})

DivisionCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3}){0,2}$")]
"""区划代码, GB/T 2260 and its extension: 6 digits county, 9 street, 12 community."""

_COMMITTEES = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000005")


def committee_of(division: str) -> PartyId:
    """The supervision committee of a community, by the community's division: one division has one."""
    return PartyId(uuid5(_COMMITTEES, division))


class CertificateLevel(StrEnum):
    ASSISTANT = "assistant"
    """助理社会工作师"""
    SOCIAL_WORKER = "social_worker"
    """社会工作师"""
    SENIOR = "senior"
    """高级社会工作师"""


class Certificate(Model):
    """社会工作者职业资格: the certificate does not lapse, its registration (登记) does."""

    level: CertificateLevel
    registered_until: date


class InstitutionClass(StrEnum):
    """事业单位分类: which public institutions may be providers. A credit code does not tell."""

    FIRST = "first"
    """公益一类: neither buyer nor provider"""
    SECOND = "second"
    """公益二类"""
    PRODUCTION = "production"
    """生产经营类"""


class TieKind(StrEnum):
    """Why an evaluator may not score a bidder: 政府采购法实施条例 第九条."""

    EMPLOYMENT = "employment"
    BOARD = "board"
    CONTROL = "control"
    KINSHIP = "kinship"
    OTHER = "other"


class PartyFact(Fact):
    stream: ClassVar[str] = PARTIES
    key_field: ClassVar[str] = "party_id"

    party_id: PartyId


class PartyRegistered(PartyFact):
    """A registrar entered a party. It may not act until it is verified."""

    type: ClassVar[str] = "party.registered"
    version: ClassVar[int] = 3

    kind: PartyKind
    name: str | None
    """the public name; none for a natural person"""
    uscc: str | None
    """统一社会信用代码, GB 32100-2015; none for a natural person"""
    division: DivisionCode
    certificate: Certificate | None


class PartyVerified(PartyFact):
    """A registrar checked the papers; from here on the party may act."""

    type: ClassVar[str] = "party.verified"


class PartySuspended(PartyFact):
    """The party may not act until it is verified again."""

    type: ClassVar[str] = "party.suspended"

    reason: str


class TieDeclared(PartyFact):
    """A natural person (`party_id`) has a tie to another party, and recuses from judging it."""

    type: ClassVar[str] = "tie.declared"

    tied_to: PartyId
    kind: TieKind


class InstitutionClassified(PartyFact):
    """A registrar recorded which class a public institution is of, and on which paper; a later one replaces it."""

    type: ClassVar[str] = "institution.classified"

    institution: InstitutionClass
    basis: str


class KeyIssued(PartyFact):
    """An API key: only the SHA-256 of its 256 random bits travels, so every service can know a caller."""

    type: ClassVar[str] = "key.issued"
    version: ClassVar[int] = 3

    key_id: KeyId
    person_id: PartyId
    """the natural person who acts, by id"""
    role: Role
    digest: str
    expires_at: datetime


class KeyRevoked(PartyFact):
    type: ClassVar[str] = "key.revoked"

    key_id: KeyId
