"""The funder files an independent auditor's report: who may make it, and what may follow it."""

from typing import Any

import pytest

from schemas.judging import AuditOpinion, AuditReported
from schemas.model import Model
from schemas.role import Actor, Role
from schemas.uscc import make
from services.contracts import rules
from tests.services.contracts.awarded import COMMUNITY, FUNDER, PROJECT, PROVIDER, Awarded, drafted, signed
from tests.support.pure import an_actor, refused

FIRM = make("91", "320508", "XXXX0001")
OFFICE = make("11", "320508", "XXXX0001")


def file(story: Awarded, by: Actor = FUNDER, **changes: Any) -> list[Model]:
    report: dict[str, Any] = {"report_digest": "a" * 64, "auditor_name": "示例会计师事务所", "auditor_code": FIRM}
    report |= {"opinion": AuditOpinion.UNQUALIFIED} | changes
    command = rules.FileAuditReport(project_id=PROJECT, **report)
    return story.do(rules.file_report, command, by)


def test_a_report_is_told_by_its_digest_its_maker_and_its_opinion() -> None:
    story = signed()

    fact, _ = file(story)

    assert isinstance(fact, AuditReported)
    assert (fact.report_digest, fact.auditor_name, fact.auditor_code) == ("a" * 64, "示例会计师事务所", FIRM)
    assert fact.opinion is AuditOpinion.UNQUALIFIED
    assert story.contract.audit_report == fact


@pytest.mark.parametrize("opinion", [AuditOpinion.ADVERSE, AuditOpinion.DISCLAIMER])
def test_after_an_opinion_that_opens_nothing_another_report_is_taken(opinion: AuditOpinion) -> None:
    story = signed()
    file(story, opinion=opinion)

    file(story, opinion=AuditOpinion.QUALIFIED)

    for again in AuditOpinion:
        with refused("audit_reported_already"):
            file(story, opinion=again)


@pytest.mark.parametrize("name", ["苏州市审计局", "审计署驻某地特派员办事处", "江苏省审计厅"])
def test_the_state_audit_office_is_never_the_condition_of_a_payment(name: str) -> None:
    story = signed()

    with refused("state_auditor", status=422, source="第802号") as caught:
        file(story, auditor_name=name, auditor_code=None)

    assert caught.value.field == "auditor_name"
    assert story.contract.audit_report is None


def test_a_government_body_is_known_by_its_code() -> None:
    with refused("state_auditor", status=422) as caught:
        file(signed(), auditor_name="示例审计中心", auditor_code=OFFICE)

    assert caught.value.field == "auditor_code"


def test_a_wrong_code_is_refused_and_says_which_part() -> None:
    with refused("uscc_wrong", status=422) as caught:
        file(signed(), auditor_code=FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1"))

    assert caught.value.field == "auditor_code"


@pytest.mark.parametrize(
    "auditor",
    [
        {"auditor_name": "示例社会工作服务中心 & 伙伴", "auditor_code": None},
        {"auditor_name": "某事务所", "auditor_code": "51320508XXXX000192"},
    ],
)
def test_a_party_of_the_agreement_is_no_independent_auditor(auditor: dict[str, Any]) -> None:
    with refused("auditor_not_independent", status=422):
        file(signed(), **auditor)


def test_the_funder_files_it_and_nobody_else() -> None:
    for stranger in (PROVIDER, COMMUNITY, an_actor(Role.FUNDER)):
        with refused("not_your_party", status=403):
            file(signed(), stranger)


def test_nothing_is_filed_before_signing() -> None:
    with refused("agreement_not_in_force"):
        file(drafted())
