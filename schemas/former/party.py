"""Version 1 of `party.registered` and `key.issued`: before supervision committees."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from schemas.ids import KeyId, PartyId
from schemas.party import Certificate, DivisionCode, PartyFact


class PartyKind(StrEnum):
    COMMUNITY = "community"
    FUNDER = "funder"
    ORGANIZATION = "organization"
    SOCIAL_WORKER = "social_worker"
    EVALUATOR = "evaluator"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Role(StrEnum):
    COMMUNITY = "community"
    FUNDER = "funder"
    PROVIDER = "provider"
    EVALUATOR = "evaluator"
    FINANCE = "finance"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    RESIDENT = "resident"


class PartyRegistered(PartyFact):
    """A registrar entered a party. It may not act until it is verified."""

    type: ClassVar[str] = "party.registered"

    kind: PartyKind
    name: str | None
    """the public name; none for a natural person"""
    uscc: str | None
    """统一社会信用代码, GB 32100-2015; none for a natural person"""
    division: DivisionCode
    certificate: Certificate | None


class KeyIssued(PartyFact):
    """An API key: only the SHA-256 of its 256 random bits travels, so every service can know a caller."""

    type: ClassVar[str] = "key.issued"

    key_id: KeyId
    person_id: PartyId
    """the natural person who acts, by id"""
    role: Role
    digest: str
    expires_at: datetime
