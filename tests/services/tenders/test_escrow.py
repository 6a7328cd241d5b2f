"""A tender's key in three shares: two open the bids after the deadline, one never does, and nothing before it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from schemas.envelope import Envelope, Holder, SealingRule, bid_place, join, new_key, public_of, unseal
from schemas.obligation import Duty
from schemas.role import Actor, Role
from schemas.tender import BidsOpened, TenderOpened, TenderVoided
from schemas.unsealing import BidEnveloped, EscrowMade, OpeningAwaited, RecoveryUsed, ShareHandedIn
from services.tenders.rules import sealing
from services.tenders.rules.envelopes import sharing
from services.tenders.rules.envelopes.kept import Escrow, KeeperKept, share_place
from services.tenders.rules.project import Phase
from tests.services.tenders.enveloped import Enveloped
from tests.services.tenders.stories import PROJECT, VAULT
from tests.support.pure import an_actor, refused


def with_bids(number: int = 3) -> tuple[Enveloped, list[Actor]]:
    """An open tender under escrow, with bids the server sealed."""
    story = Enveloped(SealingRule.ESCROW)
    story.reserved().open()
    bidders = [story.a_bidder() for _ in range(number)]
    for place, bidder in enumerate(bidders):
        story.at_door(bidder, 100_00 + place)
    return story, bidders


def escrow_of(story: Enveloped) -> Escrow:
    assert story.project.sealing is not None
    assert story.project.sealing.escrow is not None
    return story.project.sealing.escrow


def of_buyer(story: Enveloped) -> tuple[Actor, bytes]:
    return story.buyer.actor, story.share_of(story.buyer, Holder.BUYER)


def of_supervisor(story: Enveloped) -> tuple[Actor, bytes]:
    return story.supervisor.actor, story.share_of(story.supervisor, Holder.SUPERVISOR)


def test_as_it_opens_everybody_learns_who_holds_a_share_and_nobody_what_is_in_it() -> None:
    story = Enveloped(SealingRule.ESCROW)
    story.reserved()

    _, made, opened = story.open()

    assert isinstance(made, EscrowMade)
    assert isinstance(opened, TenderOpened)
    assert [(share.holder, share.keeper_id) for share in made.shares] == [
        (Holder.BUYER, story.buyer.actor.party_id),
        (Holder.SUPERVISOR, story.supervisor.actor.party_id),
        (Holder.RECOVERY, None),
    ]
    buyer, supervisor = of_buyer(story)[1], of_supervisor(story)[1]
    assert [sha256(share).hexdigest() for share in (buyer, supervisor)] == [s.digest for s in made.shares[:2]]
    private = join((Holder.BUYER, buyer), (Holder.SUPERVISOR, supervisor))
    assert public_of(private).hex() == made.public_key == escrow_of(story).public_key
    everything = f"{story.project!r} {made!r}"
    assert not any(secret in everything for secret in (private.hex(), repr(private)[2:-1], buyer.hex()))


def test_one_keeper_cannot_read_the_share_of_the_other() -> None:
    story, _ = with_bids(0)
    story.buyer, story.supervisor = story.supervisor, story.buyer

    with pytest.raises(AssertionError):
        of_buyer(story)
    with pytest.raises(AssertionError):
        of_supervisor(story)


def test_two_shares_open_all_bids_after_the_deadline_and_the_first_alone_opens_none() -> None:
    story, _ = with_bids()
    sealed = {bid.id: bid.digest for bid in story.bids}
    _, awaited = story.at_the_deadline()
    assert isinstance(awaited, OpeningAwaited)
    assert (awaited.keys, awaited.shares) == (0, 2)

    first, *_ = story.hand_in(*of_buyer(story))
    assert isinstance(first, ShareHandedIn)
    assert (first.holder, first.handed_in_by) == (Holder.BUYER, story.buyer.actor.person_id)
    assert (story.phase, [bid.content for bid in story.bids]) == (Phase.LOCKED, [None, None, None])
    *_, opened = story.hand_in(*of_supervisor(story))

    assert isinstance(opened, BidsOpened)
    assert sorted(bid.price.fen for bid in opened.bids) == [100_00, 100_01, 100_02]
    assert {bid.bid_id: bid.digest for bid in opened.bids} == sealed
    assert story.phase is Phase.OPENED
    assert [share.locked for share in escrow_of(story).shares] == [None, None, None]


@pytest.mark.parametrize("of", [of_buyer, of_supervisor])
def test_the_recovery_share_stands_in_for_either_keeper_and_its_use_is_told(of: object) -> None:
    story, _ = with_bids()
    story.at_the_deadline()
    assert callable(of)
    story.hand_in(*of(story))

    used, handed_in, *_, opened = story.recover("私钥所在的电脑损坏,见说明")

    assert isinstance(used, RecoveryUsed)
    assert (used.used_by, used.reason) == (story.operator.person_id, "私钥所在的电脑损坏,见说明")
    assert isinstance(handed_in, ShareHandedIn)
    assert handed_in.holder is Holder.RECOVERY
    assert isinstance(opened, BidsOpened)
    with refused("wrong_phase"):
        story.recover()


def test_the_recovery_share_alone_opens_nothing_and_is_used_once() -> None:
    story, _ = with_bids()
    story.at_the_deadline()

    story.recover()

    assert story.phase is Phase.LOCKED
    with refused("share_handed_in_already"):
        story.recover()
    with refused("personal_data", status=422):
        with_closed().recover("请联系 13812345678")


def with_closed() -> Enveloped:
    story, _ = with_bids()
    story.at_the_deadline()
    return story


def test_a_share_handed_in_early_is_refused_and_not_kept() -> None:
    story, _ = with_bids()
    assert story.project.closes_at is not None
    story.at = story.project.closes_at - timedelta(microseconds=1)

    with refused("key_before_deadline", source="24 小时"):
        story.hand_in(*of_buyer(story))
    with refused("key_before_deadline", source="24 小时"):
        story.recover()

    assert [share.handed_in for share in escrow_of(story).shares] == [False, False, False]
    assert escrow_of(story).share(Holder.BUYER).locked is None


def test_with_too_few_bids_no_share_is_accepted_and_what_was_sealed_is_gone() -> None:
    story, _ = with_bids(2)

    _, voided = story.at_the_deadline()

    assert isinstance(voided, TenderVoided)
    with refused("wrong_phase"):
        story.hand_in(*of_buyer(story))
    with refused("wrong_phase"):
        story.recover()
    assert all(bid.sealed is None for bid in story.bids)
    assert escrow_of(story).share(Holder.RECOVERY).locked is None


def test_only_a_keeper_hands_in_and_only_its_own_share_once() -> None:
    story = with_closed()
    buyer, share = of_buyer(story)

    with refused("not_your_party", status=403):
        story.hand_in(an_actor(Role.AUDITOR), share)
    with refused("wrong_share", status=422):
        story.hand_in(story.supervisor.actor, share)
    story.hand_in(buyer, share)
    with refused("share_handed_in_already"):
        story.hand_in(buyer, share)


def test_a_tender_without_escrow_has_no_shares() -> None:
    story = Enveloped(SealingRule.SERVER)
    story.reserved().open()
    for _ in range(3):
        story.at_door(story.a_bidder())
    story.at_the_deadline()

    with refused("no_shares"):
        story.hand_in(story.buyer.actor, bytes(64))
    with refused("no_shares"):
        story.recover()


def test_keepers_owe_their_shares_until_the_hours_end_and_late_ones_still_open() -> None:
    story = with_closed()
    owed = story.project.owed()
    assert [(one.duty, one.party_id, one.until) for one in owed] == [
        (Duty.HAND_IN_SHARE, holding.actor.party_id, story.project.release_until)
        for holding in (story.buyer, story.supervisor)
    ]

    story.at_the_end()
    assert (story.phase, story.project.due(), len(story.project.owed())) == (Phase.LOCKED, {}, 2)
    story.hand_in(*of_buyer(story))
    assert len(story.project.owed()) == 1
    *_, opened = story.hand_in(*of_supervisor(story))

    assert isinstance(opened, BidsOpened)


def test_own_keys_and_shares_are_waited_for_together() -> None:
    story, _ = with_bids(2)
    own = story.a_bidder()
    story.own(own, 88_00)
    _, awaited = story.at_the_deadline()
    assert isinstance(awaited, OpeningAwaited)
    assert (awaited.keys, awaited.shares) == (1, 2)

    story.hand_in(*of_buyer(story))
    story.hand_in(*of_supervisor(story))
    assert story.phase is Phase.LOCKED
    *_, opened = story.release(own)

    assert isinstance(opened, BidsOpened)
    assert len(opened.bids) == 3


def test_a_bid_the_bidder_sealed_to_the_tenders_key_itself_opens_with_the_others() -> None:
    story, _ = with_bids(2)
    bidder = story.a_bidder()
    public = bytes.fromhex(escrow_of(story).public_key)

    _, _, told = story.own(bidder, 77_00, envelope=Envelope.ESCROW, public_key=None, **story.sealed_to(bidder, public))

    assert isinstance(told, BidEnveloped)
    assert told.envelope is Envelope.ESCROW
    story.at_the_deadline()
    story.hand_in(*of_buyer(story))
    *_, opened = story.recover()
    assert isinstance(opened, BidsOpened)
    assert 77_00 in [bid.price.fen for bid in opened.bids]


def test_the_installation_has_less_than_it_takes_until_a_keeper_gives_its_share() -> None:
    """Its one share, out of the vault, opens no bid."""
    story, bidders = with_bids()
    locked = escrow_of(story).share(Holder.RECOVERY).locked
    assert locked is not None
    share = locked.open(VAULT, share_place(PROJECT))
    bid = story.bid_of(bidders[0])
    assert bid.sealed is not None

    guesses = [share[:32], share[32:], bytes(a ^ b for a, b in zip(share[:32], share[32:], strict=True))]

    assert all(public_of(guess).hex() != escrow_of(story).public_key for guess in guesses)
    assert all(unseal(bid.sealed, guess, bid_place(PROJECT, bid.bidder_id)) is None for guess in guesses)


def test_shares_exchanged_in_the_table_stop_the_opening_and_spoil_no_bid() -> None:
    story = with_closed()
    story.hand_in(*of_buyer(story))
    escrow = escrow_of(story)
    locked = escrow.share(Holder.RECOVERY).locked
    shares = tuple(share.model_copy(update={"locked": locked}) for share in escrow.shares)
    assert story.project.sealing is not None
    exchanged = story.project.sealing.model_copy(update={"escrow": escrow.model_copy(update={"shares": shares})})
    story.world.put(replace(story.project, sealing=exchanged))

    with pytest.raises(AssertionError, match="another key"):
        story.recover()


def test_it_does_not_open_without_a_supervisor_who_registered_a_key_and_is_another_person() -> None:
    story = Enveloped(SealingRule.ESCROW)
    story.reserved()
    buyer, supervisor = story.buyer.keeper, story.supervisor.keeper

    with refused("supervisor_missing", source="本地通知", status=422):
        story.open(supervisor_id=None, keepers=(), escrow=None)
    with refused("keeper_has_no_key", source="本地通知"):
        story.open(keepers=(supervisor,), escrow=None)
    with refused("keeper_has_no_key"):
        story.open(keepers=(buyer,), escrow=None)
    with refused("keeper_has_no_key"):
        story.open(keepers=(buyer, replace(supervisor, role=Role.FUNDER)))
    with refused("keepers_are_one", status=403):
        story.open(keepers=(buyer, replace(supervisor, person_id=buyer.person_id)))
    assert story.phase is Phase.RESERVED


def test_a_keeper_registers_a_key_to_which_something_can_be_sealed() -> None:
    story = Enveloped()
    keeper = an_actor(Role.AUDITOR)
    command = sharing.CheckedKeeper(party_id=keeper.party_id, public_key=public_of(new_key()).hex(), usable=True)

    (kept,) = story.do(sharing.keep_shares, command, keeper)

    assert isinstance(kept, KeeperKept)
    assert (kept.party_id, kept.role, kept.person_id) == (keeper.party_id, Role.AUDITOR, keeper.person_id)
    with refused("not_your_party", status=403):
        story.do(sharing.keep_shares, command, an_actor(Role.AUDITOR))
    with refused("unusable_key", status=422):
        story.do(sharing.keep_shares, command.model_copy(update={"usable": False}), keeper)


def test_a_bid_that_was_sealed_while_the_tender_opened_is_to_be_sealed_again() -> None:
    story = Enveloped(SealingRule.ESCROW)
    bidder = story.a_bidder()
    story.reserved()
    before = sealing.SealedBid(
        project_id=PROJECT, bidder_id=bidder.party_id, sealed=b"", digest="0" * 64, replaces=None
    )
    story.open()

    with refused("tender_just_opened"):
        story.do(sealing.seal_bid, before, bidder)
