"""A bidder's and a keeper's part of sealing, done at home: nothing here speaks to an installation."""

import secrets
from hashlib import sha256

from schemas.bilingual import Bilingual
from schemas.canonical import canonical, digest_of
from schemas.envelope import bid_place, keeper_place, seal, unseal
from schemas.personal import must_be_public
from schemas.tender import BidContent
from services.tenders.api.envelopes import SealedShares
from services.tenders.rules.sealing import HandInBid, SealBid

SALT_BYTES = 32


class NotYourShare(Bilingual):
    """No share opens with this key, or it is not the one that was announced."""


def sealed(offer: SealBid, public_key: bytes, *, own: bool) -> HandInBid:
    """What to post to `sealed-bids`. `own`: the key is the bidder's, and not the tender's.

    Refused where the server would refuse it: once sealed nobody could look, and it would be found out at the opening.
    """
    must_be_public(offer.proposal, "proposal")
    must_be_public(offer.quotation, "quotation")
    content = BidContent(
        project_id=offer.project_id,
        bidder_id=offer.bidder_id,
        price=offer.price,
        proposal=offer.proposal,
        salt=secrets.token_hex(SALT_BYTES),
        quotation=offer.quotation,
    )
    envelope = seal(canonical(content), public_key, bid_place(offer.project_id, offer.bidder_id))
    return HandInBid(
        project_id=offer.project_id,
        bidder_id=offer.bidder_id,
        sealed=envelope.hex(),
        digest=digest_of(content),
        public_key=public_key.hex() if own else None,
        replaces=offer.replaces,
    )


def opened_share(answer: SealedShares, private: bytes) -> bytes:
    """The one of the shares that this key opens: what to post to `shares`, after the deadline and not before."""
    for share in answer.shares:
        found = unseal(bytes.fromhex(share.sealed), private, keeper_place(answer.project_id, share.holder))
        if found is not None and sha256(found).hexdigest() == share.digest:
            return found
    raise NotYourShare(
        "没有一份额能用这把私钥打开,或者与公布的摘要不符。请换用登记时的私钥。",
        "No share opens with this key, or it is not the one announced; use the key registered then.",
    )
