"""Questions and amendments in the log: told without the asker, and found when one person did both parts."""

from schemas.clarification import QuestionAnswered, QuestionAsked, TenderAmended
from services.audit.rules import Names, tell
from tests.services.audit.clarified import amended, clarified
from tests.services.audit.found import findings
from tests.services.audit.stories import Told
from tests.services.audit.test_story import a_story, without


def test_a_story_with_questions_and_amendments_is_complete() -> None:
    told = Told()

    assert findings(a_story([*told.facts, *clarified(told)])) == []


def test_an_answer_to_nothing_that_was_asked_is_found() -> None:
    told = Told()
    facts = without(QuestionAsked, [*told.facts, *clarified(told)])

    assert findings(a_story(facts)) == ["question.answered without question.asked before it"]


def test_an_amendment_by_one_person_alone_is_found() -> None:
    told = Told()
    alone = amended(told).model_copy(update={"approved_by": told.person})

    assert findings(a_story([*told.facts, alone])) == ["tender.amended by the person who drafted it"]


def test_what_is_told_names_the_question_the_amendment_and_the_moved_deadline() -> None:
    told = Told()
    asked, change, answered = clarified(told)
    assert isinstance(asked, QuestionAsked)
    assert isinstance(change, TenderAmended)
    assert isinstance(answered, QuestionAnswered)
    still = change.model_copy(update={"closes_at": change.closed_at_before})
    only = answered.model_copy(update={"amendment": None})

    said = [tell(fact, Names({})) for fact in (asked, change, still, answered, only)]

    zh = [one.zh for one in said if one is not None]
    assert "午餐须几点送到?" in zh[0]
    assert "第 1 次修改:写明送达时间;截止时间顺延至" in zh[1]
    assert "截止时间仍为" in zh[2]
    assert "见第 1 次修改:十一点半以前。" in zh[3]
    assert "次修改" not in zh[4]
