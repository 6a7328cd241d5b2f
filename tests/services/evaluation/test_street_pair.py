"""The third pair: the street that funds and the residents' committee rate each other, beside the provider's grade."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from schemas.contract import Milestone
from schemas.governance import Reason, StreetPairRated
from schemas.role import Actor, Role
from services.evaluation.rules import remembering
from services.evaluation.rules.street_pair import RateStreetPair, StreetRatings, rate_street_pair
from services.kit.rulebooks import shipped
from tests.services.evaluation.evaluated import (
    BOOK,
    COMMUNITY,
    FUNDER,
    PROJECT,
    PROVIDER,
    Evaluated,
    a_party,
    a_signed_contract,
    a_submission,
    an_acceptance,
    submitted,
    window_open,
)
from tests.support.pure import an_actor, refused


def rate(story: Evaluated, by: Actor, *codes: str, score: str = "88.50", good: bool = True) -> StreetPairRated:
    story.evolve = remembering.evolve
    story.world.ask([(StreetRatings, PROJECT)])
    reasons = tuple(Reason(code=code, good=good) for code in codes)
    (said,) = story.do(rate_street_pair, RateStreetPair(project_id=PROJECT, score=Decimal(score), reasons=reasons), by)
    assert isinstance(said, StreetPairRated)
    return said


def test_street_and_committee_rate_each_other_with_coded_reasons() -> None:
    story = window_open()

    of_committee = rate(story, FUNDER, "participation", "disclosure")
    of_street = rate(story, COMMUNITY, "funds_in_time", good=False)

    assert (of_committee.rated_id, of_street.rated_id) == (COMMUNITY.party_id, FUNDER.party_id)
    assert of_street.reasons == (Reason(code="funds_in_time", good=False),)
    assert len(story.world.get(StreetRatings, PROJECT).given) == 2


def a_pair(funder: str, community: str) -> Evaluated:
    story = Evaluated()
    story.world.put(a_party(FUNDER, funder))
    story.world.put(a_party(COMMUNITY, community))
    story.hear(a_signed_contract())
    story.hear(a_submission(Milestone.FINAL))
    story.hear(an_acceptance(Milestone.FINAL))
    return story


@pytest.mark.parametrize("funder", ["320508", "320508002", "320508001001", "320500"])
@pytest.mark.parametrize("by", [FUNDER, COMMUNITY])
def test_a_funder_that_is_not_the_communitys_street_is_no_half_of_the_pair(funder: str, by: Actor) -> None:
    with refused("funder_is_no_street", source="双向评估"):
        rate(a_pair(funder, "320508001001"), by, "participation" if by is FUNDER else "guidance")


def test_the_street_that_the_community_lies_in_rates_it() -> None:
    assert rate(a_pair("320508001", "320508001001"), FUNDER, "participation").rated_id == COMMUNITY.party_id


def test_it_does_not_enter_the_providers_grade() -> None:
    story = window_open()
    rate(story, FUNDER, "participation", score="0")

    assert story.evaluation.score_by(FUNDER.party_id) is None
    assert story.evaluation.party_ratings == ()


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        (FUNDER, ("guidance",)),
        (COMMUNITY, ("participation",)),
        (FUNDER, ("smiles",)),
        (FUNDER, ("support", "support")),
    ],
)
def test_reasons_are_of_the_list_for_the_side_that_is_rated_each_once(by: Actor, codes: tuple[str, ...]) -> None:
    with refused("unknown_reason", source="双向评估", status=422):
        rate(window_open(), by, *codes)


def test_a_rating_without_any_reason_is_none() -> None:
    with pytest.raises(ValidationError):
        RateStreetPair(project_id=PROJECT, score=Decimal(1), reasons=())


@pytest.mark.parametrize("by", [PROVIDER, an_actor(Role.FUNDER), an_actor(Role.COMMUNITY)])
def test_nobody_else_takes_part(by: Actor) -> None:
    with refused("not_your_party", status=403):
        rate(window_open(), by, "support")


def test_each_rates_once_after_the_acceptance_and_before_the_window_closes() -> None:
    with refused("final_not_accepted"):
        rate(submitted(), FUNDER, "support")
    story = window_open()
    rate(story, FUNDER, "support")
    with refused("party_already_rated"):
        rate(story, FUNDER, "support")
    with refused("evaluation_closed"):
        rate(story.after(days=14), COMMUNITY, "guidance")


def test_a_project_under_an_earlier_rulebook_goes_on_without_it() -> None:
    earlier = next(book for book in shipped() if book.version == "2026.2")

    with refused("street_pair_not_in_rulebook"):
        rate(window_open(book=earlier), FUNDER, "support")


def test_the_lists_for_both_sides_are_in_the_newest_rulebook() -> None:
    assert set(BOOK.value("evaluation.street_pair")) == {"street", "committee"}
    assert a_signed_contract().rulebook == BOOK.hash
