"""From the deadline to readable bids, where keys have to come together first. No fact here holds a key or a share."""

from datetime import datetime
from typing import ClassVar

from schemas.envelope import Envelope, Holder, Key
from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.project import ProjectFact


class ShareMade(Model):
    """One of the three shares, by the SHA-256 of it. The recovery share has no keeper."""

    holder: Holder
    keeper_id: PartyId | None
    digest: Key


class EscrowMade(ProjectFact):
    """The tender has a key pair of its own; any two of three shares make the private key, which nobody kept."""

    type: ClassVar[str] = "escrow.made"

    public_key: Key
    shares: tuple[ShareMade, ...]


class BidEnveloped(ProjectFact):
    """Whose key the bid waits for, and the SHA-256 of its ciphertext: what is opened is what was handed in."""

    type: ClassVar[str] = "bid.enveloped"

    bid_id: BidId
    envelope: Envelope
    sealed_digest: Key


class OpeningAwaited(ProjectFact):
    """The tender closed with enough bids; they are opened as soon as the keys are there.

    `keys`: bids that wait for their bidders' own, until `release_until` (exclusive); `shares`: of the tender's key.
    """

    type: ClassVar[str] = "opening.awaited"

    keys: int
    shares: int
    release_until: datetime


class KeyReleased(ProjectFact):
    type: ClassVar[str] = "key.released"

    bid_id: BidId


class BidUnreleased(ProjectFact):
    """The bidder did not release its key in time; the bid counts as withdrawn and was read by nobody."""

    type: ClassVar[str] = "bid.unreleased"

    bid_id: BidId
    source: str


class ShareHandedIn(ProjectFact):
    """A share came in after the deadline; `handed_in_by` is the person."""

    type: ClassVar[str] = "share.handed_in"

    holder: Holder
    handed_in_by: PartyId


class RecoveryUsed(ProjectFact):
    """The recovery share stood in for a keeper's: who used it, and why."""

    type: ClassVar[str] = "recovery.used"

    used_by: PartyId
    reason: str


class BidSpoiled(ProjectFact):
    """The bid could not be opened to what its digest says; it takes no part. `code` is a sentence of tenders."""

    type: ClassVar[str] = "bid.spoiled"

    bid_id: BidId
    code: str
