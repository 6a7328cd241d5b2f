"""A statement file is looked at first, then taken in, once, whole or not at all."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.fund import TranchePaid
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.payment import PaymentReturned
from schemas.role import Actor, Role
from services.funds.files.reading import read
from services.funds.rules.columns import ColumnMapping, CostColumns, mapping_of
from services.funds.rules.payment import reference_of
from services.funds.rules.periods import Books
from services.funds.rules.receipts import Receipt, WhyOpen, receipt_of
from services.funds.rules.statements import (
    ImportStatement,
    LineResult,
    PreviewStatement,
    Reading,
    StatementRead,
    import_statement,
    preview,
    refs,
)
from services.funds.rules.uploads import Control, FileFormat
from tests.services.funds.desk import FINANCE, FUNDER, PROVIDER, Desk, a_line, the
from tests.services.funds.files import COLUMNS, a_command, a_row, csv_of, xlsx_of
from tests.services.funds.test_camt import a_statement, an_entry, totals
from tests.services.funds.test_matching import an_ordered_project, paid
from tests.support.pure import an_actor, refused


def hand_in(desk: Desk, command: ImportStatement, by: Actor = FINANCE) -> tuple[list[Model], Reading]:
    """As the door does: read, then decide; the remembered columns are whatever the desk remembers."""
    desk.world.ask([(ColumnMapping, mapping_of(FUNDER)), (Books, FUNDER)])
    mapping = desk.world.find(ColumnMapping, mapping_of(FUNDER))
    columns = None if mapping is None else mapping.columns
    assert not isinstance(columns, CostColumns)
    file = read(command, columns)
    decide = preview if isinstance(command, PreviewStatement) else import_statement
    said = desk.story.do(decide, file, by, refs(file, uuid4()))
    return said, the(said, StatementRead).reading


def a_month(project: ProjectId) -> list[list[Any]]:
    """Paid, sent back, a stranger's, and the paid one again."""
    whole = a_row(reference_of(project, 1), "5.00", "L1")
    back = a_row(reference_of(project, 2), "4.00", "L2", status="退票:账号错误")
    return [whole, back, a_row("利息", "0.07", "L3"), whole]


def test_a_preview_says_of_every_line_what_would_happen_and_changes_nothing() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    said, reading = hand_in(desk, a_command(csv_of(a_month(project)), to_look_at=True))

    assert [type(one) for one in said] == [StatementRead]
    assert [(line.row, line.result) for line in reading.lines] == [
        (2, LineResult.PAYS),
        (3, LineResult.SENDS_BACK),
        (4, LineResult.OPEN),
        (5, LineResult.KNOWN),
    ]
    named = [(reference_of(project, 1),), (reference_of(project, 2),), ()]
    assert [line.payments for line in reading.lines[:3]] == named
    assert reading.lines[2].why_open is WhyOpen.UNKNOWN_PAYMENT
    assert reading.total == Money(1407)
    assert paid(desk, project) == []
    assert desk.world.each(Receipt) == []
    assert desk.world.find(ColumnMapping, mapping_of(FUNDER)) is None


def test_amounts_that_together_are_beyond_all_sums_are_refused() -> None:
    rows = [a_row("", "9999999999999.99", f"L{place}") for place in range(2)]

    with refused("total_too_large", status=422):
        hand_in(Desk(), a_command(csv_of(rows)))


@pytest.mark.parametrize("format", [FileFormat.CSV, FileFormat.XLSX])
def test_an_import_does_what_its_preview_said(format: FileFormat) -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    rows = a_month(project)
    content = csv_of(rows).encode("gb18030") if format is FileFormat.CSV else xlsx_of(rows)

    _, looked_at = hand_in(desk, a_command(content, format=format, to_look_at=True))
    said, reading = hand_in(desk, a_command(content, format=format))

    assert reading.lines == looked_at.lines
    assert the(said, TranchePaid).number == 1
    assert the(said, PaymentReturned).number == 2
    assert desk.account(PROVIDER).credits_posted.fen == 500
    receipt = desk.world.get(Receipt, next(r.id for r in desk.world.each(Receipt) if r.line_reference == "L1"))
    assert (receipt.statement_id, receipt.imported_by, receipt.paid_on) == (
        reading.statement_id,
        FINANCE.person_id,
        date(2026, 3, 2),
    )


def test_the_same_file_changes_nothing_and_the_same_line_in_another_file_does_not_either() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    rows = a_month(project)
    hand_in(desk, a_command(csv_of(rows)))

    again, reading = hand_in(desk, a_command(csv_of(rows)))
    other, more = hand_in(desk, a_command(csv_of([*rows, a_row(reference_of(project, 3), "1.00", "L4")])))

    assert [type(one) for one in again] == [StatementRead]
    assert (reading.known_file, reading.lines) == (True, ())
    assert [line.result for line in more.lines] == [LineResult.KNOWN] * 4 + [LineResult.PAYS]
    assert the(other, TranchePaid).number == 3
    assert desk.account(PROVIDER).credits_posted.fen == 600


def test_the_columns_are_remembered_and_used_for_the_next_file() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    with refused("columns_not_known", status=422):
        hand_in(desk, a_command(csv_of(a_month(project)), columns=None))
    hand_in(desk, a_command(csv_of([a_row("", 1, "L9")])))
    _, reading = hand_in(desk, a_command(csv_of(a_month(project)), columns=None))

    assert desk.world.get(ColumnMapping, mapping_of(FUNDER)).columns == COLUMNS
    assert reading.lines[0].result is LineResult.PAYS
    with refused("column_missing"):
        hand_in(desk, a_command(csv_of([a_row("", 1)], ("a", "b", "c", "d", "e", "f")), columns=None))


@pytest.mark.parametrize("control", [Control(lines=3, total=Money(1407)), Control(lines=4, total=Money(1406))])
def test_control_totals_that_do_not_agree_are_refused_with_both_and_nothing_is_kept(control: Control) -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    with refused("control_totals_differ", status=422) as caught:
        hand_in(desk, a_command(csv_of(a_month(project)), control=control))

    assert caught.value.field == "control"
    assert caught.value.details == {
        "lines": control.lines,
        "total": control.total,
        "found_lines": 4,
        "found_total": Money(1407),
    }
    assert desk.world.each(Receipt) == []
    assert paid(desk, project) == []


def test_totals_in_the_file_itself_are_held_against_its_lines() -> None:
    desk = Desk()
    rows = a_month(an_ordered_project(desk))

    for total in (["合计", "", "共4笔", "14.08", "", ""], ["合计", "", "共5笔", "14.07", "", ""]):
        with refused("control_totals_differ") as caught:
            hand_in(desk, a_command(csv_of([*rows, total])))
        assert caught.value.field == "content"
    hand_in(desk, a_command(csv_of([*rows, ["合计", "", "共4笔", "14.07", "", ""]])))


def test_a_line_of_tomorrow_is_refused_and_nothing_of_the_file_is_kept() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    rows = [*a_month(project), a_row("", 1, "L5", day="2026-03-03")]

    with refused("line_in_the_future", status=422) as caught:
        hand_in(desk, a_command(csv_of(rows)))

    assert caught.value.details == {"row": 6, "day": date(2026, 3, 3), "today": date(2026, 3, 2)}
    assert desk.world.each(Receipt) == []
    assert paid(desk, project) == []


def test_only_the_funders_own_finance_hands_in_and_only_for_its_own_payments() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    stranger = an_actor(Role.FINANCE, PartyId(uuid4()))

    with refused("not_your_party", status=403):
        hand_in(desk, a_command(csv_of(a_month(project))), stranger)
    with refused("not_your_party", status=403):
        hand_in(desk, a_command("unreadable", columns=None), stranger)
    theirs = a_command(csv_of(a_month(project))).model_copy(update={"funder_id": stranger.party_id})
    with refused("not_your_party", status=403):
        hand_in(desk, theirs, stranger)


def test_two_funders_whose_banks_count_alike_each_have_their_own_line() -> None:
    desk = Desk()
    other = an_actor(Role.FINANCE, PartyId(uuid4()))
    fee = csv_of([a_row("手续费", "10.00", "1")])

    hand_in(desk, a_command(fee))
    _, reading = hand_in(desk, a_command(fee).model_copy(update={"funder_id": other.party_id}), other)

    assert [line.result for line in reading.lines] == [LineResult.OPEN]
    assert sorted(receipt.funder_id for receipt in desk.world.each(Receipt)) == sorted((FUNDER, other.party_id))


def test_a_line_that_names_a_payment_is_the_same_whether_it_comes_in_a_file_or_alone() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    hand_in(desk, a_command(csv_of([a_row(reference_of(project, 1), "5.00", "L1")])))

    alone = a_line(project, 1, 500, "L1").model_copy(update={"paid_on": date(2026, 3, 2)})

    assert desk.receive(alone) == []


def test_what_the_words_of_a_line_name_counts_beside_the_column_of_the_number() -> None:
    desk = Desk()
    one, other = an_ordered_project(desk), an_ordered_project(desk)
    columns = COLUMNS.model_copy(update={"text": "对方户名"})
    row = a_row(reference_of(one, 1), "9.00")
    row[2] = f"代付{reference_of(other, 2)}等"

    said, _ = hand_in(desk, a_command(csv_of([row]), columns=columns))

    assert [fact.project_id for fact in said if isinstance(fact, TranchePaid)] == [one, other]
    assert all(isinstance(id, UUID) for id in {receipt_of(line) for line in read(a_command(csv_of([row])), None).lines})


def test_a_camt_053_statement_is_taken_in_by_the_same_rules_and_leaves_the_columns_alone() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    entry = an_entry("5.00", details=f"<RmtInf><Ustrd>{reference_of(project, 1)}</Ustrd></RmtInf>")
    right, wrong = (a_statement(entry, summary=totals(1, total)) for total in ("5.00", "5.01"))

    with refused("control_totals_differ"):
        hand_in(desk, a_command(wrong, format=FileFormat.CAMT_053, columns=None))
    said, reading = hand_in(desk, a_command(right, format=FileFormat.CAMT_053))

    assert the(said, TranchePaid).project_id == project
    assert [line.result for line in reading.lines] == [LineResult.PAYS]
    assert desk.world.find(ColumnMapping, mapping_of(FUNDER)) is None
