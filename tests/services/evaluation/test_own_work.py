"""A community that performs itself judges nothing of its own: residents and the funder do."""

import pytest

from schemas.contract import Milestone
from schemas.evaluation import FollowUpClosed, Grievance, ProjectGraded
from schemas.party import committee_of
from schemas.role import Actor, Role
from services.evaluation.rules import Level
from tests.services.evaluation.evaluated import (
    COMMUNITY,
    FUNDER,
    PROVIDER,
    Evaluated,
    a_paper,
    a_party,
    a_signed_contract,
    a_submission,
    an_acceptance,
    submitted,
)
from tests.support.pure import an_actor, refused

DIVISION = "320508001001"
COMMITTEE = an_actor(Role.SUPERVISOR, committee_of(DIVISION))


def performed_by_the_community() -> Evaluated:
    story = Evaluated()
    story.world.put(a_party(COMMUNITY, DIVISION))
    story.hear(a_signed_contract(provider_id=COMMUNITY.party_id))
    story.hear(a_paper())
    story.issue(*range(1, 21), by=FUNDER)
    story.hear(a_submission(Milestone.FINAL))
    story.hear(an_acceptance(Milestone.FINAL))
    return story


def test_it_does_not_score_itself_and_its_voice_goes_to_the_others() -> None:
    story = performed_by_the_community()
    with refused("pair_not_evaluated"):
        story.score(COMMUNITY, COMMUNITY, "100")
    story.score(COMMUNITY, FUNDER, "90")
    story.score(FUNDER, COMMUNITY, "60")
    story.rate([(number, Level.SATISFIED) for number in range(1, 21)])

    story.after(14).ring()
    graded = next(fact for fact in story.accept(COMMUNITY) if isinstance(fact, ProjectGraded))

    assert str(graded.score) == "72.50"  # 80 × 50 + 60 × 30, of 80
    assert "未评分的 社区 的权重由其余各方按比例分摊" in graded.arithmetic


def test_it_does_not_choose_who_rates_it() -> None:
    story = performed_by_the_community()
    before = story.evaluation.tokens

    with refused("chooses_own_raters", source="监督委员会监督", status=403):
        story.issue(21, 22, by=COMMUNITY)
    assert story.evaluation.tokens == before


def test_its_supervision_committee_or_the_funder_registers_the_raters_and_nobody_else() -> None:
    story = performed_by_the_community()

    story.issue(21, by=COMMITTEE)
    story.issue(22, by=FUNDER)
    assert story.evaluation.tokens == 22
    for by in (PROVIDER, an_actor(Role.SUPERVISOR, committee_of("320508001002")), an_actor(Role.FUNDER)):
        with refused("not_your_party", status=403):
            story.issue(23, by=by)


@pytest.mark.parametrize("by", [FUNDER, COMMITTEE, PROVIDER])
def test_of_another_providers_work_only_the_community_registers_the_raters(by: Actor) -> None:
    story = Evaluated()
    story.world.put(a_party(COMMUNITY, DIVISION))
    story.hear(a_signed_contract())
    with refused("not_your_party", status=403):
        story.issue(1, by=by)
    assert story.issue(1, by=COMMUNITY)


def test_it_enters_no_ratings_for_residents() -> None:
    with refused("rates_own_work", status=403):
        performed_by_the_community().rate([(1, Level.SATISFIED)], by=COMMUNITY)


def test_it_answers_bad_ratings_and_the_funder_confirms_that_they_are_put_right() -> None:
    story = performed_by_the_community()
    story.rate([(number, Level.VERY_DISSATISFIED) for number in (1, 2, 3)])
    story.answer(Grievance.VERY_DISSATISFIED, by=COMMUNITY)

    with refused("not_your_party", status=403):
        story.close(Grievance.VERY_DISSATISFIED, by=COMMUNITY)
    [closed] = story.close(Grievance.VERY_DISSATISFIED, by=FUNDER)
    assert isinstance(closed, FollowUpClosed)


def test_of_another_providers_work_the_funder_confirms_nothing_put_right() -> None:
    story = submitted()
    story.rate([(number, Level.VERY_DISSATISFIED) for number in (1, 2, 3)])
    story.answer(Grievance.VERY_DISSATISFIED)

    with refused("not_your_party", status=403):
        story.close(Grievance.VERY_DISSATISFIED, by=FUNDER)
    with refused("not_your_party", status=403):
        story.answer(Grievance.VERY_DISSATISFIED, by=COMMUNITY)
