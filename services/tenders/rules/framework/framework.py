"""What tenders remembers of a framework: its suppliers, its users' tokens, and what they chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from schemas.deciding import State, new_id
from schemas.disclosure import Deliverer
from schemas.framework import Supplier
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused

METHOD = "tender.method"
FRAMEWORK = "framework"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(State):
    """From its conclusion on; `id` is its project's."""

    community_id: PartyId
    suppliers: tuple[Supplier, ...]
    valid_until: date
    choices_close_at: datetime
    users: int = 0
    chosen: Mapping[PartyId, int] | None = None
    """users by supplier; none until the choices closed"""

    def due(self) -> dict[str, datetime]:
        return {"choices": self.choices_close_at} if self.chosen is None else {}

    def supplier(self, provider_id: PartyId) -> Supplier:
        found = next((one for one in self.suppliers if one.provider_id == provider_id), None)
        if found is None:
            raise Refused("not_a_supplier", status=422, field="provider_id", party=str(provider_id))
        return found

    def must_take_choices(self, at: datetime) -> None:
        if self.chosen is not None or at >= self.choices_close_at:
            raise Refused("choices_closed", closes_at=self.choices_close_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class User(State):
    """A service user by the digest of the token; nobody knows here who that is."""

    framework_id: ProjectId
    choice: PartyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices(State):
    """What all users of a framework chose, counted by the store; `id` is the framework's. No row of its own."""

    counts: Mapping[PartyId, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff:
    """What a project buys of a framework: kept with the project."""

    framework_id: ProjectId
    supplier: Supplier
    proposal_digest: str
    users: int
    of_users: int
    deliverers: tuple[Deliverer, ...] = ()
    """who delivers besides the supplier, as its bid says"""


def user_id(framework_id: UUID, digest: str) -> UUID:
    return new_id(framework_id, f"user {digest}")


def digest_of_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def call_off_id(framework_id: UUID, provider_id: UUID) -> ProjectId:
    """One call-off a supplier: another one of the same users cannot be."""
    return ProjectId(new_id(framework_id, f"call-off {provider_id}"))
