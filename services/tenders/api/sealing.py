"""What happens to bids and keys at the door: sealed, split or wrapped before any transaction, then forgotten."""

import secrets
from hashlib import sha256
from typing import TypedDict

from events.database import Connection
from schemas.canonical import canonical
from schemas.envelope import (
    HOLDERS,
    KEY_BYTES,
    Envelope,
    Holder,
    bid_place,
    keeper_place,
    new_key,
    public_of,
    split,
    usable,
)
from schemas.envelope import seal as seal_to
from schemas.ids import ProjectId
from schemas.refused import Refused
from schemas.tender import BidContent
from services.kit.vault import Vault
from services.tenders import store
from services.tenders.rules import opening, sealing
from services.tenders.rules.envelopes import releasing, sharing
from services.tenders.rules.envelopes.kept import Escrow, Keeper, Locked, Share, released_place, share_place
from services.tenders.rules.project import Project, place


class Door(TypedDict):
    """The part of a `SealedBid` that depends on whose key it is sealed with."""

    sealed: bytes
    envelope: Envelope
    public_key: str | None


def at_the_door(project: Project | None, content: BidContent, own: str | None, vault: Vault) -> Door:
    """With the bidder's own key, which is then forgotten; else with the tender's; else with the installation's.

    Without any the tender is not open, and the decision says why.
    """
    plain = canonical(content)
    info = bid_place(content.project_id, content.bidder_id)
    if own is not None:
        public = public_of(bytes.fromhex(own))
        return Door(sealed=seal_to(plain, public, info), envelope=Envelope.OWN, public_key=public.hex())
    escrow = project.sealing.escrow if project is not None and project.sealing is not None else None
    if escrow is not None:
        sealed = seal_to(plain, bytes.fromhex(escrow.public_key), info)
        return Door(sealed=sealed, envelope=Envelope.ESCROW, public_key=None)
    key = project.key if project is not None else None
    sealed = vault.seal(key, plain, place(content.project_id, content.bidder_id)) if key else b""
    return Door(sealed=sealed, envelope=Envelope.INSTALLATION, public_key=None)


async def hand_in(connection: Connection, command: sealing.HandInBid, vault: Vault) -> sealing.SealedBid:
    """Ciphertext as it came. What can be read here was not sealed, and is turned away before it is kept."""
    sealed = bytes.fromhex(command.sealed)
    if _readable(sealed):
        raise Refused("bid_not_sealed", status=422, field="sealed")
    return sealing.SealedBid(
        project_id=command.project_id,
        bidder_id=command.bidder_id,
        sealed=sealed,
        digest=command.digest,
        replaces=command.replaces,
        envelope=Envelope.ESCROW if command.public_key is None else Envelope.OWN,
        public_key=command.public_key,
    )


def _readable(sealed: bytes) -> bool:
    """Text in UTF-8: of 48 random bytes and more, fewer than one in a billion are."""
    try:
        sealed.decode()
    except UnicodeDecodeError:
        return False
    return True


async def with_keys(connection: Connection, command: opening.OpenTender, vault: Vault) -> opening.OpenTenderWithKey:
    """Randomness comes from outside the decision, which may need it or not."""
    found = await store.project(connection, command.project_id)
    keepers: list[Keeper] = []
    if found is not None and command.supervisor_id is not None:
        keepers = await store.keepers(connection, {found[0].brief.funder_id, command.supervisor_id})
    escrow = None
    if found is not None and len(keepers) == 2:
        escrow = make_escrow(found[0], keepers, vault)
    return opening.OpenTenderWithKey(
        project_id=command.project_id,
        key=vault.new_key(),
        supervisor_id=command.supervisor_id,
        keepers=tuple(keepers),
        escrow=escrow,
    )


def make_escrow(project: Project, keepers: list[Keeper], vault: Vault) -> Escrow:
    """A key pair whose private key exists only here, and whose shares only their keepers can read."""
    buyer, supervisor = sorted(keepers, key=lambda keeper: keeper.party_id != project.brief.funder_id)
    private = new_key()
    shares = split(private, (secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)))
    kept: dict[Holder, Keeper | None] = {Holder.BUYER: buyer, Holder.SUPERVISOR: supervisor, Holder.RECOVERY: None}
    return Escrow(
        public_key=public_of(private).hex(),
        shares=tuple(_share(project.project_id, holder, shares[holder], kept[holder], vault) for holder in HOLDERS),
    )


def _share(project_id: ProjectId, holder: Holder, share: bytes, keeper: Keeper | None, vault: Vault) -> Share:
    sealed = seal_to(share, bytes.fromhex(keeper.public_key), keeper_place(project_id, holder)) if keeper else None
    return Share(
        holder=holder,
        keeper_id=keeper.party_id if keeper else None,
        digest=sha256(share).hexdigest(),
        sealed=sealed,
        locked=None if keeper else lock(share, share_place(project_id), vault),
    )


def lock(secret: bytes, at: bytes, vault: Vault) -> Locked:
    key = vault.new_key()
    return Locked(key=key, sealed=vault.seal(key, secret, at))


async def lock_key(connection: Connection, command: releasing.ReleaseKey, vault: Vault) -> releasing.ReleasedKey:
    """What the decision keeps, should it keep anything."""
    at = released_place(command.project_id, command.bid_id)
    secret = bytes.fromhex(command.key)
    return releasing.ReleasedKey(
        project_id=command.project_id, bid_id=command.bid_id, key=command.key, locked=lock(secret, at, vault)
    )


async def lock_share(connection: Connection, command: sharing.HandInShare, vault: Vault) -> sharing.HandedInShare:
    locked = lock(bytes.fromhex(command.share), share_place(command.project_id), vault)
    return sharing.HandedInShare(project_id=command.project_id, share=command.share, locked=locked)


async def check_keeper(connection: Connection, command: sharing.KeepShares, vault: Vault) -> sharing.CheckedKeeper:
    """A point of low order would be found only when a tender opens."""
    return sharing.CheckedKeeper(
        party_id=command.party_id,
        public_key=command.public_key,
        usable=usable(bytes.fromhex(command.public_key)),
    )
