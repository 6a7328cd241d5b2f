"""A framework agreement over HTTP: two of three bidders stay, users choose between them, and both are bought from."""

from deploy.demo.story import delivering, framing, paying, tendering
from deploy.replay import replay
from schemas.money import Money
from services.funds.rules.project import Phase as MoneyPhase
from services.kit.rulebooks import shipped
from tests.journey.framed import a_framework, called_off
from tests.journey.town import Town, a_need, a_plan, choose, players, refused


async def test_users_choose_between_the_suppliers_and_each_is_paid_for_its_users(town: Town) -> None:
    of = await players(town)
    (id,) = await choose(town, of, a_need())
    plan = a_plan(of, id)
    concluded = await a_framework(town, town.api, plan)
    first, second = (one.provider_id for one in concluded.suppliers)
    await town.clock.quiet()
    async with town.observer.snapshot() as tx:
        again = await replay(tx, id, shipped())
    assert again is not None
    assert not again.differences
    with refused("wrong_phase"):
        await tendering.confirm_award(town.api, of.buyer.approver, id, concluded.suppliers[0].bid_id)

    tokens = [f"service-user-token-{number:02}" for number in range(10)]
    listed = await framing.list_users(town.api, of.community, id, *tokens)
    await framing.choose(town.api, id, dict.fromkeys(tokens, first))
    await framing.choose(town.api, id, dict.fromkeys(tokens[:3], second))
    with refused("unknown_user_token"):
        await framing.choose(town.api, id, {"token-of-a-stranger": first})
    with refused("choices_open"):
        await called_off(town.api, of, id, first, Money(1))
    await town.days(framing.CHOICE_DAYS)
    counted = await framing.chosen(town.api, id)

    assert (listed.users, concluded.chosen) == (10, None)
    assert {one.provider_id: one.users for one in counted.chosen or ()} == {first: 7, second: 3}
    for supplier, users in zip(concluded.suppliers, (7, 3), strict=True):
        price = Money(supplier.price.fen * users // 10)
        project_id = await called_off(town.api, of, id, supplier.provider_id, price)
        (winner,) = (offer.provider for offer in plan.offers if offer.provider.party_id == supplier.provider_id)
        await delivering.endorse(town.api, of.buyer.approver, project_id)
        await delivering.endorse(town.api, winner, project_id)
        await paying.released(town.api, of.buyer.finance, project_id, 1)
        money = await paying.money(town.api, project_id, of.buyer.finance)
        assert (money.phase, money.price) == (MoneyPhase.COMMITTED, price)
        with refused("wrong_phase"):
            await called_off(town.api, of, id, supplier.provider_id, price)
    assert not await town.findings()
