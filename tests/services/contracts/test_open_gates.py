"""A gate that is open is no gate for money that was not released yet: a change names conditions still to come."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.contract import Milestone
from schemas.judging import AuditOpinion
from schemas.tranche import Gate
from services.contracts import rules
from tests.services.contracts.awarded import FUNDER, PROJECT
from tests.services.contracts.lived import SECOND, THIRD, Lived, a_plan, delivered, in_force
from tests.services.contracts.test_mid_term import PASSED, RECTIFY, judge
from tests.services.contracts.test_unjudged import UNTIL, awaiting, rung
from tests.support.pure import refused


def propose(story: Lived, gate: Gate, *also: Gate) -> Any:
    """The second tranche shall wait for these instead."""
    second, third = a_plan(SECOND - 1, THIRD + 1, gate_2=gate)
    return story.propose(tranches=[second | {"also": also}, third])


def report(story: Lived, opinion: AuditOpinion) -> None:
    command = rules.FileAuditReport.model_validate(
        {"project_id": PROJECT, "report_digest": "a" * 64, "auditor_name": "示例会计师事务所", "opinion": opinion}
    )
    story.do(rules.file_report, command, FUNDER)


def test_a_mid_term_that_passed_is_no_gate_for_new_money() -> None:
    story = delivered(Milestone.MID_TERM)
    judge(story, RECTIFY, score=Decimal(70))
    propose(story, Gate.MID_TERM_PASSED)
    judge(story, PASSED)

    with refused("gate_open_already"):
        story.agree()
    story.close_change(FUNDER)
    with refused("gate_open_already"):
        propose(story, Gate.MID_TERM_PASSED, Gate.MID_TERM_ACCEPTED)
    propose(story, Gate.MID_TERM_PASSED, Gate.AUDIT_REPORTED)


def test_nor_is_one_that_was_deemed_passed() -> None:
    story = awaiting()
    rung(story, UNTIL)

    with refused("gate_open_already"):
        propose(story, Gate.MID_TERM_PASSED)


@pytest.mark.parametrize("opinion", AuditOpinion)
def test_nor_is_a_report_that_is_there_unless_it_opened_nothing(opinion: AuditOpinion) -> None:
    story = in_force()
    report(story, opinion)

    if opinion.opens:
        with refused("gate_open_already"):
            propose(story, Gate.AUDIT_REPORTED)
    propose(story, Gate.AUDIT_REPORTED, Gate.FINAL_GRADED) if opinion.opens else propose(story, Gate.AUDIT_REPORTED)
