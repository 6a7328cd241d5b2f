"""What is remembered of keys: how a tender is sealed, its shares, and what was handed in, wrapped by the vault."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from schemas.deciding import State, Vault
from schemas.envelope import SHARES_NEEDED, Holder, SealingRule
from schemas.fact import Note
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.role import Role

SEALING = "tender.sealing"
RELEASE_HOURS = "tender.release_hours"


def share_place(project_id: ProjectId) -> bytes:
    """Where the vault keeps a share that came in, and the recovery share."""
    return f"share/{project_id}".encode()


def released_place(project_id: ProjectId, bid_id: BidId) -> bytes:
    return f"key/{project_id}/{bid_id}".encode()


class Locked(Model):
    """A secret that came in after the deadline, or the recovery share, as the vault keeps it."""

    key: bytes
    sealed: bytes

    def open(self, vault: Vault, place: bytes) -> bytes:
        return vault.open(self.key, self.sealed, place)


class Share(Model):
    """One of three. `sealed`: for its keeper alone (HPKE), none of the recovery share, which has no keeper and is
    `locked` from the beginning. `digest`: SHA-256 of the share, 64 random bytes, so that it tells nothing."""

    holder: Holder
    keeper_id: PartyId | None
    digest: str
    sealed: bytes | None
    locked: Locked | None = None
    handed_in: bool = False


class Escrow(Model):
    public_key: str
    shares: tuple[Share, ...]

    @property
    def complete(self) -> bool:
        return sum(share.handed_in for share in self.shares) >= SHARES_NEEDED

    def share(self, holder: Holder) -> Share:
        return next(share for share in self.shares if share.holder is holder)

    def kept_by(self, party_id: PartyId) -> Share | None:
        return next((share for share in self.shares if share.keeper_id == party_id), None)

    def with_share(self, holder: Holder, locked: Locked) -> "Escrow":
        """Handed in."""
        shares = (
            share.model_copy(update={"locked": locked, "handed_in": True}) if share.holder is holder else share
            for share in self.shares
        )
        return self.model_copy(update={"shares": tuple(shares)})

    def over(self) -> "Escrow":
        """Without what could still be opened."""
        return self.model_copy(
            update={"shares": tuple(share.model_copy(update={"locked": None}) for share in self.shares)}
        )


class Sealing(Model):
    """By which rule of its rulebook a tender is sealed; none of editions from before there was a choice."""

    rule: SealingRule
    release_hours: int
    escrow: Escrow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper(State):
    """The public key, by party, to which shares of coming tenders are sealed."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    public_key: str
    role: Role
    person_id: PartyId

    @property
    def party_id(self) -> PartyId:
        return PartyId(self.id)


class KeeperKept(Note):
    party_id: PartyId
    public_key: str
    role: Role
    person_id: PartyId


class KeyKeptBack(Note):
    """A bidder's released key, until its bid is opened."""

    project_id: ProjectId
    bid_id: BidId
    locked: Locked


class ShareKept(Note):
    project_id: ProjectId
    holder: Holder
    locked: Locked


class ReleasesEnded(Note):
    """No bidder's key is waited for any more."""

    project_id: ProjectId
