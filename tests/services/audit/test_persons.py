"""Who let a payment leave: the log names both persons, and what needed two and had one is found."""

import pytest

from schemas.payment import ApplicationDrawnUp, PaymentApproved
from services.audit import SERVICE
from services.audit.rules import Names, persons_of, tell, unaccounted
from tests.services.audit.approved import approved, before_the_order, drawn_up, second_person, sent_back, the_order
from tests.services.audit.entries import entries
from tests.services.audit.found import findings
from tests.services.audit.stories import Told
from tests.services.audit.test_service import tell_all
from tests.services.audit.test_story import a_story, without
from tests.services.audit.test_tracing import auditor_of, transfers
from tests.support.fixtures import Running


def test_a_payment_that_two_persons_let_leave_is_complete_and_moves_nothing_of_its_own() -> None:
    told = Told()
    facts = before_the_order(told, second_person(told))

    assert findings(a_story(facts)) == []
    assert unaccounted(entries(told, facts)) == []
    both = persons_of(facts)[the_order(told).payment_id]
    assert (both.drawn_up_by, both.approved_by) == (told.person, told.other)


def test_a_log_from_before_the_approval_was_told_has_no_findings_and_names_nobody() -> None:
    told = Told()

    assert findings(a_story(told.facts)) == []
    assert persons_of(told.facts) == {}


def test_one_that_was_drawn_up_before_and_approved_since_is_complete_too() -> None:
    told = Told()
    facts = without(ApplicationDrawnUp, before_the_order(told, [approved(told, the_order(told))]))

    assert findings(a_story(facts)) == []
    assert persons_of(facts)[the_order(told).payment_id].approved_by == told.other


def test_what_left_without_its_second_person_is_found() -> None:
    told = Told()
    facts = without(PaymentApproved, before_the_order(told, second_person(told)))

    assert findings(a_story(facts)) == ["payment.ordered for tranche 1 without payment.approved before it"]


def test_what_was_sent_back_and_left_all_the_same_is_found() -> None:
    told = Told()
    order = the_order(told)
    facts = before_the_order(told, [drawn_up(told, order), sent_back(told, order)])

    assert findings(a_story(facts)) == ["payment.ordered for tranche 1 without payment.approved before it"]


@pytest.mark.parametrize("same", ["drawn_up_by", "approved_by"])
def test_one_person_in_both_parts_is_found(same: str) -> None:
    told = Told()
    order = the_order(told)
    alone = told.other if same == "drawn_up_by" else told.person
    one = approved(told, order).model_copy(update={same: alone})
    facts = before_the_order(told, [drawn_up(told, order), one])

    assert "payment.approved for tranche 1 by the person who drew it up" in findings(a_story(facts))


def test_the_sentences_name_both() -> None:
    told = Told()
    first, back, _, yes = (tell(fact, Names({})) for fact in second_person(told))
    person, other = str(told.person)[:8], str(told.other)[:8]

    assert first is not None
    assert back is not None
    assert yes is not None
    assert (person in first.zh, "超过 300.00 元" in first.zh) == (True, True)
    assert (person in back.zh, other in back.zh, "经济科目有误" in back.en) == (True, True, True)
    assert f"由 {person} 拟出、{other} 核准" in yes.zh
    assert f"drawn up by {person} and approved by {other}" in yes.en


async def test_the_trace_and_the_transfer_show_both_persons(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        order = the_order(told)
        place = [fact for _, fact in told.by].index(order)
        told.by[place:place] = [("funds", fact) for fact in second_person(told)]
        await tell_all(system, told)

        trace = (await system.get(f"/v1/audit/projects/{told.project}/trace", auditor)).json
        (ordered,) = (await transfers(system, order.payment_id, auditor))["transfers"]
        (alone,) = (await transfers(system, the_order(told, 2).payment_id, auditor))["transfers"]

        (step,) = [step for step in trace["steps"] if step["type"] == "payment.approved"]
        assert (step["actors"]["drawn_up_by"], step["actors"]["approved_by"]) == (str(told.person), str(told.other))
        assert trace["findings"] == []
        payment = ordered["project"]["payment"]
        assert (payment["drawn_up_by"], payment["approved_by"]) == (str(told.person), str(told.other))
        assert (alone["project"]["payment"]["drawn_up_by"], alone["project"]["payment"]["approved_by"]) == (None, None)
