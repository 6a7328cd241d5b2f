"""The paper prints every gate of a tranche, its least grade, the payment term, and what a failed mid-term does."""

from dataclasses import replace
from decimal import Decimal

import pytest

from schemas.clauses import Clauses, PaymentTerm
from schemas.contract import ContractSigned
from schemas.paper import GATES
from schemas.rulebook import Rule, Source
from schemas.tender import AwardConfirmed
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.contracts import rules
from services.contracts.rules.annex import MID_TERM_FAILED
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import BOOK, FUNDER, PROVIDER, Awarded, an_award
from tests.services.contracts.reading import Read, read

PLAN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal(60), gate=Gate.MID_TERM_ACCEPTED, also=(Gate.MID_TERM_PASSED,)),
        PlannedTranche(
            share_percent=Decimal(40), gate=Gate.AUDIT_REPORTED, also=(Gate.FINAL_GRADED,), grade_at_least="良好"
        ),
    )
)
CLAUSES = Clauses(payment=PaymentTerm(days=45, late_permyriad=4))


def the_award(clauses: Clauses = CLAUSES) -> AwardConfirmed:
    award = an_award()
    return award.model_copy(update={"terms": award.terms.model_copy(update={"tranche_plan": PLAN, "clauses": clauses})})


def the_paper(story: Awarded) -> Read:
    return read(rules.agreement_paper(story.contract))


def drafted(clauses: Clauses = CLAUSES) -> Awarded:
    story = Awarded()
    story.hear(the_award(clauses))
    return story


def test_every_gate_and_the_least_grade_stand_beside_the_tranche() -> None:
    first, second, _ = the_paper(drafted()).tables["tranches"]

    assert GATES[Gate.MID_TERM_ACCEPTED] in first[3]
    assert GATES[Gate.MID_TERM_PASSED] in first[3]
    assert GATES[Gate.AUDIT_REPORTED] in second[3]
    assert GATES[Gate.FINAL_GRADED] in second[3]
    assert "良好" in second[3]


def test_the_payment_term_stands_there_when_it_was_agreed_and_is_told_with_the_signature() -> None:
    story = drafted()

    (said,) = [text for text in the_paper(story).texts if "日(自然日)内付款" in text]
    assert "45 日" in said
    assert "万分之 4" in said
    assert not [text for text in the_paper(drafted(Clauses())).texts if "日(自然日)内付款" in text]
    story.endorse(PROVIDER)
    (signed,) = [fact for fact in story.endorse(FUNDER) if isinstance(fact, ContractSigned)]
    assert signed.clauses == CLAUSES
    assert [tranche.gates for tranche in signed.tranches] == [tranche.gates for tranche in PLAN.tranches]


@pytest.mark.parametrize(("value", "words"), [("ends", "协议终止"), ("stops", "停止拨付")])
def test_what_a_failed_mid_term_does_stands_there_with_its_source(value: str, words: str) -> None:
    story = Awarded()
    source = Source("示例 中期不合格")
    story.rulebook = replace(BOOK, rules={**BOOK.rules, MID_TERM_FAILED: Rule(value, source)})
    story.hear(the_award())

    texts = the_paper(story).texts

    assert any("中期评估 60 分及以上为合格" in text and words in text for text in texts)
    assert any(source.text in text for text in texts)


def test_an_edition_that_says_nothing_of_it_prints_nothing_of_it() -> None:
    story = Awarded()
    story.rulebook = next(book for book in shipped() if book.version == "2026.2")
    story.hear(the_award())

    assert not [text for text in the_paper(story).texts if "中期评估" in text]
