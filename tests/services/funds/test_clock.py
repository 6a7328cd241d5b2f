"""Until when released money is to be paid, what lateness costs, and what the organization sees of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import ProjectId
from schemas.money import MOST_FEN, Money
from schemas.tranche import Gate
from services.funds.api.answers import ClockAnswer
from services.funds.api.tranches import tranche_answers
from services.funds.rules.clock import DAYS, PaymentClock, clock_from
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.project import ProjectMoney
from services.funds.store import load
from tests.services.funds.desk import RULEBOOK, Desk, a_grade, a_line, a_signing, an_acceptance, an_approval
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.pure import NOON

SIGNED = date(2026, 3, 2)
"""the day of the desk"""
CLOCK = PaymentClock(since=SIGNED, due_on=date(2026, 4, 1), late_permyriad=5, source="协议")


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def a_signed_project(desk: Desk, price: int = 10_000) -> ProjectId:
    account = desk.appropriate(price)
    approval = an_approval({account: price})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, price))
    return approval.project_id


def clocks(desk: Desk, project: ProjectId, on: date) -> list[ClockAnswer | None]:
    money = desk.money(project)
    refs = [(Payment, payment_of(reference_of(project, i.number))) for i in money.instalments]
    desk.world.ask(refs)
    payments = [payment for ref in refs if (payment := desk.world.find(*ref)) is not None]
    return [answer.clock for answer in tranche_answers(money, payments, on)]


def test_a_released_tranche_is_due_so_many_days_after_its_gate_opened_and_the_others_have_no_date() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    first, second, third = [i.clock for i in desk.money(project).instalments]

    assert first is not None
    assert (first.since, first.due_on) == (SIGNED, date(2026, 4, 1))
    assert first.source == RULEBOOK.source(DAYS).text
    assert (second, third) == (None, None)


def test_the_clock_of_a_later_tranche_starts_when_its_own_gate_opens() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.story.at = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)  # in China it is the first of July
    desk.hear(an_acceptance(project))

    clock = desk.money(project).instalments[1].clock

    assert clock is not None
    assert (clock.since, clock.due_on) == (date(2026, 7, 1), date(2026, 7, 31))


def test_a_tranche_of_which_nothing_is_payable_has_no_clock() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project, 0))

    assert desk.money(project).instalments[2].clock is None


def test_an_edition_without_a_term_sets_no_date() -> None:
    without = replace(RULEBOOK, rules={path: rule for path, rule in RULEBOOK.rules.items() if path != DAYS})

    assert clock_from(SIGNED, without) is None


@pytest.mark.parametrize(
    ("on", "late", "fen"),
    [
        (date(2026, 4, 1), 0, 0),  # the last day is in time
        (date(2026, 4, 2), 1, 3),  # 5,000 fen × 0.05 % = 2.5
        (date(2026, 4, 11), 10, 25),
        (date(2027, 4, 1), 365, 913),  # 912.5
    ],
)
def test_interest_is_simple_and_by_the_day_and_rounded_half_up(on: date, late: int, fen: int) -> None:
    assert CLOCK.days_late(on) == late
    assert CLOCK.interest(Money(5000), on) == Money(fen)


@given(st.integers(0, MOST_FEN // 1000), st.integers(0, 1000))
def test_interest_never_shrinks_with_the_days(fen: int, days: int) -> None:
    day = date.fromordinal(CLOCK.due_on.toordinal() + days)
    after = date.fromordinal(day.toordinal() + 1)

    assert CLOCK.interest(Money(fen), day) <= CLOCK.interest(Money(fen), after)


def test_the_organization_sees_a_countdown_then_what_lateness_costs() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    (in_time, *_), (late, *_) = (clocks(desk, project, on) for on in (date(2026, 3, 31), date(2026, 4, 11)))

    assert in_time is not None
    assert late is not None
    assert (in_time.days_left, in_time.days_late, in_time.late_interest) == (1, 0, Money(0))
    assert (late.days_left, late.days_late, late.late_interest) == (None, 10, Money(25))


def test_the_clock_stops_on_the_day_the_money_was_paid() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    desk.receive(a_line(project, 1, 5000).model_copy(update={"paid_on": date(2026, 4, 3)}))

    paid, *_ = clocks(desk, project, date(2026, 12, 31))

    assert paid is not None
    assert (paid.days_left, paid.days_late, paid.late_interest) == (None, 2, Money(5))


def test_while_a_hold_stops_it_no_interest_is_claimed() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hold(project, 10_000, until=date(2026, 5, 1))

    held, *_ = clocks(desk, project, date(2026, 4, 11))
    freed, *_ = clocks(desk, project, date(2026, 5, 2))

    assert held is not None
    assert freed is not None
    assert (held.days_late, held.late_interest) == (10, None)
    assert freed.late_interest == Money(78)  # 31 days, 77.5


async def test_an_acceptance_heard_ten_days_late_costs_the_payee_no_day(ledger: Ledger) -> None:
    approval = an_approval({await ledger.appropriate(10_000): 10_000})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, 10_000))
    ledger.clock.at += timedelta(days=20)

    await ledger.hear(an_acceptance(project), said_at=NOON + timedelta(days=10))

    async with ledger.database.transaction() as tx:
        money = (await load(tx, [(ProjectMoney, project)])).get(ProjectMoney, project)
    clock = money.instalments[1].clock
    assert clock is not None
    assert (clock.since, clock.due_on) == (date(2026, 3, 12), date(2026, 4, 11))
    assert money.opened[Gate.MID_TERM_ACCEPTED] == date(2026, 3, 12)
    (released,) = await ledger.fetch("SELECT DISTINCT booked_on FROM transfers WHERE reason = 'tranche 2 released'")
    assert released["booked_on"] == date(2026, 3, 22)  # the day on which it was decided
