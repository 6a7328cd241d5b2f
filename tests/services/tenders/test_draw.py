"""Our own draw: committed before the deadline, drawn after it, and drawn again by whoever likes from what was told."""

from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import pytest

from deploy.replay_conduct import drawn
from schemas.committee import DrawCommitted, ExpertsDrawn, Passed, Seat
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.tender import BidSealed
from services.tenders.rules.committee.lot import commitment_of, order_of, picked, seed_of
from tests.services.tenders.conducting import BEFORE, Conducting, committee_of, edition
from tests.services.tenders.stories import PROJECT
from tests.support.pure import refused

PRICES = (88_000_00, 95_000_00, 82_000_00)
SECRET = "5" * 64


def opened() -> Conducting:
    story = Conducting()
    story.opened()
    return story


def the_draw(said: list[Model]) -> ExpertsDrawn:
    [one] = said
    assert isinstance(one, ExpertsDrawn)
    return one


def test_the_lot_is_what_its_description_says() -> None:
    """Written out once more with nothing but SHA-256."""
    project, digests, pool = UUID(int=7), ["b" * 64, "a" * 64], [PartyId(UUID(int=i)) for i in range(4)]
    lines = f"sanshe draw 1\n{project}\n{SECRET}"
    seed = sha256(f"{lines}\n{'a' * 64}\n{'b' * 64}".encode()).hexdigest()

    assert commitment_of(project, SECRET) == sha256(lines.encode()).hexdigest()
    assert seed_of(project, SECRET, digests) == seed_of(project, SECRET, reversed(digests)) == seed
    order = order_of(seed, pool)
    hashes = [sha256(f"{seed}\n{id}".encode()).hexdigest() for id in order]
    assert all(one < other for one, other in pairwise(hashes))
    assert picked(order, [order[0], order[2]], 2) == (order[1], order[3])


def test_neither_the_secret_nor_the_bids_alone_give_the_seed() -> None:
    seeds = {seed_of(PROJECT, secret, [digest]) for secret in ("1", "2") for digest in ("3", "4")}

    assert len(seeds) == 4


def test_three_of_seven_are_drawn_without_whoever_has_to_recuse() -> None:
    story = opened()
    pool = story.experts(7)
    secret = story.commit(pool)
    first = story.a_bidder()
    story.seal(first)
    story.recuse(pool[0])
    story.changes(pool[1].party_id, ties=frozenset({first.party_id}))
    story.bids_of(*PRICES)

    fact = the_draw(story.draw())

    assert {(one.evaluator_id, one.why) for one in fact.passed} == {
        (pool[0].party_id, Passed.RECUSED),
        (pool[1].party_id, Passed.TIED),
    }
    assert fact.secret == secret
    assert list(fact.digests) == sorted(bid.digest for bid in story.bids)
    assert fact.seed == seed_of(PROJECT, secret, fact.digests)
    out = {pool[0].party_id, pool[1].party_id}
    assert [member.evaluator_id for member in fact.members] == [id for id in fact.order if id not in out][:3]
    assert {member.seat for member in fact.members} == {Seat.EXPERT}


def test_the_buyers_own_sits_undrawn_beside_two_experts() -> None:
    story = opened()
    pool, [own] = story.experts(4), story.experts(1)
    story.commit(pool, 2, own)
    story.bids_of(*PRICES)

    fact = the_draw(story.draw())

    assert [member.seat for member in fact.members] == [Seat.EXPERT, Seat.EXPERT, Seat.BUYER]
    assert own.party_id in committee_of(story.project)


def test_whoever_recuses_later_is_replaced_by_the_next_in_the_same_order() -> None:
    story = opened()
    pool = story.experts(7)
    story.commit(pool)
    story.bids_of(*PRICES)
    before = the_draw(story.draw())
    with refused("committee_stands"):
        story.draw()
    leaves = next(one for one in pool if one.party_id == before.members[0].evaluator_id)
    story.recuse(leaves)

    after = the_draw(story.draw())

    assert (after.seed, after.order) == (before.seed, before.order)
    assert [m.evaluator_id for m in after.members] == list(before.order[1:4])


def test_a_draw_is_committed_once_before_the_deadline_from_a_pool_that_is_large_enough() -> None:
    story = opened()
    pool = story.experts(5)
    with refused("pool_too_small", status=422):
        story.commit(pool[:2])
    with refused("committee_size", status=422):
        story.commit(pool, 2)
    with refused("member_twice", status=422):
        story.commit([*pool, pool[0]])
    closes_at, now = story.project.closes_at, story.at
    assert closes_at is not None
    story.at = closes_at
    with refused("draw_after_deadline"):
        story.commit(pool)
    story.at = now
    story.commit(pool)
    with refused("draw_committed_already"):
        story.commit(pool)


def test_nothing_is_drawn_before_the_opening_or_from_nothing() -> None:
    story = opened()
    with refused("wrong_phase"):
        story.draw()
    story.bids_of(*PRICES)

    with refused("no_draw_committed"):
        story.draw()
    with refused("wrong_phase"):
        story.commit(story.experts(5))


def test_a_committed_draw_cannot_be_left_undrawn() -> None:
    story = opened()
    pool = story.experts(3)
    story.commit(pool)
    story.bids_of(*PRICES)
    story.qualify()
    with refused("committee_missing"):
        story.score(pool[0])
    with refused("committee_missing"):
        story.close_scoring()

    story.draw()

    assert story.score(pool[0])


def test_another_committee_cannot_take_the_place_of_the_lot() -> None:
    """Whoever dislikes whom the lot gave enters no record, until the pool is exhausted."""
    story = opened()
    pool = story.experts(4)
    story.commit(pool)
    story.bids_of(*PRICES)
    story.draw()

    with refused("committee_drawn"):
        story.record(story.experts(3))
    for one in pool[:2]:
        story.recuse(one)
    with refused("pool_exhausted", source="第九条"):
        story.draw()
    assert story.record([*pool[2:], *story.experts(1)])


def test_a_project_under_the_edition_before_has_no_draw() -> None:
    story = Conducting()
    story.rulebook = edition(BEFORE)
    story.opened()

    with refused("no_committee_rules"):
        story.commit(story.experts(5))


def test_it_is_drawn_again_from_what_was_told_and_a_changed_word_is_found() -> None:
    facts = _told()
    assert list(drawn(facts, PROJECT)) == []

    draw = next(fact for fact in facts if isinstance(fact, ExpertsDrawn))
    other = draw.order[-1]
    member = draw.members[0].model_copy(update={"evaluator_id": other})
    for changes in (
        {"secret": SECRET},
        {"seed": SECRET},
        {"digests": draw.digests[1:]},
        {"order": tuple(reversed(draw.order))},
        {"members": (member, *draw.members[1:])},
    ):
        rewritten = [draw.model_copy(update=changes) if fact is draw else fact for fact in facts]
        assert len(list(drawn(rewritten, PROJECT))) == 1, changes


@pytest.mark.parametrize("kind", [DrawCommitted, BidSealed])
def test_a_draw_whose_commitment_or_bids_are_missing_is_found(kind: type[Fact]) -> None:
    facts = _told()
    facts.remove([fact for fact in facts if isinstance(fact, kind)][-1])

    assert len(list(drawn(facts, PROJECT))) == 1


class Written(Conducting):
    """As the log has it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Fact] = []

    def _put(self, said: Model) -> None:
        super()._put(said)
        if isinstance(said, Fact):
            self.told.append(said)


def _told() -> list[Fact]:
    """With a bid that was withdrawn."""
    story = Written()
    story.opened()
    gone = story.a_bidder()
    story.seal(gone, 70_000_00)
    story.commit(story.experts(5))
    story.withdraw(gone, story.bids[0].id)
    story.bids_of(*PRICES)
    story.draw()
    return story.told
