"""What lay unspent on a day: by lot, age and rule, from the transfers that count by then."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from schemas.fund import SourceType
from schemas.ids import FundAccountId, PartyId, ProjectId
from schemas.money import ZERO, Money
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.rulebook import Certainty
from services import funds
from services.funds.api.idle import IdleAccount, IdleAnswer, IdleLot, get_idle
from services.funds.rules.idle import Standing, standing
from services.funds.rules.order import OrderPayment
from services.funds.rules.receipts import ImportReceipts
from services.kit.asked import Asked
from services.kit.vault import Vault
from tests.services.funds.desk import (
    AUDITOR,
    CARE,
    CODES,
    FINANCE,
    FUNDER,
    OTHER_FINANCE,
    RULEBOOK,
    a_brief,
    a_correction,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.fixtures import Running
from tests.support.pure import an_actor, refused
from tests.support.system import BEGINNING

NEW_YEAR = date(2026, 1, 1)
YUAN = 100


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def at(ledger: Ledger, year: int, month: int, day: int) -> None:
    ledger.clock.at = datetime(year, month, day, 4, tzinfo=UTC)


async def spend(ledger: Ledger, account: FundAccountId, fen: int) -> ProjectId:
    """On a project from reservation to grade, all of it released."""
    approval = an_approval({account: fen})
    project = approval.project_id
    await ledger.hear(approval, a_signing(project, fen), an_acceptance(project), a_grade(project))
    return project


async def ask(ledger: Ledger, on: str | None = None, by: Actor = FINANCE, funder: UUID = FUNDER) -> IdleAnswer:
    query = {} if on is None else {"on": on}
    async with ledger.database.connection() as connection:
        asked = Asked(by=by, at=ledger.clock.at, path={"funder_id": str(funder)}, query=query, vault=Vault(bytes(32)))
        return await get_idle(connection, asked)


async def the_lot(ledger: Ledger, on: date) -> IdleLot:
    (lot,) = (await the_account(ledger, on)).lots
    return lot


async def the_account(ledger: Ledger, on: date) -> IdleAccount:
    (account,) = (await ask(ledger, on.isoformat())).accounts
    return account


async def test_of_100_000_yuan_of_2024_with_30_000_spent_70_000_are_surplus_on_new_years_day_2026(
    ledger: Ledger,
) -> None:
    at(ledger, 2024, 3, 1)
    account = await ledger.appropriate(100_000 * YUAN)
    at(ledger, 2024, 9, 1)
    await spend(ledger, account, 30_000 * YUAN)
    at(ledger, 2026, 5, 1)

    found = await the_account(ledger, NEW_YEAR)

    (lot,) = found.lots
    assert found.balance == lot.balance == Money(70_000 * YUAN)
    assert (lot.appropriated, lot.spent, lot.reserved) == (Money(100_000 * YUAN), Money(30_000 * YUAN), ZERO)
    assert (lot.standing, lot.standing_zh, lot.budget_year) == (Standing.SURPLUS, "结余", 2024)
    assert (lot.arrived_on, lot.age_days) == (date(2024, 3, 1), 671)
    assert "预算法第四十二条" in lot.rule.source
    assert (lot.rule.path, lot.rule.value, lot.rule.certainty) == ("funds.carry_over_years", "2", Certainty.LAW)


async def test_every_day_is_as_it_was_then_whatever_happened_since(ledger: Ledger) -> None:
    at(ledger, 2024, 3, 1)
    account = await ledger.appropriate(1000)
    at(ledger, 2024, 9, 1)
    approval = an_approval({account: 600})
    await ledger.hear(approval)
    at(ledger, 2025, 2, 1)
    await ledger.hear(a_signing(approval.project_id, 500))
    at(ledger, 2026, 5, 1)
    await spend(ledger, account, 200)

    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 9, 1), date(2025, 2, 1), date(2026, 5, 1)]
    seen = [
        [
            (lot.balance.fen, lot.spent.fen, lot.reserved.fen, lot.standing)
            for lot in (await the_account(ledger, d)).lots
        ]
        for d in days
    ]

    assert seen == [
        [],
        [(1000, 0, 0, Standing.CURRENT)],
        [(1000, 0, 600, Standing.CURRENT)],
        [(750, 250, 250, Standing.CARRIED_OVER)],
        [(550, 450, 250, Standing.SURPLUS)],
    ]


async def test_a_correction_counts_from_the_mistake_on_and_a_refund_from_the_day_it_came(ledger: Ledger) -> None:
    at(ledger, 2025, 3, 1)
    account = await ledger.appropriate(1000)
    project = await spend(ledger, account, 400)
    await ledger.do(OrderPayment(project_id=project, number=1))
    await ledger.do(ImportReceipts(lines=(a_line(project, 1, 200).model_copy(update={"paid_on": date(2025, 3, 4)}),)))
    at(ledger, 2026, 2, 1)
    await ledger.do(a_correction((await ledger.arrivals(account))[0], 100), OTHER_FINANCE)
    await ledger.do(a_refund(project, 50, received_on=date(2026, 1, 15)))

    before, after = await the_lot(ledger, date(2026, 1, 14)), await the_lot(ledger, date(2026, 1, 15))

    assert [(lot.appropriated.fen, lot.spent.fen, lot.balance.fen) for lot in (before, after)] == [
        (900, 400, 500),
        (900, 350, 550),
    ]
    assert after.standing is Standing.CARRIED_OVER
    (row,) = await ledger.fetch("SELECT amount_fen - corrected_fen - spent_fen AS fen FROM lots")
    assert row["fen"] == (await the_lot(ledger, date(2026, 2, 1))).balance.fen


async def test_each_lot_has_its_own_age_and_rule(ledger: Ledger) -> None:
    at(ledger, 2024, 3, 1)
    account = await ledger.appropriate(500, restricted_to=CARE)
    at(ledger, 2025, 3, 1)
    await ledger.appropriate(300, account, source_type=SourceType.LOTTERY)
    await ledger.appropriate(200, account, source_type=SourceType.DONATION)
    await spend(ledger, account, 500)
    at(ledger, 2026, 1, 1)

    found = await the_account(ledger, NEW_YEAR)

    assert [(lot.standing, lot.rule.certainty) for lot in found.lots] == [
        (Standing.USED_UP, Certainty.LAW),
        (Standing.CARRIED_OVER, Certainty.LAW),
        (Standing.KEPT, Certainty.EXAMPLE),
    ]
    assert (found.appropriated.fen, found.spent.fen, found.balance.fen) == (1000, 500, 500)


@pytest.mark.parametrize(
    ("source_type", "arrived_on", "fen", "expected"),
    [
        (SourceType.BUDGET, date(2024, 12, 31), 1, Standing.SURPLUS),
        (SourceType.BUDGET, date(2025, 1, 1), 1, Standing.CARRIED_OVER),
        (SourceType.BUDGET, date(2026, 1, 1), 1, Standing.CURRENT),
        (SourceType.LOTTERY, date(2023, 5, 1), 1, Standing.SURPLUS),
        (SourceType.OWN, date(2020, 1, 1), 1, Standing.KEPT),
        (SourceType.BUDGET, date(2020, 1, 1), 0, Standing.USED_UP),
    ],
)
def test_what_lies_through_two_years_is_surplus(
    source_type: SourceType, arrived_on: date, fen: int, expected: Standing
) -> None:
    assert standing(source_type, arrived_on, Money(fen), NEW_YEAR, RULEBOOK) is expected


@pytest.mark.parametrize("day", ["2026-3-1", "20260301", "yesterday", "2026-02-30", ""])
async def test_a_day_that_is_none_is_refused_and_named(ledger: Ledger, day: str) -> None:
    with refused("invalid_field", status=422) as caught:
        await ask(ledger, day)

    assert caught.value.field == "on"


async def test_tomorrow_is_not_known(ledger: Ledger) -> None:
    await ledger.appropriate(1)

    assert (await ask(ledger)).on == date(2026, 3, 2)
    with refused("idle_day_ahead", status=422):
        await ask(ledger, "2026-03-03")


async def test_it_is_for_the_funder_and_auditors(ledger: Ledger) -> None:
    with refused("not_your_party", status=403):
        await ask(ledger, by=an_actor(Role.FINANCE))
    with refused("not_found", status=404):
        await ask(ledger, by=AUDITOR, funder=uuid4())


async def test_money_of_2024_entered_later_is_of_2024_and_surplus_through_the_doors(running: Running) -> None:
    async with running(funds.SERVICE, virtual=True) as system:
        await system.advance(datetime(2025, 1, 6, 1, tzinfo=UTC) - BEGINNING)
        finance = await system.person(PartyKind.FUNDER, Role.FINANCE)
        body = {"source_type": "budget", "budget_line": "208-02", "amount": {"fen": 100_000 * YUAN}, **CODES}
        ahead = await system.post("/v1/funds", body | {"arrived_on": "2025-01-07"}, finance)
        opened = await system.post("/v1/funds", body | {"arrived_on": "2024-03-01"}, finance)
        account = FundAccountId(UUID(opened.json["account_id"]))
        approval = an_approval({account: 30_000 * YUAN}, brief=a_brief(funder_id=PartyId(finance.party_id)))
        project = approval.project_id
        provider = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        payee = {"provider_id": PartyId(provider.party_id)}
        signing = a_signing(project, 30_000 * YUAN).model_copy(update=payee)
        for fact in (approval, signing, an_acceptance(project), a_grade(project)):
            line = await system.teller.tell(fact, "elsewhere")
        await system.seen(line)
        await system.advance(datetime(2026, 1, 1, 1, tzinfo=UTC) - datetime(2025, 1, 6, 1, tzinfo=UTC))
        more = body | {"amount": {"fen": 100}, "arrived_on": "2025-12-31"}
        await system.post(f"/v1/funds/{account}/appropriations", more, finance)

        idle = (await system.get(f"/v1/funders/{finance.party_id}/idle?on=2026-01-01", finance)).json

        assert (ahead.status, ahead.json["title"], ahead.json["field"]) == (422, "paid_in_the_future", "arrived_on")
        (found,) = idle["accounts"]
        old, young = found["lots"]
        assert (old["appropriated"], old["spent"]) == ({"fen": 100_000 * YUAN}, {"fen": 30_000 * YUAN})
        assert (old["balance"], old["standing_zh"], old["budget_year"]) == ({"fen": 70_000 * YUAN}, "结余", 2024)
        assert (old["arrived_on"], old["age_days"], old["rule"]["certainty"]) == ("2024-03-01", 671, "L")
        assert (young["arrived_on"], young["standing_zh"]) == ("2025-12-31", "结转")
        booked = await system.fetch(
            "SELECT effective_date, booked_on FROM funds.transfers WHERE reason = 'appropriation' ORDER BY 1"
        )
        assert [tuple(row) for row in booked] == [
            (date(2024, 3, 1), date(2025, 1, 6)),
            (date(2025, 12, 31), date(2026, 1, 1)),
        ]
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []
