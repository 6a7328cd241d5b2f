"""A line pays or sends back between the day of the order and today, whatever door it comes through."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import uuid4

import pytest

from schemas.fund import TranchePaid
from schemas.payment import PaymentReturned
from services import funds
from services.funds.rules.importing import import_receipts, refs
from services.funds.rules.order import OrderPayment
from services.funds.rules.periods import Books
from services.funds.rules.receipts import ImportReceipts, WhyOpen
from services.funds.store.verify import QUESTIONS
from tests.services.funds.desk import FINANCE, FUNDER, Desk, a_line, a_signing, an_approval, the
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_matching import an_ordered_project, the_receipt
from tests.support.fixtures import Running
from tests.support.pure import refused

ORDERED = date(2026, 3, 2)
BEFORE = ORDERED - timedelta(days=1)


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def test_tomorrows_line_is_refused_and_names_its_field() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    tomorrow = ORDERED + timedelta(days=1)
    lines = (a_line(project, 1, 500), a_line(project, 2, 400).model_copy(update={"paid_on": tomorrow}))
    command = ImportReceipts(lines=(lines[0].model_copy(update={"paid_on": ORDERED}), lines[1]))

    with refused("paid_in_the_future", status=422) as caught:
        desk.story.do(import_receipts, command, FINANCE, [*refs(command, uuid4()), (Books, FUNDER)])

    assert caught.value.details == {"day": tomorrow, "today": ORDERED}
    assert caught.value.field == "lines.1.paid_on"


def test_a_line_of_the_day_of_the_order_pays_and_one_of_the_day_before_stays_open() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    early, same_day = (a_line(project, 1, 500).model_copy(update={"paid_on": day}) for day in (BEFORE, ORDERED))

    desk.receive(early)
    said = desk.receive(same_day)

    assert the_receipt(desk, early).why_open is WhyOpen.BEFORE_ORDER
    assert the(said, TranchePaid).number == 1


def test_nothing_is_sent_back_before_it_was_ordered() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_line(project, 1, 500).model_copy(update={"paid_on": BEFORE, "returned": "退票"})

    said = desk.receive(line)

    assert not [one for one in said if isinstance(one, PaymentReturned)]
    assert the_receipt(desk, line).why_open is WhyOpen.RETURN_UNMATCHED


async def test_the_books_prove_it_of_what_was_looked_at_when_it_came_in(ledger: Ledger) -> None:
    approval = an_approval({await ledger.appropriate(1000): 1000})
    await ledger.hear(approval, a_signing(approval.project_id, 1000))
    await ledger.do(OrderPayment(project_id=approval.project_id, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(approval.project_id, 1, 500),)))
    found = [await ledger.findings()]
    await ledger.as_owner("ALTER TABLE receipts DISABLE TRIGGER USER")  # closed lines never change otherwise

    for day in ("2099-01-01", "2026-03-01"):
        await ledger.as_owner(f"UPDATE receipts SET state = jsonb_set(state, '{{paid_on}}', '\"{day}\"')")
        found.append([one.split(": ")[1] for one in await ledger.findings()])
    await ledger.as_owner("UPDATE receipts SET state = state - 'day_checked'")  # as it was kept before this was asked

    wrong = next(question for question in QUESTIONS if "from before it was ordered" in question)
    assert found == [[], [wrong], [wrong]]
    assert await ledger.findings() == []


async def test_through_the_doors_the_age_of_an_open_line_counts_from_its_own_day(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        today = date.fromisoformat(ordered["ordered_on"])
        line = {"payment_reference": ordered["reference"], "amount": ordered["amount"]}
        old, ahead = (
            line | {"line_reference": days, "paid_on": (today + timedelta(days=int(days))).isoformat()}
            for days in ("-40", "2")
        )

        wrong = await system.post("/v1/receipts", {"lines": [ahead]}, scene.finance)
        taken = await system.post("/v1/receipts", {"lines": [old]}, scene.finance)

        assert (wrong.status, wrong.json["title"], wrong.json["field"]) == (
            422,
            "paid_in_the_future",
            "lines.0.paid_on",
        )
        assert taken.json == {"matched": 0, "open": 1, "known": 0}
        (still,) = (await system.get("/v1/receipts/open", scene.finance)).json["receipts"]
        assert (still["why_open"], still["age_days"], still["imported_days"]) == ("before_order", 40, 0)
