"""A community that performs itself judges nothing of its own: residents and the funder do."""

from schemas.contract import Milestone
from schemas.evaluation import FollowUpClosed, Grievance, ProjectGraded
from services.evaluation.rules import Level
from tests.services.evaluation.evaluated import (
    COMMUNITY,
    FUNDER,
    Evaluated,
    a_signed_contract,
    a_submission,
    an_acceptance,
    submitted,
)
from tests.support.pure import refused


def performed_by_the_community() -> Evaluated:
    story = Evaluated()
    story.hear(a_signed_contract(provider_id=COMMUNITY.party_id))
    story.issue(*range(1, 21))
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
