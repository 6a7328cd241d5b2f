"""The buyer chooses in rank order."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.deciding import World
from schemas.role import Role
from schemas.tender import AwardConfirmed, RankingRefused, TenderVoided
from services.tenders.rules.award import void_unrankable
from services.tenders.rules.evolve import evolve
from services.tenders.rules.project import Bid, Phase, Project
from tests.services.tenders.stories import APPROVER, PROJECT, Tendered, a_ranking
from tests.support.pure import an_actor, refused


def test_the_first_in_rank_is_confirmed_with_all_an_agreement_needs() -> None:
    story = Tendered().ranked(1, 2, 3)
    first = story.bids[0]

    award, *_ = story.award(first.id)

    assert isinstance(award, AwardConfirmed)
    assert (award.provider_id, award.price, award.proposal_digest) == (
        first.bidder_id,
        first.opened.price,
        first.digest,
    )
    assert award.chosen_by == APPROVER.person_id
    assert story.phase is Phase.AWARDED


def test_another_than_the_first_is_refused_with_the_article() -> None:
    story = Tendered().ranked(1, 2, 3)

    with refused("not_first_in_rank", source="实施条例第四十三条"):
        story.award(story.bids[1].id)


def test_among_equals_in_the_first_rank_the_buyer_chooses() -> None:
    story = Tendered().ranked(1, 1, 3)

    award, *_ = story.award(story.bids[1].id)

    assert isinstance(award, AwardConfirmed)


def test_no_award_before_the_ranking_and_none_twice() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)
    with refused("wrong_phase"):
        story.award(story.bids[0].id)

    story = Tendered().ranked(1, 2, 3)
    story.award(story.bids[0].id)
    with refused("wrong_phase"):
        story.award(story.bids[0].id)


def test_another_funder_cannot_award() -> None:
    story = Tendered().ranked(1, 2, 3)

    with refused("not_your_party", status=403):
        story.award(story.bids[0].id, by=an_actor(Role.FUNDER))


def test_what_cannot_be_ranked_is_void_so_that_the_money_goes_back() -> None:
    story = Tendered().with_bids(88_000_00, 95_000_00, 82_000_00)
    story.qualify()
    for _ in range(3):
        story.score(story.an_evaluator())
    story.close_scoring()
    refusal = RankingRefused(project_id=PROJECT, code="too_few_to_rank", source="…", reason_zh="…", reason_en="…")

    [voided] = story.do(void_unrankable, refusal)

    assert isinstance(voided, TenderVoided)
    assert story.phase is Phase.VOIDED
    assert story.do(void_unrankable, refusal) == []


@given(order=st.permutations(range(12)), known=st.booleans())
def test_evolving_never_fails_in_whatever_order_facts_arrive(order: list[int], known: bool) -> None:
    story = Tendered()
    facts = [*story.proposed().draft(), *story.approve()]
    story = Tendered().opened()
    for price in (1_00, 2_00, 3_00):
        facts += story.seal(story.a_bidder(), price)
    facts += story.at_the_deadline()
    facts += story.qualify()
    facts.append(a_ranking(story.bids, (1, 2, 3)))
    world = World([(Project, PROJECT), *((Bid, bid.id) for bid in story.bids)])
    if known:
        world.put(story.project)

    for index in order:
        for state in evolve(world, facts[index]):
            world.put(state)
