"""A tender whose bids the installation cannot open alone, told by verbs; and the people who hold its keys."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from schemas.canonical import canonical, digest_of
from schemas.deciding import Due
from schemas.envelope import Envelope, Holder, SealingRule, bid_place, keeper_place, new_key, public_of, seal, unseal
from schemas.ids import BidId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Actor, Role
from schemas.rulebook import Rulebook
from schemas.tender import BidContent
from services.tenders.api.sealing import at_the_door, lock, make_escrow
from services.tenders.rules import opening, sealing
from services.tenders.rules.envelopes import releasing, sharing
from services.tenders.rules.envelopes.kept import Keeper, released_place, share_place
from services.tenders.rules.project import Bid, Project
from services.tenders.rules.timers import ring
from tests.services.kit.books import a_document, a_rule, book
from tests.services.tenders.stories import DRAFTER, PROJECT, VAULT, Tendered
from tests.support.pure import an_actor

NEWEST = "example/below-limit@2026.6"


def a_book(rule: SealingRule) -> Rulebook:
    return book(a_document({"tender.sealing": a_rule(rule.value)}, parent=NEWEST, id="320508/sealed"))


@dataclass(slots=True)
class Holding:
    """Somebody who keeps shares, with the private key at home."""

    actor: Actor
    private: bytes

    @property
    def keeper(self) -> Keeper:
        return Keeper(
            id=self.actor.party_id,
            public_key=public_of(self.private).hex(),
            role=self.actor.role,
            person_id=PartyId(self.actor.person_id),
        )


class Enveloped(Tendered):
    """The story of a tender under one of the sealing rules."""

    def __init__(self, rule: SealingRule = SealingRule.BIDDER_KEY) -> None:
        super().__init__()
        self.rulebook = a_book(rule)
        self.buyer = Holding(DRAFTER, new_key())
        self.supervisor = Holding(an_actor(Role.AUDITOR), new_key())
        self.operator = an_actor(Role.OPERATOR)
        self.keys: dict[UUID, bytes] = {}
        """at home with each bidder, by its party"""

    def open(self, by: Actor = DRAFTER, **changes: Any) -> list[Model]:
        keepers = [self.buyer.keeper, self.supervisor.keeper]
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "key": VAULT.new_key(),
            "supervisor_id": self.supervisor.actor.party_id,
            "keepers": tuple(keepers),
            "escrow": make_escrow(self.project, keepers, VAULT),
        }
        return self.do(opening.open_tender, opening.OpenTenderWithKey(**fields | changes), by)

    def own(self, by: Actor, price: int = 100_000_00, **changes: Any) -> list[Model]:
        """A bid under a key of its bidder's."""
        return self.do(sealing.seal_bid, self.sealed_by(by, price, **changes), by)

    def sealed_by(self, by: Actor, price: int = 100_000_00, **changes: Any) -> sealing.SealedBid:
        private = self.keys.setdefault(by.party_id, new_key())
        content = self.content(by, price)
        public = public_of(private)
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "bidder_id": by.party_id,
            "sealed": seal(canonical(content), public, bid_place(PROJECT, by.party_id)),
            "digest": digest_of(content),
            "replaces": None,
            "envelope": Envelope.OWN,
            "public_key": public.hex(),
        }
        return sealing.SealedBid(**fields | changes)

    def at_door(self, by: Actor, price: int = 100_000_00, own: str | None = None) -> list[Model]:
        """Handed to the server, which seals it."""
        content = self.content(by, price)
        command = sealing.SealedBid(
            project_id=PROJECT,
            bidder_id=by.party_id,
            digest=digest_of(content),
            replaces=None,
            **at_the_door(self.project, content, own, VAULT),
        )
        return self.do(sealing.seal_bid, command, by)

    def sealed_to(self, by: Actor, public: bytes, price: int = 77_00) -> dict[str, Any]:
        """What a bidder who seals itself hands in, beside what it says of itself."""
        content = self.content(by, price)
        sealed = seal(canonical(content), public, bid_place(PROJECT, by.party_id))
        return {"sealed": sealed, "digest": digest_of(content)}

    def content(self, by: Actor, price: int = 100_000_00, proposal: str = "方案") -> BidContent:
        return BidContent(
            project_id=PROJECT, bidder_id=by.party_id, price=Money(price), proposal=proposal, salt=secrets.token_hex(32)
        )

    def bid_of(self, by: Actor) -> Bid:
        return next(bid for bid in self.world.each(Bid) if bid.bidder_id == by.party_id)

    def release(self, by: Actor, key: bytes | None = None, bid_id: UUID | None = None) -> list[Model]:
        private = key or self.keys[by.party_id]
        id = BidId(bid_id or self.bid_of(by).id)
        command = releasing.ReleasedKey(
            project_id=PROJECT,
            bid_id=id,
            key=private.hex(),
            locked=lock(private, released_place(PROJECT, id), VAULT),
        )
        return self.do(releasing.release_key, command, by)

    def share_of(self, holding: Holding, holder: Holder) -> bytes:
        """Opened at home."""
        assert self.project.sealing is not None
        assert self.project.sealing.escrow is not None
        sealed = self.project.sealing.escrow.share(holder).sealed
        assert sealed is not None
        share = unseal(sealed, holding.private, keeper_place(PROJECT, holder))
        assert share is not None
        return share

    def hand_in(self, by: Actor, share: bytes) -> list[Model]:
        command = sharing.HandedInShare(
            project_id=PROJECT, share=share.hex(), locked=lock(share, share_place(PROJECT), VAULT)
        )
        return self.do(sharing.hand_in_share, command, by)

    def recover(self, reason: str = "监督人的私钥已损坏") -> list[Model]:
        return self.do(sharing.use_recovery, sharing.UseRecovery(project_id=PROJECT, reason=reason), self.operator)

    def a_bidder_of(self, price: int) -> Actor:
        """Who bid this; once bids are open."""
        bid = next(bid for bid in self.bids if bid.opened.price.fen == price)
        return an_actor(Role.PROVIDER, bid.bidder_id)

    def close_late(self) -> list[Model]:
        """The first timer, at whatever time it is."""
        return self.do(ring, Due(ref=(Project, PROJECT), name="close", at=self.at))

    def at_the_end(self, hours: int = 24) -> list[Model]:
        """The second timer."""
        self.at += timedelta(hours=hours)
        return self.do(ring, Due(ref=(Project, PROJECT), name="release", at=self.at))


def altered(story: Enveloped, by: Actor, **changes: Any) -> None:
    """Somebody reached into the table."""
    story.world.put(replace(story.bid_of(by), **changes))
