"""How a resident's entry leaves the request: as ciphertext under a key of the person's own, and a keyed digest."""

from uuid import UUID

from schemas.canonical import canonical
from schemas.ids import PartyId
from services.kit.vault import Vault
from services.needs.rules.residents.person import ResidentDraft
from services.needs.rules.residents.register import place

_PERSONAL = frozenset(ResidentDraft.model_fields)


def identity_of(vault: Vault, community_id: PartyId, draft: ResidentDraft) -> UUID:
    """128 bits of the keyed digest; another in every community, so that two registers cannot be compared."""
    return UUID(bytes=vault.digest(b"resident\0" + community_id.bytes + draft.compared)[:16])


def seal_draft(vault: Vault, key: bytes, draft: ResidentDraft, id: UUID) -> str:
    plain = canonical({name: value for name, value in draft.model_dump(mode="json").items() if name in _PERSONAL})
    return vault.seal(key, plain, place(id)).hex()
