"""Ordered by finance, paid by a receipt and by nothing else."""

import csv
import hashlib
import io
import json
from datetime import date
from uuid import uuid4

import pytest
from pydantic import ValidationError

from schemas.fund import PaymentOrdered, SourceType, TranchePaid
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.role import Role
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Booked
from services.funds.rules.payment import HEAD, Payment, as_text, file_of, payment_of, reference_of
from services.funds.rules.receipts import ImportReceipts, Receipt, ReceiptLine, WhyOpen, receipt_of
from tests.services.funds.desk import PROVIDER, Desk, a_line, a_signing, an_acceptance, an_approval, fen, the
from tests.support.pure import an_actor, refused


def a_signed_project(desk: Desk) -> ProjectId:
    """Two sources, 600 and 400; the first tranche of 500 released."""
    budget, lottery = desk.appropriate(600), desk.appropriate(400, source_type=SourceType.LOTTERY)
    approval = an_approval({budget: 600, lottery: 400})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))
    return approval.project_id


def the_payment(desk: Desk, project: ProjectId, number: int = 1) -> Payment:
    return desk.world.get(Payment, payment_of(reference_of(project, number)))


def test_an_order_is_pending_until_its_receipt_and_names_its_sources() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    ordered = the(desk.order(project, 1), PaymentOrdered)

    assert fen(ordered.shares) == [300, 200]
    assert (desk.account(project).debits_pending.fen, desk.account(project).debits_posted.fen) == (500, 0)
    assert desk.account(PROVIDER).credits_posted.fen == 0
    assert desk.money(project).instalments[0].step is Step.ORDERED


def test_a_matching_receipt_pays_with_the_banks_date() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    line = a_line(project, 1, 500)

    said = desk.receive(line)

    assert the(said, TranchePaid).receipt_digest == line.digest
    assert desk.account(PROVIDER).credits_posted.fen == 500
    assert (desk.account(project).debits_pending.fen, desk.account(project).debits_posted.fen) == (0, 500)
    (transfer,) = the(said, Booked).transfers
    assert transfer.effective_date == date(2026, 3, 4)
    assert the_payment(desk, project).paid_on == date(2026, 3, 4)


def test_only_finance_of_the_funder_orders_and_a_tranche_is_ordered_once() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    with refused("not_your_party", status=403):
        desk.order(project, 1, an_actor(Role.FINANCE, PartyId(uuid4())))
    desk.order(project, 1)
    with refused("payment_already_ordered"):
        desk.order(project, 1)
    desk.receive(a_line(project, 1, 500))
    with refused("payment_already_ordered"):
        desk.order(project, 1)


def test_a_tranche_whose_gate_is_shut_or_that_is_not_planned_cannot_be_ordered() -> None:
    desk = Desk()
    project = a_signed_project(desk)

    with refused("tranche_not_released", source="付款计划"):
        desk.order(project, 2)
    with refused("no_such_tranche", status=404):
        desk.order(project, 4)
    with refused("not_found", status=404):
        desk.order(ProjectId(uuid4()), 1)


def test_the_same_line_again_changes_nothing() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    line = a_line(project, 1, 500)

    once = desk.receive(line, line)

    assert len([said for said in once if type(said) is TranchePaid]) == 1
    assert desk.receive(line) == []
    assert desk.world.get(Receipt, receipt_of(line)).payment_ids == (the_payment(desk, project).id,)
    assert desk.account(PROVIDER).credits_posted.fen == 500


@pytest.mark.parametrize(("amount", "why"), [(499, WhyOpen.PART_OF_PAYMENT), (501, WhyOpen.AMOUNT_DIFFERS)])
def test_a_line_of_another_amount_stays_open_and_pays_nothing(amount: int, why: WhyOpen) -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    line = a_line(project, 1, amount)

    desk.receive(line)

    assert desk.world.get(Receipt, receipt_of(line)).why_open is why
    assert the_payment(desk, project).paid_on is None


def test_a_line_for_an_unknown_payment_stays_open() -> None:
    desk = Desk()
    line = a_line(ProjectId(uuid4()), 1, 500)

    desk.receive(line)

    assert desk.world.get(Receipt, receipt_of(line)).why_open is WhyOpen.UNKNOWN_PAYMENT


def test_a_second_line_for_a_paid_order_stays_open_even_in_the_same_import() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    first, second, third = (a_line(project, 1, 500) for _ in range(3))

    desk.receive(first, second)
    desk.receive(third)

    assert [desk.world.get(Receipt, receipt_of(line)).why_open for line in (first, second, third)] == [
        None,
        WhyOpen.ALREADY_PAID,
        WhyOpen.ALREADY_PAID,
    ]
    assert desk.account(PROVIDER).credits_posted.fen == 500


def test_a_line_for_another_funders_payment_is_refused_and_nothing_is_kept() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    mine, foreign = a_line(ProjectId(uuid4()), 1, 5), a_line(project, 1, 500)

    with refused("not_your_party", status=403):
        desk.receive(mine, foreign, by=an_actor(Role.FINANCE, PartyId(uuid4())))
    assert desk.world.find(Receipt, receipt_of(mine)) is None


def test_two_tranches_of_a_project_are_paid_in_one_import() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.hear(an_acceptance(project))
    desk.order(project, 1)
    desk.order(project, 2)

    desk.receive(a_line(project, 2, 400), a_line(project, 1, 500))

    assert desk.money(project).paid == Money(900)


def test_the_application_has_a_line_per_lot_and_control_totals_and_its_digest_is_told() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    ordered = the(desk.order(project, 1), PaymentOrdered)

    body = file_of(the_payment(desk, project))

    assert hashlib.sha256(body).hexdigest() == ordered.file_digest
    head, *lines, control = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert tuple(head) == HEAD
    fen_column, source_column = HEAD.index("金额(分)"), HEAD.index("资金来源")
    assert [(line[source_column], line[fen_column]) for line in lines] == [
        ("一般公共预算", "300"),
        ("福彩公益金", "200"),
    ]
    assert (control[1], control[2], control[fen_column], control[HEAD.index("金额(元)")]) == (
        "2",
        "合计",
        "500",
        "5.00",
    )
    assert all(len(row) == len(HEAD) for row in (*lines, control))
    assert lines[0][HEAD.index("统一社会信用代码")] == "52340111XXXX00027P"


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-2", "@x"])
def test_a_title_that_a_spreadsheet_would_run_is_written_as_text(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"


def test_a_payment_reference_may_be_typed_in_small_letters() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    desk.order(project, 1)
    typed = dict(a_line(project, 1, 500)) | {"payment_reference": f" {reference_of(project, 1).lower()} "}

    said = desk.receive(ReceiptLine(**typed))

    the(said, TranchePaid)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": {"fen": 0}},
        {"paid_on": "2026-13-01"},
        {"line_reference": ""},
        {"line_reference": "x" * 65},
        {"line_reference": "a\x1fb"},
        {"payee": "x"},
    ],
)
def test_a_senseless_receipt_line_is_refused_by_its_form(wrong: dict[str, object]) -> None:
    right = {"line_reference": "1", "payment_reference": "ZF1", "amount": {"fen": 1}, "paid_on": "2026-03-04"}
    ImportReceipts.model_validate_json(json.dumps({"lines": [right]}))

    with pytest.raises(ValidationError):
        ImportReceipts.model_validate_json(json.dumps({"lines": [right | wrong]}))


def test_an_import_has_at_least_one_line_and_a_limit() -> None:
    line = a_line(ProjectId(uuid4()), 1, 1)

    for lines in ((), (line,) * 501):
        with pytest.raises(ValidationError):
            ImportReceipts(lines=lines)
