"""A told tender whose bids wait for keys: its bidder's, and two shares of its own."""

from datetime import timedelta
from uuid import uuid5

from schemas.envelope import HOLDERS, Envelope, Holder
from schemas.fact import Fact
from schemas.ids import BidId
from schemas.unsealing import (
    BidEnveloped,
    BidSpoiled,
    BidUnreleased,
    EscrowMade,
    KeyReleased,
    OpeningAwaited,
    RecoveryUsed,
    ShareHandedIn,
    ShareMade,
)
from tests.services.audit.stories import DIGEST, NOON, Told


def unsealed(told: Told) -> list[Fact]:
    p, spoiled = told.project, BidId(uuid5(told.project, "spoiled"))
    shares = tuple(ShareMade(holder=holder, keeper_id=None, digest=DIGEST) for holder in HOLDERS)
    return [
        EscrowMade(project_id=p, public_key="1" * 64, shares=shares),
        BidEnveloped(project_id=p, bid_id=told.bid, envelope=Envelope.OWN, sealed_digest=DIGEST),
        BidEnveloped(project_id=p, bid_id=spoiled, envelope=Envelope.ESCROW, sealed_digest=DIGEST),
        OpeningAwaited(project_id=p, keys=2, shares=2, release_until=NOON + timedelta(hours=24)),
        KeyReleased(project_id=p, bid_id=told.bid),
        BidUnreleased(project_id=p, bid_id=spoiled, source="示例"),
        ShareHandedIn(project_id=p, holder=Holder.BUYER, handed_in_by=told.person),
        RecoveryUsed(project_id=p, used_by=told.other, reason="监督人的私钥已损坏"),
        ShareHandedIn(project_id=p, holder=Holder.RECOVERY, handed_in_by=told.other),
        BidSpoiled(project_id=p, bid_id=spoiled, code="envelope_unreadable"),
    ]
