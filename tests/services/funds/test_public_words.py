"""Bases and reasons that funds tells of are public with the project's story: nobody's number stands in them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from schemas.fund import CorrectionReason
from schemas.money import Money
from services.funds.rules import corrections, holds
from services.funds.rules.ledger import Transfer
from services.funds.rules.periods import Books
from services.funds.rules.project import ProjectMoney
from tests.services.funds.desk import AUDITOR, FUNDER, OTHER_FINANCE, Desk
from tests.services.funds.test_holding import a_signed_project
from tests.support.pure import refused

LATER = date(2026, 3, 2) + timedelta(days=30)
NUMBERS = ("举报人 13812345678", "证号 320508199001011234")


def told(desk: Desk, decide: Any, command: Any, by: Any, *refs: Any) -> Any:
    return desk.story.do(decide, command, by, refs)


@pytest.mark.parametrize("words", NUMBERS)
def test_a_hold_and_its_lifting_name_the_field(words: str) -> None:
    desk = Desk()
    project = a_signed_project(desk)
    money = (ProjectMoney, project)

    with refused("personal_data", source="个人信息保护法", status=422) as caught:
        command = holds.PlaceHold(project_id=project, amount=Money(1), basis=words, until=LATER)
        told(desk, holds.place, command, AUDITOR, money)
    assert caught.value.field == "basis"
    hold = desk.hold(project, 1, LATER)
    with refused("personal_data") as caught:
        lifting = holds.LiftHold(project_id=project, hold_id=hold, reason=words)
        told(desk, holds.lift, lifting, AUDITOR, money)
    assert caught.value.field == "reason"
    assert desk.money(project).holds[0].lifted is False


def test_a_basis_may_name_a_file_by_its_digest() -> None:
    desk = Desk()
    project = a_signed_project(desk)
    basis = f"取证单 {uuid4()} 摘要 {'13812345678'.rjust(64, 'a')}"
    command = holds.PlaceHold(project_id=project, amount=Money(1), basis=basis, until=LATER)

    told(desk, holds.place, command, AUDITOR, (ProjectMoney, project))

    assert desk.money(project).holds[0].basis == basis


def test_a_correction_names_the_field() -> None:
    desk = Desk()
    desk.appropriate(1000)
    arrival = next(iter(desk.story.world.each(Transfer)))
    command = corrections.CorrectTransfer(
        funder_id=FUNDER,
        transfer_id=arrival.id,
        amount=Money(1),
        reason=CorrectionReason.ENTERED_TWICE,
        basis=NUMBERS[0],
    )

    with refused("personal_data") as caught:
        told(desk, corrections.correct, command, OTHER_FINANCE, (Transfer, arrival.id), (Books, FUNDER))
    assert caught.value.field == "basis"
