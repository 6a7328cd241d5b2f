"""Costs are reported by head within the agreement's limits, and an invoice is used once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.cost import CostRejected, CostsReported, CostWithdrawn
from schemas.ids import ProjectId
from schemas.money import Money
from schemas.role import Role
from services.funds.rules.cost_taking import MOST_OF_A_PROJECT
from services.funds.rules.costs import CostKind, CostStatus, Spending
from services.funds.rules.project import Payee
from services.funds.rules.spent_lines import InvoiceGiven, Issuer
from services.kit.rulebooks import shipped
from tests.services.funds.costs import (
    SHOP,
    TODAY,
    a_cost,
    a_project,
    a_report,
    cost_line,
    hand_in,
    on,
    spent,
    take_back,
    turn_down,
)
from tests.services.funds.desk import Desk, a_grade, an_acceptance, the
from tests.support.pure import an_actor, refused

EARLIER = next(book for book in shipped() if (book.id, book.version) == ("example/below-limit", "2026.2"))


def settle(desk: Desk, project: ProjectId) -> None:
    desk.hear(an_acceptance(project))
    desk.hear(a_grade(project))
    for number in (1, 2, 3):
        desk.pay(project, number)


def test_a_report_adds_up_by_head_and_its_fact_names_no_invoice() -> None:
    desk = Desk()
    project = a_project(desk)

    fact = the(hand_in(desk, a_report(project, a_cost(300), a_cost(50, "management"), a_cost(100))), CostsReported)

    assert [(head.head, head.amount.fen) for head in fact.heads] == [("activity", 400), ("management", 50)]
    assert (fact.lines, fact.total.fen) == (3, 450)
    assert SHOP not in fact.model_dump_json()
    assert [(head.head, head.counted.fen) for head in spent(desk, project).heads] == [
        ("activity", 400),
        ("management", 50),
    ]


def test_a_head_takes_its_percent_of_the_price_rounded_down_and_no_fen_more() -> None:
    desk = Desk()
    project = a_project(desk, price=999)  # 10 %: 99.9, so 99 fen
    hand_in(desk, a_report(project, a_cost(60, "management")))

    with refused("cost_above_limit", source="项目协议书", status=409) as caught:
        hand_in(desk, a_report(project, a_cost(700), a_cost(39, "management"), a_cost(1, "management")))
    hand_in(desk, a_report(project, a_cost(39, "management")))

    assert caught.value.field == "lines.2.amount"
    details = caught.value.details
    assert (details["row"], details["head"], details["percent"]) == (3, "管理费用", 10)
    assert [details[name].fen for name in ("limit", "used", "left", "amount")] == [99, 99, 0, 1]
    assert spent(desk, project).counted.fen == 99  # of the refused batch nothing is left


def test_a_head_with_a_limit_of_nothing_takes_nothing() -> None:
    desk = Desk()

    with refused("cost_above_limit"):
        hand_in(desk, a_report(a_project(desk), a_cost(1, "tax")))


def test_all_heads_together_stay_within_the_price() -> None:
    desk = Desk()
    project = a_project(desk, limited=False)
    hand_in(desk, a_report(project, a_cost(600), a_cost(399, "management")))

    with refused("costs_above_price", source="项目协议书") as caught:
        hand_in(desk, a_report(project, a_cost(2, "tax")))
    with refused("costs_above_price"):
        hand_in(desk, a_report(project, a_cost(10**15, "tax")))
    hand_in(desk, a_report(project, a_cost(1, "tax")))

    assert (caught.value.details["used"].fen, caught.value.details["left"].fen) == (999, 1)


def test_only_the_heads_of_the_agreement_take_costs_and_else_those_of_the_rulebook() -> None:
    desk = Desk()
    limited, free = a_project(desk), a_project(desk, limited=False)

    with refused("no_such_cost_head", source="项目协议书", status=422) as caught:
        hand_in(desk, a_report(limited, a_cost(1, "travel")))
    with refused("no_such_cost_head", source="虞民"):
        hand_in(desk, a_report(free, a_cost(1, "travel")))

    assert caught.value.field == "lines.0.head"
    assert "management 管理费用" in caught.value.details["known"]


@pytest.mark.parametrize("kind", [CostKind.FIXED_ASSET, CostKind.INFRASTRUCTURE, CostKind.CASH, CostKind.GIFT])
def test_what_the_rulebook_forbids_is_refused_with_its_source(kind: CostKind) -> None:
    desk = Desk()

    with refused("cost_kind_refused", source="虞民", status=422) as caught:
        hand_in(desk, a_report(a_project(desk), a_cost(1), a_cost(1, kind=kind)))

    assert (caught.value.field, caught.value.details["row"]) == ("lines.1.kind", 2)


def test_a_project_under_an_earlier_edition_goes_on_without_heads_or_forbidden_kinds() -> None:
    desk = Desk()
    desk.story.rulebook = EARLIER
    project = a_project(desk, limited=False)

    hand_in(desk, a_report(project, a_cost(1, "travel", kind=CostKind.GIFT)))

    assert spent(desk, project).counted.fen == 1


def test_an_agreement_of_before_costs_were_reported_has_neither_limits_nor_a_first_day() -> None:
    desk = Desk()
    project = a_project(desk)
    desk.world.loaded(Spending(id=project))

    hand_in(desk, a_report(project, a_cost(1000, spent_on=on(1) - timedelta(days=365))))

    assert spent(desk, project).counted.fen == 1000


def test_money_is_spent_between_signing_and_today() -> None:
    desk = Desk()
    project = a_project(desk)  # signed today
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with refused("cost_day_out_of_range", status=422) as caught:
            hand_in(desk, a_report(project, a_cost(1, spent_on=day)))
        assert caught.value.field == "lines.0.spent_on"

    hand_in(desk, a_report(project, a_cost(1, spent_on=TODAY)))


def test_an_issuers_code_is_checked_and_one_that_may_not_register_is_given_by_name_and_tax_number() -> None:
    desk = Desk()
    project = a_project(desk)
    law_firm = "31320000MD0123456X"

    with refused("issuer_uscc_wrong", status=422) as caught:
        hand_in(
            desk, a_report(project, a_cost(1, invoice=InvoiceGiven(number="1", issuer=Issuer(uscc=SHOP[:-1] + "?"))))
        )
    hand_in(
        desk,
        a_report(project, a_cost(1, invoice=InvoiceGiven(number="1", issuer=Issuer(name="某律所", tax_id=law_firm)))),
    )

    assert caught.value.field == "lines.0.invoice.issuer.uscc"
    with refused("personal_data", source="个人信息保护法"):
        person = Issuer(name="某人", tax_id="320501199003071234")
        hand_in(desk, a_report(project, a_cost(1, invoice=InvoiceGiven(number="2", issuer=person))))


@pytest.mark.parametrize("given", [{}, {"uscc": SHOP, "tax_id": SHOP, "name": "店"}, {"tax_id": SHOP}, {"name": "店"}])
def test_an_issuer_is_named_in_one_way(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Issuer(**given)


def test_an_invoice_is_used_once_and_only_its_own_provider_learns_where() -> None:
    desk = Desk()
    project, other = a_project(desk), a_project(desk)
    hand_in(desk, a_report(project, a_cost(1), a_cost(1, number="AB-7"), batch="2026-1"))

    with refused("invoice_used_by_you", status=409) as own:
        hand_in(desk, a_report(other, a_cost(1, number="ab-7")))
    same = InvoiceGiven(number="AB-7", issuer=Issuer(name="店", tax_id=SHOP))
    with refused("invoice_used_by_you"):  # a USCC written as a tax number is the same issuer
        hand_in(desk, a_report(other, a_cost(1, invoice=same)))

    assert own.value.field == "lines.0.invoice.number"
    assert (own.value.details["project"], own.value.details["batch"], own.value.details["line"]) == (
        project,
        "2026-1",
        2,
    )


def test_another_provider_is_told_that_an_invoice_is_used_and_nothing_more() -> None:
    desk = Desk()
    project, other = a_project(desk), a_project(desk)
    stranger = an_actor(Role.PROVIDER)
    desk.world.loaded(replace(desk.money(other), payee=Payee(id=stranger.party_id, name=None, code=None)))
    hand_in(desk, a_report(project, a_cost(1, number="7")))

    with refused("invoice_used", status=409) as caught:
        hand_in(desk, a_report(other, a_cost(1, number="7")), stranger)

    assert caught.value.details == {"row": 1, "number": "7"}


def test_the_same_invoice_in_two_rows_is_refused_and_names_both() -> None:
    desk = Desk()
    project = a_project(desk)

    with refused("invoice_twice", status=422) as caught:
        hand_in(desk, a_report(project, a_cost(1, number="7"), a_cost(1), a_cost(1, "management", number="7")))

    assert (caught.value.details["row"], caught.value.details["first"]) == (3, 1)
    assert desk.world.find(Spending, project) == Spending(
        id=project, limits=spent(desk, project).limits, signed_on=TODAY
    )


def test_the_same_batch_again_changes_nothing_and_with_other_lines_it_is_refused() -> None:
    desk = Desk()
    project = a_project(desk)
    command = a_report(project, a_cost(10), batch="2026-1")
    hand_in(desk, command)

    assert hand_in(desk, command) == []
    with refused("batch_reported_otherwise", status=409):
        hand_in(desk, a_report(project, a_cost(10), batch="2026-1"))
    assert spent(desk, project).counted.fen == 10


def test_only_the_projects_provider_reports() -> None:
    desk = Desk()
    project = a_project(desk)

    with refused("not_your_party", status=403):
        hand_in(desk, a_report(project, a_cost(1)), an_actor(Role.PROVIDER))


def test_a_project_takes_so_many_lines_and_no_more() -> None:
    desk = Desk()
    project = a_project(desk)
    desk.world.loaded(Spending(id=project, lines=MOST_OF_A_PROJECT - 1))

    with refused("too_many_costs"):
        hand_in(desk, a_report(project, a_cost(1), a_cost(1)))
    hand_in(desk, a_report(project, a_cost(1)))


def test_a_withdrawn_line_does_not_count_and_its_invoice_may_be_used_once_more() -> None:
    desk = Desk()
    project, other = a_project(desk), a_project(desk)
    first, second = a_report(project, a_cost(100, number="7")), a_report(other, a_cost(100, number="7"))
    hand_in(desk, first)

    fact = the(take_back(desk, first), CostWithdrawn)
    hand_in(desk, second)
    take_back(desk, second)

    assert (fact.head, fact.amount.fen) == ("activity", 100)
    assert cost_line(desk, first).status is CostStatus.WITHDRAWN  # and stays in sight
    assert [spent(desk, one).counted.fen for one in (project, other)] == [0, 0]
    assert spent(desk, project).head("activity").withdrawn.fen == 100
    with refused("invoice_used_up", status=409):
        hand_in(desk, a_report(project, a_cost(100, number="7")))


def test_a_withdrawn_line_gives_its_heads_room_back() -> None:
    desk = Desk()
    project = a_project(desk)
    full = a_report(project, a_cost(100, "management"))
    hand_in(desk, full)
    take_back(desk, full)

    hand_in(desk, a_report(project, a_cost(100, "management")))

    assert spent(desk, project).head("management").counted.fen == 100


def test_nothing_is_withdrawn_twice_by_strangers_or_after_settlement() -> None:
    desk = Desk()
    project = a_project(desk)
    command = a_report(project, a_cost(100), a_cost(50))
    hand_in(desk, command)

    with refused("not_your_party", status=403):
        take_back(desk, command, by=an_actor(Role.PROVIDER))
    take_back(desk, command)
    with refused("cost_not_counted", status=409):
        take_back(desk, command)
    settle(desk, project)
    with refused("costs_are_final", status=409):
        take_back(desk, command, 2)
    hand_in(desk, a_report(project, a_cost(25)))  # what was paid last is spent last

    assert spent(desk, project).counted.fen == 75


def test_a_rejected_line_does_not_count_and_its_invoice_stays_used() -> None:
    desk = Desk()
    project = a_project(desk)
    command = a_report(project, a_cost(100, number="7"), a_cost(50))
    hand_in(desk, command)

    fact = the(turn_down(desk, command), CostRejected)
    settle(desk, project)
    turn_down(desk, command, 2)

    assert (fact.amount.fen, fact.reason) == (100, "无活动签到")
    assert (cost_line(desk, command).status, cost_line(desk, command).reason) == (CostStatus.REJECTED, "无活动签到")
    head = spent(desk, project).head("activity")
    assert (head.counted.fen, head.rejected.fen) == (0, 150)
    with refused("invoice_used_by_you"):
        hand_in(desk, a_report(project, a_cost(100, number="7")))
    with refused("cost_not_counted"):
        turn_down(desk, command)


def test_only_the_funders_side_rejects_and_names_nobodys_number() -> None:
    desk = Desk()
    project, other = a_project(desk), a_project(desk)
    command = a_report(project, a_cost(100))
    hand_in(desk, command)

    with refused("not_your_party", status=403):
        turn_down(desk, command, by=an_actor(Role.FINANCE))
    with refused("not_found", status=404):
        turn_down(desk, command, project=other)
    with refused("personal_data"):
        turn_down(desk, command, reason="经办人 13800138000 未签字")
    assert spent(desk, project).counted == Money(100)


def test_a_batch_is_not_named_after_somebodys_number_for_its_name_is_told() -> None:
    desk = Desk()

    with refused("personal_data", source="个人信息保护法") as caught:
        hand_in(desk, a_report(a_project(desk), a_cost(1), batch="报销 13800138000"))

    assert caught.value.field == "batch"


@pytest.mark.parametrize("batch", ["a13800138000bcdef0123456789abcde", "0190b5a8-a138-0013-8000-5a1f6e1c0001"])
def test_a_number_a_program_made_is_nobodys_telephone(batch: str) -> None:
    desk = Desk()

    hand_in(desk, a_report(a_project(desk), a_cost(1), batch=batch))
