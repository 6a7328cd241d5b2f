"""Steps 4 and 5: money before anything opens, sealed bids, and a ranking from which the buyer chooses."""

from decimal import Decimal
from typing import Any

import pytest

from deploy.demo.story import paying, tendering, whole
from deploy.demo.story.registering import give_key, known, recuse, register
from schemas.ids import ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Role
from schemas.tender import Criterion
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.funds.rules.project import Phase as MoneyPhase
from services.tenders.rules.project import Phase
from tests.journey.town import (
    Players,
    Town,
    a_need,
    a_plan,
    an_entry,
    choose,
    players,
    refused,
    shares,
    yuan,
)
from tests.support.secrecy import MARKER, everything_stored, everything_told, shows


async def an_open_tender(town: Town, of: Players) -> ProjectId:
    """Nobody has bid yet."""
    (project_id,) = await choose(town, of, a_need())
    await whole.to_bids(town.api, a_plan(of, project_id, offers=()))
    return project_id


async def test_two_projects_cannot_stand_on_one_line_and_nothing_opens_before_money_is_reserved(town: Town) -> None:
    of = await players(town, money=yuan(60_000))
    first, second = await choose(town, of, a_need("一"), a_need("二"))
    buyer = of.buyer

    drafted = [await tendering.draft(town.api, buyer.drafter, id, shares(of, yuan(40_000))) for id in (first, second)]
    with refused("wrong_phase"):
        await tendering.open_tender(town.api, buyer.drafter, first)
    for draft in drafted:
        await tendering.approve(town.api, buyer.approver, draft)
    phases = [(await tendering.budgeted(town.api, id)).phase for id in (first, second)]

    assert phases == [Phase.RESERVED, Phase.DRAFTED]
    (refusal,) = await town.told("budget.refused", second)
    assert "102号" in refusal["source"]
    with refused("wrong_phase"):
        await tendering.open_tender(town.api, buyer.drafter, second)

    again = await tendering.draft(town.api, buyer.drafter, second, shares(of, yuan(20_000), yuan(20_000)))
    await tendering.approve(town.api, buyer.approver, again)
    assert (await tendering.budgeted(town.api, second)).phase is Phase.RESERVED
    assert (await tendering.open_tender(town.api, buyer.drafter, second)).phase is Phase.OPEN


async def test_who_drafted_the_terms_does_not_approve_them(town: Town) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    drafted = await tendering.draft(town.api, of.buyer.drafter, project_id, shares(of, yuan(40_000)))

    with refused("drafter_cannot_approve", "不相容岗位"):
        await tendering.approve(town.api, of.buyer.drafter, drafted)


def weighed(price_points: int) -> dict[str, Any]:
    rest = Criterion(id="plan", name="服务方案", points=Decimal(100 - price_points))
    return {"price_points": Decimal(price_points), "criteria": (rest,)}


def planned(signing: int, last: int) -> dict[str, Any]:
    halves = ((signing, Gate.SIGNED), (100 - signing - last, Gate.MID_TERM_ACCEPTED), (last, Gate.FINAL_GRADED))
    return {
        "tranche_plan": TranchePlan(
            tranches=tuple(PlannedTranche(share_percent=Decimal(share), gate=gate) for share, gate in halves)
        )
    }


@pytest.mark.parametrize(
    ("terms", "days", "ceiling", "code", "rule"),
    [
        (weighed(9), 20, 40_000, "price_points_out_of_bounds", "财政部令第87号第五十五条"),
        (weighed(31), 20, 40_000, "price_points_out_of_bounds", "财库〔2014〕214号"),
        (planned(51, 10), 20, 40_000, "upfront_too_large", "50/40/10"),
        (planned(50, 9), 20, 40_000, "last_tranche_too_small", "50/40/10"),
        ({}, 2, 40_000, "bid_days_out_of_bounds", "至少 3 日"),
        ({}, 20, 1_000_000, "ceiling_not_below_limit", "100 万元"),
    ],
)
async def test_a_tender_fixes_its_terms_within_the_rulebooks_bounds(
    town: Town, bounded: tuple[Players, ProjectId], terms: dict[str, Any], days: int, ceiling: int, code: str, rule: str
) -> None:
    of, project_id = bounded

    with refused(code, rule):
        changed = tendering.TERMS.model_copy(update=terms)
        amount = shares(of, yuan(ceiling))
        await tendering.draft(town.api, of.buyer.drafter, project_id, amount, changed, bid_days=days)


@pytest.fixture(scope="module")
async def bounded(town: Town) -> tuple[Players, ProjectId]:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    return of, project_id


async def test_bids_that_are_late_unverified_or_of_a_second_owner_are_refused_with_the_rule(town: Town) -> None:
    of = await players(town)
    project_id = await an_open_tender(town, of)
    one, other, worker = of.providers

    sealed = await tendering.bid(town.api, one, project_id, yuan(40_000), "方案")
    with refused("already_bid"):
        await tendering.bid(town.api, one, project_id, yuan(39_000), "第二份")
    with refused("bid_of_another"):
        await tendering.bid(town.api, other, project_id, yuan(39_000), "方案", replaces=sealed.bid_id)
    await tendering.bid(town.api, one, project_id, yuan(39_000), "改过的方案", replaces=sealed.bid_id)
    entry = an_entry(PartyKind.ORGANIZATION, town.credit_code("52"))
    unverified = await register(town.api, town.registry, entry)
    stranger = await give_key(town.api, await town.clerks(), unverified, Role.PROVIDER, "负责人")
    await known(town.api, stranger)
    with refused("party_not_verified"):
        await tendering.bid(town.api, stranger, project_id, yuan(40_000), "方案")
    with refused("wrong_role"):
        await tendering.bid(town.api, of.community, project_id, yuan(40_000), "方案")
    await tendering.bid(town.api, worker, project_id, yuan(40_000), "社工个人承接方案")
    await town.days(tendering.BID_DAYS)
    with refused("bid_after_deadline", "第三十三条"):
        await tendering.bid(town.api, other, project_id, yuan(40_000), "方案")


async def test_what_is_in_a_bid_can_be_read_nowhere_before_it_is_opened(town: Town) -> None:
    of = await players(town)
    project_id = await an_open_tender(town, of)

    for provider in of.providers:
        await tendering.bid(town.api, provider, project_id, yuan(40_000), MARKER)
    await town.clock.quiet()
    answer = await town.api.read(f"/v1/projects/{project_id}", of.buyer.drafter)

    assert not shows(await everything_stored(town.inside))
    assert not shows(await everything_told(town.inside))
    assert not shows(answer.decode())
    await town.days(tendering.BID_DAYS)
    await tendering.opened(town.api, project_id)
    await town.clock.quiet()
    assert shows(await everything_stored(town.inside))
    assert shows(await everything_told(town.inside))


async def test_fewer_than_three_bids_void_the_tender_free_the_money_and_none_is_decrypted(town: Town) -> None:
    of = await players(town)
    project_id = await an_open_tender(town, of)
    for provider in of.providers[:2]:
        await tendering.bid(town.api, provider, project_id, yuan(40_000), MARKER)

    await town.days(tendering.BID_DAYS)
    project = await tendering.opened(town.api, project_id)
    await town.clock.quiet()
    money = await paying.money(town.api, project_id, of.buyer.finance)

    assert (project.phase, project.bids) == (Phase.VOIDED, 2)
    assert "标书不足规定数量" in (project.setback or "")
    assert project.opened == ()
    assert not any(
        f"{project_id}" in line and shows(line) for line in (await everything_told(town.inside)).splitlines()
    )
    assert (money.phase, money.set_aside) == (MoneyPhase.RETURNED, Money(0))
    accounts = await paying.accounts(town.api, of.buyer.finance)
    assert [account.free for account in accounts] == [account.appropriated for account in accounts]


async def test_the_ranking_is_the_rulebooks_arithmetic_and_the_buyer_chooses_its_first(town: Town) -> None:
    of = await players(town)
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id)
    dear = await town.organization()
    providers = (*of.providers, dear)
    await whole.to_bids(town.api, a_plan(of, project_id, offers=()))
    prices = (40_000, 32_000, 44_000, 45_001)
    sealed = [
        await tendering.bid(town.api, provider, project_id, yuan(price), "方案")
        for provider, price in zip(providers, prices, strict=True)
    ]
    await town.days(tendering.BID_DAYS)
    await tendering.opened(town.api, project_id)

    with refused("price_above_ceiling", "第六十三条"):
        await tendering.qualify(town.api, of.buyer.drafter, project_id)
    await tendering.qualify(town.api, of.buyer.drafter, project_id, {sealed[3].bid_id: "报价超过最高限价"})
    quality = {sealed[0].bid_id: 95, sealed[1].bid_id: 80, sealed[2].bid_id: 60}
    points = {bid_id: whole.marks(plan.terms, percent) for bid_id, percent in quality.items()}
    tied, *impartial = of.evaluators
    await recuse(town.api, tied, [of.providers[0].party_id])
    await known(town.api, tied)
    with refused("evaluator_tied", "政府采购法实施条例 第九条"):
        await tendering.score(town.api, tied, project_id, points)
    for evaluator in (*impartial, await town.evaluator()):
        await tendering.score(town.api, evaluator, project_id, points)
    await tendering.close_scoring(town.api, of.buyer.drafter, project_id)
    ranking = (await tendering.ranked(town.api, project_id)).ranking

    # 20 points for the price, 80 for quality: 32,000 ÷ 40,000 × 20 + 0.95 × 80; 20 + 64; 14.55 (14.5454…) + 48
    assert [(bid.bid_id, bid.total) for bid in ranking] == [
        (sealed[0].bid_id, Decimal("92.00")),
        (sealed[1].bid_id, Decimal("84.00")),
        (sealed[2].bid_id, Decimal("62.55")),
    ]
    assert "32,000.00 元 ÷ 40,000.00 元 × 20" in ranking[0].arithmetic
    with refused("not_first_in_rank", "第四十三条"):
        await tendering.confirm_award(town.api, of.buyer.approver, project_id, sealed[1].bid_id)
    await tendering.confirm_award(town.api, of.buyer.approver, project_id, sealed[0].bid_id)
    (proposed,) = await town.told("award.proposed", project_id)
    (chosen,) = await town.told("award.confirmed", project_id)
    assert proposed["bid_id"] == chosen["bid_id"] == str(sealed[0].bid_id)
