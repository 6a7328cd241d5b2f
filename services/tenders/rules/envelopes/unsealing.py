"""Opens every bid whose key is there, and proves each to be what was sealed. What does not open spoils itself alone."""

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from pydantic import Field, ValidationError

from schemas.canonical import digest_of
from schemas.deciding import Context
from schemas.envelope import SHARES_NEEDED, Envelope, Holder, bid_place, join, public_of, unseal
from schemas.fact import Fact
from schemas.model import Model
from schemas.money import Positive
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.tender import BidContent, BidsOpened, OpenedBid, TenderVoided
from schemas.unsealing import BidSpoiled
from services.tenders.rules.correcting import quoted
from services.tenders.rules.envelopes.kept import Escrow, ReleasesEnded, Share, released_place, share_place
from services.tenders.rules.project import Bid, Project, place

PER_FACT = 20
"""Opened bids per fact: the longest proposals of so many still fit through the broker."""


class Within(BidContent):
    """What a bid may say: nobody looked at it when it came in."""

    price: Annotated[Positive, Field(repr=False)]
    proposal: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*$", repr=False)]
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]


def go_on(project: Project, bids: list[Bid], context: Context) -> list[Model]:
    """Opens the bids if every key is there; nothing while one is missing."""
    if any(waits(bid) for bid in bids):
        return []
    escrowed = any(bid.envelope is Envelope.ESCROW for bid in bids)
    if escrowed and not _escrow(project).complete:
        return [ReleasesEnded(project_id=project.project_id)]
    return [*open_bids(project, bids, context)]


def waits(bid: Bid) -> bool:
    """For its bidder's own key."""
    return bid.envelope is Envelope.OWN and bid.released is None


def open_bids(project: Project, bids: list[Bid], context: Context) -> list[Fact]:
    tenders_key = _joined(project, context) if any(bid.envelope is Envelope.ESCROW for bid in bids) else None
    opened: list[OpenedBid] = []
    said: list[Fact] = []
    priced: list[Fact] = []
    for bid in bids:
        match _opened(project, bid, tenders_key, context):
            case BidContent() as content:
                opened.append(_shown(bid, content))
                priced += quoted(project, bid, content, context)
            case BidSpoiled() as spoiled:
                said.append(spoiled)
    if not opened:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source("tender.qualified_least").text
        return [*said, TenderVoided(project_id=project.project_id, code="none_opened", source=source)]
    parts = (opened[start : start + PER_FACT] for start in range(0, len(opened), PER_FACT))
    return [*said, *(BidsOpened(project_id=project.project_id, bids=tuple(part)) for part in parts), *priced]


def _opened(project: Project, bid: Bid, tenders_key: bytes | None, context: Context) -> BidContent | BidSpoiled:
    """What the bid says, or what is wrong with it."""
    assert bid.sealed is not None, f"bid {bid.id} has nothing to open"
    if bid.envelope is Envelope.INSTALLATION:
        assert project.key is not None, f"project {project.id} has no key"
        content = BidContent.model_validate_json(
            context.vault.open(project.key, bid.sealed, place(bid.project_id, bid.bidder_id))
        )
        assert digest_of(content) == bid.digest, f"bid {bid.id} is not what was sealed"
        return content
    if sha256(bid.sealed).hexdigest() != bid.sealed_digest:
        return _spoiled(bid, code="envelope_altered")
    private = tenders_key if bid.envelope is Envelope.ESCROW else released(bid, context)
    assert private is not None, f"bid {bid.id} is opened without its key"
    plain = unseal(bid.sealed, private, bid_place(bid.project_id, bid.bidder_id))
    return _spoiled(bid, code="envelope_unreadable") if plain is None else _checked(bid, plain)


def _spoiled(bid: Bid, code: str) -> BidSpoiled:
    return BidSpoiled(project_id=bid.project_id, bid_id=bid.bid_id, code=code)


def _checked(bid: Bid, plain: bytes) -> BidContent | BidSpoiled:
    try:
        content = Within.model_validate_json(plain, strict=True)
    except ValidationError:
        return _spoiled(bid, code="content_malformed")
    if (content.project_id, content.bidder_id) != (bid.project_id, bid.bidder_id):
        return _spoiled(bid, code="content_of_another")
    if digest_of(content) != bid.digest:
        return _spoiled(bid, code="bid_digest_differs")
    try:
        must_be_public(content.proposal, "proposal")
        must_be_public(content.quotation, "quotation")
    except Refused:
        return _spoiled(bid, code="proposal_not_public")
    return content


def _shown(bid: Bid, content: BidContent) -> OpenedBid:
    return OpenedBid(
        bid_id=bid.bid_id,
        bidder_id=bid.bidder_id,
        price=content.price,
        proposal=content.proposal,
        salt=content.salt,
        digest=bid.digest,
    )


def released(bid: Bid, context: Context) -> bytes | None:
    return bid.released.open(context.vault, released_place(bid.project_id, bid.bid_id)) if bid.released else None


def _joined(project: Project, context: Context) -> bytes:
    escrow = _escrow(project)
    handed_in = [share for share in escrow.shares if share.handed_in][:SHARES_NEEDED]
    one, other = (_unlocked(project, share, context) for share in handed_in)
    private = join(one, other)
    assert public_of(private).hex() == escrow.public_key, f"project {project.id}: the shares make another key"
    return private


def _unlocked(project: Project, share: Share, context: Context) -> tuple[Holder, bytes]:
    assert share.locked is not None, f"the {share.holder}'s share of project {project.id} is gone"
    return share.holder, share.locked.open(context.vault, share_place(project.project_id))


def _escrow(project: Project) -> Escrow:
    escrow = project.sealing.escrow if project.sealing else None
    assert escrow is not None, f"project {project.id} has no escrow"
    return escrow


def after_release(bids: list[Bid], bid: Bid) -> list[Bid]:
    """The bids with this one as it is now."""
    return [bid if other.id == bid.id else other for other in bids]


def with_escrow(project: Project, escrow: Escrow) -> Project:
    assert project.sealing is not None, f"project {project.id} has no escrow"
    return replace(project, sealing=project.sealing.model_copy(update={"escrow": escrow}))
