"""Above the limit, who ordered or approved a payment does not type the line that books it; a file explains itself."""

import base64
from uuid import uuid4

import pytest

from schemas.fund import TranchePaid
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Actor, Role
from services import funds
from services.funds import rules
from services.funds.rules.periods import Books
from services.funds.rules.receipts import Explanation, Receipt, ReceiptLine, WhyOpen, receipt_of
from services.funds.rules.separation import RECEIPT_BY_ANOTHER
from services.funds.rules.statements import StatementFile, import_statement
from services.funds.rules.statements import refs as refs_of_statement
from services.funds.rules.uploads import FileFormat
from services.kit.rulebooks import shipped
from tests.services.funds.desk import FINANCE, OTHER_FINANCE, RULEBOOK, Desk, a_line, a_signing, an_approval, the
from tests.services.funds.files import COLUMNS, a_row, csv_of
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_approving import ABOVE, LIMIT, MONEY, a_released, decided, the_payment
from tests.services.funds.test_explaining import say
from tests.support.fixtures import Running
from tests.support.pure import Story, an_actor, refused

THIRD = an_actor(Role.FINANCE, FINANCE.party_id)
EDITION_BEFORE = next(book for book in shipped() if (book.id, book.version) == ("example/below-limit", "2026.4"))


def an_approved(desk: Desk) -> ProjectId:
    """Ordered by one, approved by another."""
    project = a_released(desk)
    desk.order(project, 1)
    decided(desk, the_payment(desk, project))
    return project


def receipts(desk: Desk) -> list[Receipt]:
    return list(desk.world.each(Receipt))


def a_stray(desk: Desk, by: Actor) -> ReceiptLine:
    """It names nothing of ours, and has the payment's amount."""
    line = a_line(ProjectId(uuid4()), 1, ABOVE // 2).model_copy(update={"payment_reference": "-"})
    desk.receive(line, by=by)
    return line


@pytest.mark.parametrize("person", [FINANCE, OTHER_FINANCE], ids=["ordered", "approved"])
@pytest.mark.parametrize("fen", [ABOVE // 2, 1, ABOVE], ids=["whole", "a part of it", "another amount"])
def test_who_ordered_or_approved_types_no_line_of_it_and_nothing_is_kept(person: Actor, fen: int) -> None:
    desk = Desk()
    project = an_approved(desk)

    with refused("who_ordered_does_not_type_receipt", source="财会〔2012〕21号", status=403) as caught:
        desk.receive(a_line(project, 1, fen), by=person)

    assert caught.value.field == "lines.0.payment_reference"
    assert receipts(desk) == []
    assert the_payment(desk, project).is_awaited


def test_nor_a_line_that_sends_it_back_and_would_make_it_payable_again() -> None:
    desk = Desk()
    project = an_approved(desk)
    back = a_line(project, 1, ABOVE // 2).model_copy(update={"returned": "退票:户名不符"})

    with refused("who_ordered_does_not_type_receipt"):
        desk.receive(back)

    assert the_payment(desk, project).is_awaited


def test_another_person_of_the_funder_types_it_and_that_pays() -> None:
    desk = Desk()
    project = an_approved(desk)

    said = desk.receive(a_line(project, 1, ABOVE // 2), by=THIRD)

    assert the(said, TranchePaid).amount.fen == ABOVE // 2


def test_up_to_the_limit_one_person_does_both_as_ever() -> None:
    desk = Desk()
    project = a_released(desk, 2 * LIMIT)
    desk.order(project, 1)

    assert the(desk.receive(a_line(project, 1, LIMIT)), TranchePaid).amount.fen == LIMIT


def test_a_line_of_a_statement_file_is_taken_from_whoever_imports_it() -> None:
    desk = Desk()
    project = an_approved(desk)
    line = a_line(project, 1, ABOVE // 2)
    file = StatementFile(
        funder_id=PartyId(FINANCE.party_id),
        file_name="三月.csv",
        format=FileFormat.CSV,
        digest="a" * 64,
        lines=(line,),
        rows=(2,),
    )
    desk.story.at = desk.story.at.replace(day=line.paid_on.day)

    said: list[Model] = desk.story.do(
        import_statement, file, FINANCE, [*refs_of_statement(file, uuid4()), (Books, FINANCE.party_id)]
    )

    assert the(said, TranchePaid).amount.fen == ABOVE // 2


def test_a_line_typed_without_our_number_is_not_assigned_to_what_its_typist_ordered() -> None:
    """The way round: the one who ordered types a line that names nothing, and a colleague assigns it."""
    desk = Desk()
    project = an_approved(desk)
    own, foreign = a_stray(desk, FINANCE), a_stray(desk, THIRD)
    payment = the_payment(desk, project).id

    with refused("who_ordered_does_not_type_receipt", status=403) as caught:
        say(desk, own, Explanation.ASSIGNED, payment, by=THIRD)
    said = say(desk, foreign, Explanation.ASSIGNED, payment, by=OTHER_FINANCE)

    assert caught.value.field == "payment_id"
    assert desk.world.get(Receipt, receipt_of(own)).why_open is WhyOpen.UNKNOWN_PAYMENT
    assert the(said, TranchePaid).amount.fen == ABOVE // 2


def test_a_project_under_the_edition_before_goes_on_as_it_did() -> None:
    assert RECEIPT_BY_ANOTHER in RULEBOOK.rules
    assert RECEIPT_BY_ANOTHER not in EDITION_BEFORE.rules
    desk = Desk(story=Story(evolve=rules.evolve, rulebook=EDITION_BEFORE))
    account = desk.appropriate(ABOVE)
    approval = an_approval({account: ABOVE}).model_copy(update={"rulebook": EDITION_BEFORE.hash})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, ABOVE).model_copy(update={"rulebook": EDITION_BEFORE.hash}))
    desk.order(approval.project_id, 1)
    decided(desk, the_payment(desk, approval.project_id))

    said = desk.receive(a_line(approval.project_id, 1, ABOVE // 2))

    assert the(said, TranchePaid).amount == Money(ABOVE // 2)


async def test_at_the_doors_the_typed_line_is_refused_with_its_rule_and_the_file_is_taken(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        account = (await system.post("/v1/funds", MONEY, scene.finance)).json["account_id"]
        approval = an_approval({account: ABOVE})
        brief = approval.brief.model_copy(update={"funder_id": scene.funder.party_id})
        approval = approval.model_copy(update={"brief": brief})
        signing = a_signing(approval.project_id, ABOVE).model_copy(update={"provider_id": scene.provider.party_id})
        await scene.tell(approval, signing)
        door = f"/v1/projects/{approval.project_id}/payments"
        drawn = (await system.post(door, {"number": 1}, scene.finance)).json
        left = (await system.post(f"/v1/payments/{drawn['payment_id']}/approval", {}, scene.funder)).json
        line = {
            "line_reference": "L1",
            "payment_reference": left["reference"],
            "amount": left["amount"],
            "paid_on": left["ordered_on"],
        }

        typed = await system.post("/v1/receipts", {"lines": [line]}, scene.finance)
        nothing = await system.fetch("SELECT FROM funds.receipts")
        row = a_row(left["reference"], f"{ABOVE // 2 / 100:.2f}", "L1", day=left["ordered_on"])
        file = {
            "file_name": "三月.csv",
            "format": "csv",
            "content": base64.b64encode(csv_of([row]).encode()).decode(),
            "columns": COLUMNS.model_dump(),
        }
        taken = await system.post(f"/v1/funders/{scene.funder.party_id}/statements", file, scene.finance)

        assert (typed.status, typed.json["title"]) == (403, "who_ordered_does_not_type_receipt")
        assert typed.json["rule"]["certainty"] == "?"
        assert "对账文件" in typed.json["detail"]
        assert nothing == []
        assert (taken.status, taken.json["pays"]) == (201, 1)
