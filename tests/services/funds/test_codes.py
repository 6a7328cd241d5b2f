"""Public money names its functional and its economic code when it arrives; its payment applications carry both."""

import csv
import io
from collections.abc import Mapping

import pytest

from schemas.dated import PaymentClassified
from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.rulebook import Certainty
from services import funds
from services.funds.rules import evolve
from services.funds.rules.appropriate import CLASSIFIED, Appropriate, AppropriateMore, appropriate, refs
from services.funds.rules.idle import PUBLIC
from services.funds.rules.ledger import Account, Lot
from services.funds.rules.order import OrderPayment, order
from services.funds.rules.payment import HEAD, Payment, file_of, payment_of, reference_of
from services.funds.rules.project import ProjectMoney
from services.kit.rulebooks import shipped
from tests.services.funds.desk import CODES, FINANCE, PROVIDER, RULEBOOK, Desk, a_signing, an_approval
from tests.services.funds.test_api import MONEY, a_scene
from tests.support.fixtures import Running
from tests.support.pure import Story, refused

EARLIER = next(book for book in shipped() if (book.id, book.version) == (RULEBOOK.id, "2026.3"))
NONE: Mapping[str, str] = {}
OTHERS = {"functional_code": "2080208", "economic_code": "50299"}
PRIVATE = [source for source in SourceType if source not in PUBLIC]


def arrives(
    desk: Desk,
    source: SourceType = SourceType.BUDGET,
    more: FundAccountId | None = None,
    codes: Mapping[str, str] = NONE,
) -> Lot:
    command = Appropriate.model_validate(
        {"source_type": source, "budget_line": "2080299", "amount": Money(1000)} | {**codes}
    )
    if more is not None:
        command = AppropriateMore(account_id=more, **dict(command))
    context = desk.story.context(FINANCE)
    desk.world.ask(refs(command, context.cause))
    for said in appropriate(desk.world, command, context):
        for state in evolve(desk.world, said):
            desk.world.put(state)
    return desk.world.get(Lot, context.new_id("lot"))


@pytest.mark.parametrize("source", sorted(PUBLIC))
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "functional_code"),
        ({"economic_code": "50205"}, "functional_code"),
        ({"functional_code": "2080299"}, "economic_code"),
    ],
)
def test_public_money_without_a_code_is_refused_naming_the_field_and_the_law(
    source: SourceType, given: dict[str, str], field: str
) -> None:
    desk = Desk()

    with refused("codes_missing", source="预算法第三十二条", status=422) as caught:
        arrives(desk, source, codes=given)

    assert caught.value.field == field
    assert caught.value.source is not None
    assert caught.value.source.certainty is Certainty.LAW
    assert desk.world.each(Account) == []


def test_the_sources_that_need_codes_are_those_under_the_budget_law() -> None:
    assert set(RULEBOOK.value(CLASSIFIED)) == set(PUBLIC)


@pytest.mark.parametrize("source", PRIVATE)
def test_other_money_needs_none(source: SourceType) -> None:
    assert arrives(Desk(), source).functional_code is None


def test_under_an_edition_that_does_not_ask_for_them_money_arrives_as_before() -> None:
    assert CLASSIFIED not in EARLIER.rules
    desk = Desk(Story(evolve=evolve, rulebook=EARLIER))

    assert arrives(desk).economic_code is None


def test_more_money_of_a_source_takes_the_codes_of_what_it_continues_unless_it_names_others() -> None:
    desk = Desk()
    first = arrives(desk, codes=CODES)

    same = arrives(desk, more=first.account_id)
    other = arrives(desk, more=first.account_id, codes={"economic_code": "50299"})

    assert (same.functional_code, same.economic_code) == ("2080299", "50205")
    assert (other.functional_code, other.economic_code) == ("2080299", "50299")
    with refused("codes_missing"):
        arrives(desk, SourceType.LOTTERY, first.account_id)


def test_an_account_from_before_goes_on_without_codes() -> None:
    desk = Desk(Story(evolve=evolve, rulebook=EARLIER))
    old = arrives(desk)
    desk.story.rulebook = RULEBOOK

    more = arrives(desk, more=old.account_id)

    assert (more.functional_code, more.economic_code) == (None, None)


def columns(payment: Payment) -> list[dict[str, str]]:
    """The lines of its application, without the control line."""
    rows = list(csv.reader(io.StringIO(file_of(payment).decode("utf-8-sig"))))
    return [dict(zip(HEAD, row, strict=True)) for row in rows[1:-1]]


@pytest.mark.parametrize(("ordered", "expected"), [(None, ["50205", "50299"]), ("50201", ["50201", "50201"])])
def test_an_application_carries_the_codes_of_its_money_or_what_the_order_says(
    ordered: str | None, expected: list[str]
) -> None:
    desk = Desk()
    first, second = arrives(desk, codes=CODES), arrives(desk, codes=OTHERS)
    approval = an_approval({first.account_id: 1000, second.account_id: 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 2000))

    told = order_with(desk, approval.project_id, ordered)

    assert classified(told) == [ordered] * (ordered is not None)
    lines = columns(desk.world.get(Payment, payment_of(reference_of(approval.project_id, 1))))
    assert [line["功能分类科目"] for line in lines] == ["2080299", "2080208"]
    assert [line["经济分类科目"] for line in lines] == expected


def test_the_code_that_the_money_has_anyway_is_not_told_again() -> None:
    desk = Desk()
    money = arrives(desk, codes=CODES)
    approval = an_approval({money.account_id: 1000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 1000))

    assert classified(order_with(desk, approval.project_id, CODES["economic_code"])) == []


def classified(told: list[Model]) -> list[str]:
    return [fact.economic_code for fact in told if isinstance(fact, PaymentClassified)]


def order_with(desk: Desk, project_id: ProjectId, economic_code: str | None) -> list[Model]:
    desk.world.ask([(ProjectMoney, project_id), (Account, PROVIDER)])
    body = OrderPayment(project_id=project_id, number=1, economic_code=economic_code)
    return desk.story.do(order, body, FINANCE)


async def test_the_door_refuses_public_money_without_codes_and_writes_nothing(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        bare = {name: value for name, value in MONEY.items() if name not in CODES}
        before = len((await system.get("/v1/funds", scene.finance)).json["accounts"])

        no = await system.post("/v1/funds", bare, scene.finance)
        more = await system.post(f"/v1/funds/{scene.accounts[0]}/appropriations", bare, scene.finance)
        (paid,) = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json[
            "lines"
        ][:1]
        account = (await system.get(f"/v1/funds/{scene.accounts[0]}", scene.finance)).json

        assert (no.status, no.json["title"], no.json["field"]) == (422, "codes_missing", "functional_code")
        assert (no.json["rule"]["certainty"], "一般公共预算资金" in no.json["detail"]) == ("L", True)
        assert len((await system.get("/v1/funds", scene.finance)).json["accounts"]) == before
        assert more.status == 201
        assert [(lot["functional_code"], lot["economic_code"]) for lot in account["lots"]] == [("2080299", "50205")] * 2
        assert (paid["functional_code"], paid["economic_code"]) == ("2080299", "50205")
