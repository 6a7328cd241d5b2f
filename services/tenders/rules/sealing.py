"""Sealed bids: who may hand one in, until when, and how it is replaced or withdrawn. Content is ciphertext here."""

from datetime import datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World, new_id
from schemas.eligible import circle_of, must_be_eligible
from schemas.envelope import MOST_SEALED_BYTES, OVERHEAD_BYTES, Envelope, Key
from schemas.fact import Command, Note
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Positive
from schemas.quotation import Quotation
from schemas.refused import Refused
from schemas.standing import Party, party
from schemas.tender import BidSealed, BidWithdrawn
from services.tenders.rules.envelopes.enveloping import enveloped, must_fit
from services.tenders.rules.project import Bid, Phase, Project, bids_of


class SealBid(Command):
    """What a bidder hands in. It is sealed before the transaction begins and never reaches a decision."""

    project_id: ProjectId
    bidder_id: PartyId
    """the caller's own party"""
    price: Annotated[Positive, Field(repr=False)]
    """above zero; a price above the ceiling is found at opening and disqualified"""
    proposal: Annotated[str, Field(min_length=1, max_length=4000, repr=False)]
    quotation: Annotated[Quotation | None, Field(repr=False)] = None
    """a priced list, and the price in capitals; amounts that differ are put right at the opening"""
    replaces: BidId | None = None
    """the caller's earlier bid, to be withdrawn for this one"""
    key: Annotated[Key | None, Field(repr=False)] = None
    """32 random bytes in hex, the bidder's own key: the server seals the bid with it at the door and forgets it"""


class HandInBid(Command):
    """A bid its bidder sealed. Nobody here knows a price; whether it is what its digest says shows when opened."""

    project_id: ProjectId
    bidder_id: PartyId
    """the caller's own party"""
    sealed: Annotated[
        str,
        Field(pattern=r"^([0-9a-f]{2})+$", min_length=2 * OVERHEAD_BYTES, max_length=2 * MOST_SEALED_BYTES, repr=False),
    ]
    """the envelope in hex, see `schemas.envelope`"""
    digest: Key
    """SHA-256 of the canonical `BidContent`"""
    public_key: Key | None = None
    """of the bidder's own key for this one bid; none when it is sealed to the tender's"""
    replaces: BidId | None = None
    """the caller's earlier bid, to be withdrawn for this one"""


class SealedBid(Command):
    """`SealBid` as it reaches the transaction: ciphertext, and the digest of content with salt."""

    project_id: ProjectId
    bidder_id: PartyId
    sealed: bytes
    """empty when there was no key to seal with: the tender was not open"""
    digest: str
    replaces: BidId | None
    envelope: Envelope = Envelope.INSTALLATION
    public_key: str | None = None


class WithdrawBid(Command):
    project_id: ProjectId
    bid_id: BidId


class BidKept(Note):
    """Who bid, and the ciphertext: rows of tenders until opening, and never a fact."""

    project_id: ProjectId
    bid_id: BidId
    bidder_id: PartyId
    sealed: bytes
    digest: str
    sealed_at: datetime
    envelope: Envelope
    sealed_digest: str
    public_key: str | None


def seal_refs(command: SealedBid, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.bidder_id), (Bid, new_id(cause, "bid")))


def seal_bid(world: World, command: SealedBid, context: Context) -> list[Model]:
    """One bid per party; another only in place of its own earlier one, and all before the deadline."""
    project = world.get(Project, command.project_id)
    _check_open(project, context)
    if not command.sealed:
        raise Refused("tender_just_opened", project=str(project.id))
    must_fit(project, command.envelope, context)
    context.by.must_be(command.bidder_id)
    bidder = party(world, command.bidder_id)
    check_capacity(bidder, project, context)
    project.preparation.must_be_invited(command.bidder_id, context.rulebooks.by_hash(project.agreed.rulebook))
    withdrawn = _replaced(bids_of(world, project), command)
    bid_id = BidId(context.new_id("bid"))
    kept = BidKept(
        project_id=project.project_id,
        bid_id=bid_id,
        bidder_id=command.bidder_id,
        sealed=command.sealed,
        digest=command.digest,
        sealed_at=context.at,
        envelope=command.envelope,
        sealed_digest=sha256(command.sealed).hexdigest(),
        public_key=command.public_key,
    )
    said = BidSealed(project_id=project.project_id, bid_id=bid_id, digest=command.digest)
    return [*withdrawn, kept, said, *enveloped(project, bid_id, kept.envelope, kept.sealed_digest)]


def _check_open(project: Project, context: Context) -> None:
    if project.closes_at is not None and context.at >= project.closes_at:
        source = context.rulebooks.by_hash(project.agreed.rulebook).source("tender.deadline")
        raise Refused("bid_after_deadline", source, closes_at=project.closes_at)
    project.must_be_in(Phase.OPEN)


def check_capacity(bidder: Party, project: Project, context: Context) -> None:
    """All that is asked of a bidder on the day; matching tells it the same before (`schemas.eligible`)."""
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    circle = circle_of(project.brief.funder_id, rulebook, project.agreed.narrowing)
    must_be_eligible(bidder, circle, context.today)


def _replaced(bids: list[Bid], command: SealedBid) -> list[BidWithdrawn]:
    if command.replaces is not None:
        _owned(bids, command.replaces, command.bidder_id)
        return [BidWithdrawn(project_id=command.project_id, bid_id=command.replaces)]
    for bid in bids:
        if bid.bidder_id == command.bidder_id:
            raise Refused("already_bid", field="replaces", bid=str(bid.id))
    return []


def _owned(bids: list[Bid], bid_id: BidId, party_id: PartyId) -> Bid:
    for bid in bids:
        if bid.id == bid_id:
            if bid.bidder_id != party_id:
                raise Refused("bid_of_another", status=403, bid=str(bid_id))
            return bid
    raise Refused("no_such_bid", status=404, bid=str(bid_id))


def withdraw_bid(world: World, command: WithdrawBid, context: Context) -> list[BidWithdrawn]:
    project = world.get(Project, command.project_id)
    _check_open(project, context)
    bid = _owned(bids_of(world, project), command.bid_id, context.by.party_id)
    return [BidWithdrawn(project_id=project.project_id, bid_id=bid.bid_id)]
