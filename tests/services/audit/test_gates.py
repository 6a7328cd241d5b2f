"""Whether a story with several gates, a judged mid-term or an audit report is complete."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import uuid5

import pytest

from schemas.contract import ContractSigned, Milestone, MilestoneAccepted, ProjectPublished
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import PaymentOrdered, ProjectSettled, TranchePaid, TrancheRefused, TrancheReleased
from schemas.ids import PaymentId
from schemas.judging import AuditOpinion, Consequence, MidTermGraded, MidTermResult
from schemas.money import Money
from schemas.tranche import Gate
from services.audit.rules import Names, tell, use_of
from tests.services.audit.entries import project
from tests.services.audit.found import findings
from tests.services.audit.judged import a_judgement, a_report, unjudged
from tests.services.audit.stories import BOOK, Told
from tests.services.audit.test_story import a_story, changed, without


def with_gates(facts: Sequence[Fact], number: int, *also: Gate) -> list[Fact]:
    """The same story under an agreement whose tranche has these gates as well."""

    def gated(fact: Fact) -> Fact:
        assert isinstance(fact, ContractSigned)
        tranches = tuple(t.model_copy(update={"also": also}) if t.number == number else t for t in fact.tranches)
        return fact.model_copy(update={"tranches": tranches})

    return changed(ContractSigned, list(facts), gated)


def place_of(kind: type[Fact], facts: Sequence[Fact], nth: int = 0) -> int:
    return [place for place, fact in enumerate(facts) if isinstance(fact, kind)][nth]


def inserted(facts: Sequence[Fact], place: int, *more: Fact) -> list[Fact]:
    return [*facts[:place], *more, *facts[place:]]


def ended(told: Told) -> list[Fact]:
    """The mid-term failed before it was accepted: half was paid, the other half returned."""
    facts = told.facts[: place_of(MilestoneAccepted, told.facts)]
    graded = ProjectGraded(
        project_id=told.project,
        score=Decimal(45),
        grade="不合格",
        factor_percent=0,
        arithmetic="…",
        rulebook=BOOK,
    )
    settled = ProjectSettled(
        project_id=told.project,
        paid=Money(45_000),
        returned=Money(45_000),
        shares_returned=told.shares(27_000, 18_000),
    )
    published = ProjectPublished(
        project_id=told.project,
        contract_id=told.contract,
        provider_id=told.provider,
        price=Money(90_000),
        paid=Money(45_000),
        returned=Money(45_000),
        grade="不合格",
    )
    return [*facts, a_judgement(told, MidTermResult.FAILED, Consequence.ENDS), settled, graded, published]


def test_a_story_that_a_failed_mid_term_ended_is_complete() -> None:
    assert findings(a_story(ended(Told()))) == []


def test_without_the_failure_the_same_story_is_not() -> None:
    found = findings(a_story(without(MidTermGraded, ended(Told()))))

    assert "project.settled without project.graded before it" in found
    assert "project.graded without milestone.accepted before it" in found
    assert "project.published without milestone.accepted for final" in found


@pytest.mark.parametrize("also", [Gate.MID_TERM_PASSED, Gate.AUDIT_REPORTED, Gate.FINAL_ACCEPTED])
def test_a_tranche_released_before_the_last_of_its_gates_opened_is_found(also: Gate) -> None:
    facts = with_gates(Told().facts, 2, also)

    assert "tranche 2 released before its gate opened" in findings(a_story(facts))


def test_with_every_gate_open_nothing_is_found() -> None:
    told = Told()
    facts = with_gates(told.facts, 2, Gate.MID_TERM_PASSED, Gate.AUDIT_REPORTED)
    opening = (a_judgement(told, MidTermResult.PASSED), a_report(told, AuditOpinion.QUALIFIED))

    assert findings(a_story(inserted(facts, place_of(TrancheReleased, facts, 1), *opening))) == []


def test_a_mid_term_deemed_passed_opened_its_gate_and_the_story_says_why() -> None:
    told = Told()
    facts = with_gates(told.facts, 2, Gate.MID_TERM_PASSED)
    at = place_of(TrancheReleased, facts, 1)
    awaited, deemed = unjudged(told)

    assert findings(a_story(inserted(facts, at, awaited, deemed))) == []
    assert findings(a_story(inserted(facts, at, awaited))) == ["tranche 2 released before its gate opened"]
    assert findings(a_story(inserted(facts, at, deemed))) == ["midterm.deemed_passed without midterm.awaited before it"]


def test_silence_is_told_with_the_day_the_rule_and_who_kept_silent() -> None:
    told = Told()
    awaited, deemed = (tell(fact, Names({})) for fact in unjudged(told))

    assert awaited is not None
    assert deemed is not None
    assert "应于 2026-03-17 00:00 前作出(10 个工作日)" in awaited.zh
    assert (f"{str(told.funder)[:8]}在 2026-03-17 00:00 前未作评估" in deemed.zh, "示例:十个工作日" in deemed.zh) == (
        True,
        True,
    )
    assert f"nobody of {str(told.funder)[:8]} judged it before 2026-03-17 00:00" in deemed.en


def test_an_adverse_report_opened_nothing() -> None:
    told = Told()
    facts = with_gates(told.facts, 2, Gate.AUDIT_REPORTED)
    at = place_of(TrancheReleased, facts, 1)

    found = findings(a_story(inserted(facts, at, a_report(told, AuditOpinion.ADVERSE))))

    assert found == ["tranche 2 released before its gate opened"]


def test_a_final_acceptance_is_no_mid_term() -> None:
    facts = [
        fact
        for fact in Told().facts
        if not (isinstance(fact, MilestoneAccepted) and fact.milestone is Milestone.MID_TERM)
    ]

    assert "tranche 2 released before its gate opened" in findings(a_story(facts))


def test_money_released_after_the_mid_term_had_failed_is_found() -> None:
    told = Told()
    at = place_of(TrancheReleased, told.facts, 1)
    failure = a_judgement(told, MidTermResult.FAILED, Consequence.STOPS)

    assert "tranche 2 released after the mid-term had failed" in findings(a_story(inserted(told.facts, at, failure)))


def without_tranche(told: Told, number: int, facts: Sequence[Fact]) -> list[Fact]:
    """Never released, ordered or paid; it went back instead."""
    left = [fact for fact in facts if getattr(fact, "number", None) != number]

    def settled(fact: Fact) -> Fact:
        return fact.model_copy(
            update={"paid": Money(81_000), "returned": Money(9_000), "shares_returned": told.shares(5_400, 3_600)}
        )

    def published(fact: Fact) -> Fact:
        return fact.model_copy(update={"paid": Money(81_000), "returned": Money(9_000)})

    return changed(ProjectPublished, changed(ProjectSettled, left, settled), published)


def test_a_tranche_whose_gate_never_opened_went_back_and_nothing_is_missing() -> None:
    told = Told()
    facts = without_tranche(told, 3, with_gates(told.facts, 3, Gate.AUDIT_REPORTED))

    assert findings(a_story(facts)) == []


def test_a_tranche_whose_gates_were_open_and_which_was_not_released_is_found_unless_it_was_too_late() -> None:
    told = Told()
    facts = without_tranche(told, 3, with_gates(told.facts, 3, Gate.AUDIT_REPORTED))
    at = place_of(ProjectSettled, facts)
    late = TrancheRefused(project_id=told.project, code="gates_closed", source="", reason_zh="", reason_en="")

    assert findings(a_story(inserted(facts, at, a_report(told)))) == ["tranche 3 was never released"]
    assert findings(a_story(inserted(facts, at, a_report(told), late))) == []


@pytest.mark.parametrize("result", MidTermResult)
@pytest.mark.parametrize("consequence", [None, *Consequence])
def test_a_judgement_is_told_with_its_reasons(result: MidTermResult, consequence: Consequence | None) -> None:
    said = tell(a_judgement(Told(), result, consequence), Names({}))

    assert said is not None
    assert "服务人次不足" in said.zh
    assert "服务人次不足" in said.en


@pytest.mark.parametrize("opinion", AuditOpinion)
def test_a_report_is_told_with_who_made_it_and_whether_it_opens_the_gate(opinion: AuditOpinion) -> None:
    said = tell(a_report(Told(), opinion), Names({}))

    assert said is not None
    assert "示例会计师事务所" in said.zh
    assert ("条件未成就" in said.zh) is not opinion.opens


def in_parts(told: Told) -> list[Fact]:
    """The first tranche was paid in two orders: two thirds while a hold kept the rest back, then the rest."""
    facts = list(told.facts)
    order, paid = place_of(PaymentOrdered, facts), place_of(TranchePaid, facts)
    whole = facts[order]
    assert isinstance(whole, PaymentOrdered)
    said: list[Fact] = []
    for name, first, second in (("1", 18_000, 12_000), ("1/1", 9_000, 6_000)):
        payment, amount = PaymentId(uuid5(told.project, name)), Money(first + second)
        shares = told.shares(first, second)
        said += [
            whole.model_copy(update={"payment_id": payment, "amount": amount, "shares": shares}),
            facts[paid].model_copy(update={"payment_id": payment, "amount": amount}),
        ]
    return [*facts[:order], *said, *facts[paid + 1 :]]


def test_a_tranche_paid_in_parts_is_complete_and_each_part_shows_its_own_papers() -> None:
    told = Told()
    facts = in_parts(told)

    assert findings(a_story(facts)) == []
    first, second = [use for use in use_of(project(told, facts), told.lots[0]).tranches if use.number == 1]
    assert (first.amount, second.amount) == (Money(18_000), Money(9_000))
    assert first.payment_id != second.payment_id
    assert first.receipt_digest


def test_a_part_that_was_never_paid_is_found() -> None:
    told = Told()
    facts = in_parts(told)
    last = [place for place, fact in enumerate(facts) if isinstance(fact, TranchePaid) and fact.number == 1][-1]

    found = findings(a_story([*facts[:last], *facts[last + 1 :]]))

    assert "tranche 1: paid is not what was released" in found
