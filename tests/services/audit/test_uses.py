"""Where each fen of a lot went: columns that add up at every moment, and findings when they cannot be relied on."""

from collections.abc import Callable

import pytest

from schemas.contract import Milestone
from schemas.fact import Fact
from schemas.fund import FundsCommitted, PaymentOrdered, TrancheReleased
from schemas.money import Money, sum_of
from schemas.project import BudgetReserved
from schemas.tranche import Gate
from services.audit.rules import Columns, LotLine, Step, findings_in, findings_of, lot_line, use_of
from tests.services.audit.banked import an_instruction
from tests.services.audit.entries import arrival, project
from tests.services.audit.stories import Told
from tests.services.audit.test_movements import PaymentBounced


def line_of(told: Told, facts: list[Fact] | None = None) -> LotLine:
    return lot_line(told.lots[0], arrival(told, told.lots[0]), [project(told, facts)])


def all_of(columns: Columns) -> Money:
    return sum_of(getattr(columns, name) for name in Columns.model_fields)


def test_at_every_moment_each_fen_of_the_lot_stands_in_one_column() -> None:
    told = Told()
    seen: set[str] = set()

    for end in range(len(told.facts) + 1):
        facts = told.facts[:end]
        line, use = line_of(told, facts), use_of(project(told, facts), told.lots[0])
        assert line.adds_up
        assert line.free is not None
        assert all_of(line.columns) - line.columns.returned + line.free == Money(500_000)
        assert all_of(use.columns) == use.set_aside
        assert list(findings_of(line, [project(told, facts)])) == list(findings_in(project(told, facts))) == []
        seen |= {name for name in Columns.model_fields if getattr(use.columns, name)}

    assert seen == set(Columns.model_fields)


def test_at_the_end_the_columns_are_what_was_paid_and_what_went_back() -> None:
    told = Told()

    line = line_of(told)

    assert line.columns == Columns(paid=Money(53_460), returned=Money(6_540))
    assert (line.amount, line.free, line.projects) == (Money(500_000), Money(500_000 - 53_460), 1)


def test_a_use_names_tranche_papers_and_what_people_thought() -> None:
    told = Told()

    use = use_of(project(told), told.lots[0])

    assert (use.title, use.need_id, use.provider_id) == ("楼道扶手", told.need, told.provider)
    assert [(t.number, t.gates, t.amount.fen) for t in use.tranches] == [
        (1, (Gate.SIGNED,), 27_000),
        (2, (Gate.MID_TERM_ACCEPTED,), 21_600),
        (3, (Gate.FINAL_GRADED,), 4_860),
    ]
    for tranche in use.tranches:
        assert tranche.step is Step.PAID
        assert tranche.payment_id
        assert tranche.receipt_digest
    assert (use.grade, str(use.score)) == ("合格", "71.00")
    assert [(o.milestone, o.ratings, str(o.mean)) for o in use.opinions] == [(Milestone.FINAL, 12, "71.50")]


def test_a_payment_that_left_in_a_banks_file_is_traced_to_the_end_of_its_account_and_no_other_is() -> None:
    told = Told()
    order = next(fact for fact in told.facts if isinstance(fact, PaymentOrdered))
    instructed = an_instruction(told).model_copy(update={"payment_id": order.payment_id})

    use = use_of(project(told, [*told.facts, instructed]), told.lots[0])

    assert [tranche.paid_to for tranche in use.tranches] == ["****3456", None, None]


@pytest.mark.parametrize("kind", [BudgetReserved, FundsCommitted, TrancheReleased, PaymentOrdered])
def test_a_missing_step_is_said_and_not_guessed(kind: type[Fact]) -> None:
    told = Told()
    facts = [fact for fact in told.facts if not isinstance(fact, kind)]
    without = project(told, facts)

    line = line_of(told, facts)
    found = [*findings_of(line, [without]), *findings_in(without)]

    assert found
    assert all(finding.zh and finding.en for finding in found)
    assert line.adds_up == (kind is PaymentOrdered)  # then the lots still add up, and the payment itself is the finding


def test_a_lot_whose_arrival_is_missing_has_no_free_money_that_could_be_named() -> None:
    told = Told()

    line = lot_line(told.lots[0], None, [project(told)])

    assert (line.amount, line.free, line.adds_up) == (None, None, False)
    assert "arrival is missing" in next(findings_of(line, [project(told)])).en


def changed(share: Callable[[BudgetReserved], BudgetReserved], facts: list[Fact]) -> list[Fact]:
    return [share(fact) if isinstance(fact, BudgetReserved) else fact for fact in facts]


def test_more_than_arrived_is_a_finding() -> None:
    told = Told()
    facts = changed(lambda f: f.model_copy(update={"shares": told.shares(700_000, 40_000)}), told.facts)

    line = line_of(told, facts)

    assert (line.free, line.adds_up) == (None, False)
    assert "more than that" in next(findings_of(line, [project(told, facts)])).en


def test_money_that_moved_in_a_way_unknown_here_is_a_finding() -> None:
    told = Told()
    payment = next(fact for fact in told.facts if isinstance(fact, PaymentOrdered)).payment_id
    bounced = PaymentBounced(project_id=told.project, payment_id=payment, amount=Money(45_000))

    (found,) = findings_in(project(told, [*told.facts, bounced]))

    assert "test.bounced" in found.en
