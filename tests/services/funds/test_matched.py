"""Funds tells by which lines of which file a payment was shown paid, however many lines and payments there are."""

from schemas.fund import TranchePaid
from schemas.receipt import ReceiptsMatched, digest_over
from services import funds
from tests.services.funds.desk import Desk, a_line, the
from tests.services.funds.files import COLUMNS, a_row, csv_of
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_matching import a_batch, an_ordered_project
from tests.services.funds.test_statement_doors import a_body, an_order
from tests.support.fixtures import Running


def test_one_line_of_one_payment_is_told_with_day_and_amount() -> None:
    desk = Desk()
    project = an_ordered_project(desk)
    line = a_line(project, 1, 500)

    said = desk.receive(line)

    told, paid = the(said, ReceiptsMatched), the(said, TranchePaid)
    assert (told.payment_id, told.receipt_digest) == (paid.payment_id, paid.receipt_digest)
    (only,) = told.lines
    assert (only.amount.fen, only.paid_on, only.line_reference) == (500, line.paid_on, line.line_reference)
    assert (only.digest, only.statement_digest, only.row) == (paid.receipt_digest, None, None)


def test_one_line_of_several_payments_is_told_of_each() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    said = desk.receive(a_batch(900, (project, 1), (project, 2)))

    told = [fact for fact in said if isinstance(fact, ReceiptsMatched)]
    assert [fact.number for fact in told] == [1, 2]
    assert [line.amount.fen for fact in told for line in fact.lines] == [900, 900]
    assert len({line.receipt_id for fact in told for line in fact.lines}) == 1


def test_several_lines_of_one_payment_are_told_together_and_their_digest_is_the_payments() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    said = desk.receive(*(a_line(project, 1, fen) for fen in (200, 250, 50)))

    told = the(said, ReceiptsMatched)
    assert sorted(line.amount.fen for line in told.lines) == [50, 200, 250]
    assert the(said, TranchePaid).receipt_digest == digest_over(line.digest for line in told.lines)


def test_a_number_that_holds_personal_data_stays_with_funds() -> None:
    desk = Desk()
    project = an_ordered_project(desk)

    said = desk.receive(a_line(project, 1, 500).model_copy(update={"line_reference": "13812345678"}))

    assert the(said, ReceiptsMatched).lines[0].line_reference is None


async def test_an_auditor_finds_line_row_and_file_by_the_digest(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = await an_order(scene)
        rows = [a_row("利息", "0.07", "L2"), a_row(ordered["reference"], "50.00", "L1", day=ordered["ordered_on"])]
        body = a_body(csv_of(rows).encode(), columns=COLUMNS.model_dump())
        taken = await system.post(f"/v1/funders/{scene.funder.party_id}/statements", body, scene.finance)
        assert taken.status == 201, taken.json
        payment = (await system.get(f"/v1/payments/{ordered['payment_id']}", scene.provider)).json

        found = (await system.get(f"/v1/receipts?digest={payment['receipt_digest']}", scene.auditor)).json["receipts"]
        nothing = (await system.get(f"/v1/receipts?digest={'0' * 64}", scene.auditor)).json["receipts"]
        wrong = await system.get("/v1/receipts?digest=seven", scene.auditor)

        (line,) = found
        assert (line["line_reference"], line["digest"]) == ("L1", payment["receipt_digest"])
        assert line["row"] == 3
        assert len(line["statement_digest"]) == 64
        assert nothing == []
        assert (wrong.status, wrong.json["title"], wrong.json["field"]) == (422, "not_a_sha256", "digest")
