"""Reasons and statements of an agreement's life are public in the end: nobody's number stands in them."""

from datetime import date
from typing import Any

import pytest

from schemas.contract import Milestone
from schemas.money import Money
from services.contracts.rules import changing, suspending, terminating
from tests.services.contracts.awarded import COMMUNITY, EVIDENCE, FUNDER, PROJECT, PROVIDER
from tests.services.contracts.lived import SECOND_FUNDER, Lived, in_force
from tests.support.pure import refused

CALL = "请致电 138 1234 5678"
CARD = "证号 320508199001011234"
REFERENCE = "见批次 0190b5a8-a138-1234-5678-5a1f6e1c0001"


def said(story: Lived, kind: str, by: Any, **words: Any) -> Any:
    """Of a command, so that its words can be anything."""
    steps: dict[str, tuple[Any, Any]] = {
        "change": (changing.propose, changing.ProposeChange),
        "closing": (changing.close, changing.CloseChange),
        "suspension": (suspending.suspend, suspending.SuspendContract),
        "termination": (terminating.propose, terminating.ProposeTermination),
        "answer": (terminating.answer, terminating.AnswerTermination),
        "withdrawal": (terminating.withdraw, terminating.WithdrawTermination),
        "decision": (terminating.decide, terminating.DecideTermination),
    }
    decide, command = steps[kind]
    return story.do(decide, command.model_validate({"project_id": PROJECT} | words), by)


@pytest.mark.parametrize("words", [CALL, CARD])
@pytest.mark.parametrize("field", ["text", "requirements"])
def test_a_change_and_its_closing_name_the_field(field: str, words: str) -> None:
    story = in_force()
    change = {"reason": "scope", "text": "增加回访", "requirements": "每周六次"} | {field: words}

    with refused("personal_data", source="个人信息保护法", status=422) as caught:
        said(story, "change", PROVIDER, **change)
    assert caught.value.field == field
    story.propose(requirements="每周六次")
    for by in (FUNDER, PROVIDER):
        with refused("personal_data") as caught:
            said(story, "closing", by, change_id=story.change.id, text=words)
        assert caught.value.field == "text"


def test_a_suspension_names_the_field() -> None:
    with refused("personal_data") as caught:
        said(in_force(), "suspension", FUNDER, reason="safety", text=CALL, until=date(2026, 3, 20))

    assert caught.value.field == "text"


def test_a_termination_at_every_step_names_the_field() -> None:
    story = in_force()
    lines = [{"work": "送餐", "amount": Money(1)}, {"work": CARD, "amount": Money(1)}]

    for words, field in (({"text": CALL}, "text"), ({"text": "违约", "lines": lines}, "lines.1.work")):
        with refused("personal_data") as caught:
            said(story, "termination", FUNDER, reason="breach_by_provider", **words)
        assert caught.value.field == field
    story.to_end("breach_by_provider", FUNDER)
    id = story.proceeding.id
    with refused("personal_data"):
        said(story, "answer", PROVIDER, termination_id=id, consents=False, text=CALL)
    with refused("personal_data"):
        said(story, "withdrawal", FUNDER, termination_id=id, text=CALL)
    story.answer_termination(PROVIDER, consents=False)
    for words, field in (({"text": CALL}, "text"), ({"text": "查实", "lines": lines}, "lines.1.work")):
        with refused("personal_data") as caught:
            said(story, "decision", SECOND_FUNDER, termination_id=id, terminates=True, **words)
        assert caught.value.field == field


def test_what_is_sent_back_says_why_without_a_number() -> None:
    story = in_force()
    story.submit(Milestone.MID_TERM)

    with refused("personal_data") as caught:
        story.send_back(Milestone.MID_TERM, COMMUNITY, reason=CARD)
    assert caught.value.field == "reason"


def test_a_reference_is_no_persons_number() -> None:
    story = in_force()
    story.propose(text=REFERENCE, requirements="每周六次")
    story.agree()
    story.submit(Milestone.MID_TERM)
    story.send_back(Milestone.MID_TERM, COMMUNITY, reason=REFERENCE)
    said(story, "suspension", FUNDER, reason="safety", text=f"{EVIDENCE[0]['digest']}", until=date(2026, 3, 20))
    story.resume()
    said(story, "termination", FUNDER, reason="breach_by_provider", text=REFERENCE)

    assert story.proceeding.text == REFERENCE
