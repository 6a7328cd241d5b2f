"""Above the limit two people of the funder let a payment leave; up to it one does, as ever."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from schemas.fund import PaymentOrdered
from schemas.ids import PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.payment import ApplicationDrawnUp, PaymentApproved, PaymentDeclined
from schemas.role import Actor, Role
from services import funds
from services.funds import rules
from services.funds.rules.approving import ApprovePayment, DeclinePayment, approve, decline, refs
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Account
from services.funds.rules.order import SECOND_APPROVAL, OrderPayment
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.receipts import ImportReceipts, WhyOpen
from services.kit.rulebooks import shipped
from tests.services.funds.desk import (
    CODES,
    FINANCE,
    OTHER_FINANCE,
    PROVIDER,
    RULEBOOK,
    Desk,
    a_line,
    a_signing,
    an_approval,
    the,
)
from tests.services.funds.ledger import Ledger
from tests.services.funds.test_api import a_scene
from tests.services.funds.test_lines_at_rest import ledger as ledger  # the fixture
from tests.services.funds.test_matching import the_receipt
from tests.support.fixtures import Running
from tests.support.pure import Story, an_actor, refused

LIMIT = RULEBOOK.integer(SECOND_APPROVAL)
ABOVE = 2 * (LIMIT + 2)
"""fen, of a project: its first tranche is half of it"""
EARLIER = next(book for book in shipped() if (book.id, book.version) == ("example/below-limit", "2026.2"))
NEXT_DAY = date(2026, 3, 3)


def a_released(desk: Desk, fen: int = ABOVE) -> ProjectId:
    account = desk.appropriate(fen)
    approval = an_approval({account: fen})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, fen))
    return approval.project_id


def the_payment(desk: Desk, project: ProjectId, times: int = 0) -> Payment:
    return desk.world.get(Payment, payment_of(reference_of(project, 1, times)))


def decided(desk: Desk, payment: Payment, by: Actor = OTHER_FINANCE, *, reason: str | None = None) -> list[Model]:
    id = PaymentId(payment.id)
    if reason is None:
        command = ApprovePayment(payment_id=id)
        return desk.story.do(approve, command, by, refs(command, uuid4()))
    return desk.story.do(decline, DeclinePayment(payment_id=id, reason=reason), by)


def moved(desk: Desk, project: ProjectId) -> tuple[int, int]:
    account = desk.account(project)
    return account.debits_pending.fen, account.debits_posted.fen


def test_at_the_limit_one_person_lets_it_leave() -> None:
    desk = Desk()
    project = a_released(desk, 2 * LIMIT)

    ordered = the(desk.order(project, 1), PaymentOrdered)

    assert ordered.amount.fen == LIMIT
    assert moved(desk, project) == (LIMIT, 0)


def test_above_it_the_payment_is_drawn_up_and_nothing_leaves_or_moves() -> None:
    desk = Desk()
    project = a_released(desk, 2 * LIMIT + 2)

    said = desk.order(project, 1)

    instalment = desk.money(project).instalments[0]
    assert [one for one in said if isinstance(one, PaymentOrdered)] == []
    assert moved(desk, project) == (0, 0)
    assert (instalment.step, instalment.payment_id, instalment.drawn) == (
        Step.RELEASED,
        None,
        the_payment(desk, project).id,
    )
    assert the_payment(desk, project).waits_for_approval


@pytest.mark.parametrize("role", [Role.FINANCE, Role.FUNDER])
def test_another_person_of_the_funder_approves_and_it_leaves_that_day(role: Role) -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    drawn = the_payment(desk, project)
    second = an_actor(role, FINANCE.party_id)
    desk.story.at = desk.story.at.replace(day=NEXT_DAY.day)

    ordered = the(decided(desk, drawn, second), PaymentOrdered)

    left = the_payment(desk, project)
    assert (left.ordered_by, left.approved_by, left.ordered_on) == (FINANCE.person_id, second.person_id, NEXT_DAY)
    assert (ordered.payment_id, ordered.file_digest) == (left.id, left.file_digest)
    assert moved(desk, project) == (ABOVE // 2, 0)
    assert (desk.money(project).instalments[0].step, desk.money(project).instalments[0].drawn) == (Step.ORDERED, None)


def test_who_drew_it_up_neither_approves_it_nor_sends_it_back_and_the_rule_is_named() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    drawn = the_payment(desk, project)

    for reason in (None, "户名有误"):
        with refused("who_drew_up_does_not_approve", source="3 万元", status=403):
            decided(desk, drawn, FINANCE, reason=reason)
        with refused("not_your_party", status=403):
            decided(desk, drawn, an_actor(Role.FINANCE, PartyId(uuid4())), reason=reason)
    assert the_payment(desk, project) == drawn


def test_it_is_drawn_up_once_and_decided_once() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    drawn = the_payment(desk, project)

    with refused("payment_drawn_already"):
        desk.order(project, 1)
    decided(desk, drawn)
    for reason in (None, "晚了"):
        with refused("payment_waits_for_nobody"):
            decided(desk, drawn, reason=reason)
    with refused("payment_already_ordered"):
        desk.order(project, 1)


def test_what_is_sent_back_is_drawn_up_again_under_another_number_and_stays_as_it_was() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    first = the_payment(desk, project)

    decided(desk, first, reason="经济科目有误")
    with refused("payment_waits_for_nobody"):
        decided(desk, first)
    desk.order(project, 1)
    again = the_payment(desk, project, 1)
    decided(desk, again)

    declined = the_payment(desk, project).declined
    assert declined is not None
    assert (declined.by, declined.reason) == (OTHER_FINANCE.person_id, "经济科目有误")
    assert again.reference != first.reference
    assert desk.money(project).instalments[0].payment_id == again.id


def test_a_hold_placed_meanwhile_stops_the_approval_and_its_lifting_lets_it_go() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    hold = desk.hold(project, ABOVE, date(2026, 4, 1))

    with refused("money_on_hold"):
        decided(desk, the_payment(desk, project))
    desk.lift(project, hold)
    the(decided(desk, the_payment(desk, project)), PaymentOrdered)


def test_a_line_that_names_a_payment_which_has_not_left_pays_nothing() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    line = a_line(project, 1, ABOVE // 2)

    desk.receive(line)

    assert the_receipt(desk, line).why_open is WhyOpen.UNKNOWN_PAYMENT
    assert desk.world.find(Account, PROVIDER) is None or desk.account(PROVIDER).credits_posted.fen == 0


def test_under_an_edition_without_the_limit_one_person_is_enough() -> None:
    assert SECOND_APPROVAL not in EARLIER.rules
    desk = Desk(story=Story(evolve=rules.evolve, rulebook=EARLIER))
    project = a_released(desk)

    the(desk.order(project, 1), PaymentOrdered)


def test_the_log_names_both_persons_the_limit_and_its_source() -> None:
    desk = Desk()
    project = a_released(desk)

    drawn = the(desk.order(project, 1), ApplicationDrawnUp)
    said = decided(desk, the_payment(desk, project))

    approved = the(said, PaymentApproved)
    assert (drawn.drawn_up_by, drawn.limit.fen, drawn.amount.fen) == (FINANCE.person_id, LIMIT, ABOVE // 2)
    assert (drawn.source, drawn.rulebook) == (RULEBOOK.source(SECOND_APPROVAL).text, RULEBOOK.hash)
    assert (approved.drawn_up_by, approved.approved_by) == (FINANCE.person_id, OTHER_FINANCE.person_id)
    assert (approved.payment_id, approved.amount) == (drawn.payment_id, drawn.amount)
    assert [type(one) for one in said][:2] == [PaymentApproved, PaymentOrdered]


def test_what_was_sent_back_is_told_with_its_reason_which_holds_nobodys_number() -> None:
    desk = Desk()
    project = a_released(desk)
    desk.order(project, 1)
    drawn = the_payment(desk, project)

    with refused("personal_data", status=422):
        decided(desk, drawn, reason="请致电 13800138000")
    told = the(decided(desk, drawn, reason="经济科目有误"), PaymentDeclined)

    assert (told.drawn_up_by, told.declined_by) == (FINANCE.person_id, OTHER_FINANCE.person_id)
    assert (told.payment_id, told.reason) == (drawn.id, "经济科目有误")


def test_up_to_the_limit_one_person_orders_and_nothing_is_told_of_a_second() -> None:
    desk = Desk()
    project = a_released(desk, 2 * LIMIT)

    said = desk.order(project, 1)

    assert the(said, PaymentOrdered).amount.fen == LIMIT
    assert not [one for one in said if isinstance(one, ApplicationDrawnUp | PaymentApproved)]


async def test_the_books_see_no_transfer_before_the_approval_and_prove_two_persons(ledger: Ledger) -> None:
    account = await ledger.appropriate(ABOVE)
    approval = an_approval({account: ABOVE})
    await ledger.hear(approval, a_signing(approval.project_id, ABOVE))
    id = payment_of(reference_of(approval.project_id, 1))
    counted = "SELECT count(*) AS n FROM transfers WHERE id = $1"

    drawn = await ledger.do(OrderPayment(project_id=approval.project_id, number=1))
    before = ((await ledger.fetch(counted, id))[0]["n"], await ledger.findings())
    approved = await ledger.do(ApprovePayment(payment_id=PaymentId(id)), OTHER_FINANCE)
    third = an_actor(Role.FINANCE, FINANCE.party_id)
    await ledger.do(ImportReceipts(lines=(a_line(approval.project_id, 1, ABOVE // 2),)), third)

    said = await ledger.fetch("SELECT type FROM outbox WHERE type LIKE 'payment.%' ORDER BY id")
    assert (len(drawn.lines), len(approved.lines)) == (1, 2)
    assert [row["type"] for row in said] == ["payment.drawn_up", "payment.approved", "payment.ordered"]
    assert before == (0, [])
    assert ((await ledger.fetch(counted, id))[0]["n"], await ledger.findings()) == (1, [])
    with pytest.raises(Exception, match="two_persons"):
        await ledger.fetch("UPDATE payments SET state = jsonb_set(state, '{approved_by}', state -> 'ordered_by')")


MONEY = CODES | {"source_type": "budget", "budget_line": "2080299 民政管理事务", "amount": {"fen": ABOVE}}


async def test_through_the_doors_it_waits_visibly_for_the_second_person(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        account = (await system.post("/v1/funds", MONEY, scene.finance)).json["account_id"]
        brief = (approval := an_approval({account: ABOVE})).brief.model_copy(
            update={"funder_id": scene.funder.party_id}
        )
        approval = approval.model_copy(update={"brief": brief})
        signing = a_signing(approval.project_id, ABOVE).model_copy(update={"provider_id": scene.provider.party_id})
        await scene.tell(approval, signing)
        project = f"/v1/projects/{approval.project_id}"

        async def missing() -> Any:
            tranche = (await system.get(f"{project}/money", scene.provider)).json["tranches"][0]
            return tranche["step"], tranche["missing"]["code"], tranche["ordered_on"] is None

        drawn = (await system.post(f"{project}/payments", {"number": 1}, scene.finance)).json
        payment = f"/v1/payments/{drawn['payment_id']}"
        waits = await missing()
        files = [await system.get(f"{payment}/{what}", scene.finance) for what in ("file", "workbook")]
        own = await system.post(f"{payment}/approval", {}, scene.finance)
        back = await system.post(f"{payment}/declination", {"reason": "请补经济科目"}, scene.funder)
        sent_back = await missing()
        again = (await system.post(f"{project}/payments", {"number": 1, "economic_code": "50205"}, scene.finance)).json
        done = await system.post(f"/v1/payments/{again['payment_id']}/approval", {}, scene.funder)

        assert (drawn["waits_for_approval"], drawn["ordered_on"], drawn["file_digest"]) == (True, None, None)
        assert waits == ("released", "payment_not_approved", True)
        assert [(file.status, file.json["title"]) for file in files] == [(409, "payment_has_not_left")] * 2
        assert (own.status, own.json["title"], own.json["rule"]["certainty"]) == (
            403,
            "who_drew_up_does_not_approve",
            "?",
        )
        assert (back.status, back.json["declined"]["reason"]) == (201, "请补经济科目")
        assert sent_back == ("released", "payment_declined", True)
        assert (done.status, done.json["approved_by"]) == (201, str(scene.funder.person_id))
        assert await missing() == ("ordered", "receipt_not_in", False)
        (told,) = await system.facts("funds", "payment.ordered")
        assert told["data"]["payment_id"] == again["payment_id"]
