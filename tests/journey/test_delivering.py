"""Steps 6 and 7: one agreement, money behind gates, and what residents and parties say of the work."""

import csv
import io
from decimal import Decimal
from hashlib import sha256
from typing import Any

from deploy.demo.client import Person
from deploy.demo.story import delivering, paying, rating, tendering, whole
from deploy.demo.story.whole import Plan
from schemas.canonical import digest_of
from schemas.contract import Milestone
from schemas.money import Money
from services.contracts.api import ContractAnswer
from services.evaluation.rules import Level
from services.funds.rules.instalment import Step
from services.funds.rules.project import Phase
from tests.journey.town import Players, Town, a_need, a_plan, choose, players, refused, yuan


async def an_awarded_project(town: Town, of: Players, **changes: Any) -> tuple[Plan, Person]:
    (project_id,) = await choose(town, of, a_need())
    plan = a_plan(of, project_id, **changes)
    await whole.to_bids(town.api, plan)
    await town.days(tendering.BID_DAYS)
    return plan, (await whole.to_award(town.api, plan)).provider


async def test_both_sign_the_digest_of_the_same_terms_and_one_fen_changed_is_another_digest(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of)
    buyer, id = of.buyer, plan.project_id
    drafted = await delivering.agreement(town.api, id, winner)

    assert drafted.digest == digest_of(drafted.agreement)
    one_fen_more = drafted.agreement.model_dump(mode="json")
    one_fen_more["price"]["fen"] += 1
    path = f"/v1/projects/{id}/contract/endorsements"
    for signer in (buyer.approver, winner):
        with refused("digest_differs", "第四百九十条"):
            await town.api.post(path, ContractAnswer, {"digest": digest_of(one_fen_more)}, signer)
    with refused("not_your_party"):
        await town.api.post(path, ContractAnswer, {"digest": drafted.digest}, of.providers[1])

    await delivering.endorse(town.api, buyer.approver, id)
    assert (await paying.money(town.api, id, buyer.finance)).phase is Phase.RESERVED
    signed = await delivering.endorse(town.api, winner, id)
    await paying.released(town.api, buyer.finance, id, 1)
    money = await paying.money(town.api, id, buyer.finance)

    assert {e.party_id for e in signed.endorsements} == {winner.party_id, buyer.approver.party_id}
    (committed,) = await town.told("funds.committed", id)
    assert [share["amount"]["fen"] for share in committed["released"]] == [3_333_33, 1_666_67]  # 5,000 over two to one
    assert (money.phase, money.price, money.released) == (Phase.COMMITTED, yuan(40_000), yuan(20_000))


async def test_a_tranche_is_ordered_behind_its_gate_and_paid_only_when_a_receipt_line_matches(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of)
    finance, id = of.buyer.finance, plan.project_id
    await delivering.endorse(town.api, of.buyer.approver, id)
    await delivering.endorse(town.api, winner, id)

    await paying.released(town.api, finance, id, 1)
    with refused("tranche_not_released", "50/40/10"):
        await paying.order(town.api, finance, id, 2)
    payment = await paying.order(town.api, finance, id, 1)
    file = await paying.application(town.api, finance, payment)
    *lines, total = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))[1:]
    assert sha256(file).hexdigest() == payment.file_digest
    assert [line[13] for line in (*lines, total)] == ["1333334", "666666", "2000000"]  # half a fen each: the first

    wrong = await paying.receipt(town.api, finance, payment, amount=payment.amount + Money(1))
    assert (wrong.matched, wrong.open) == (0, 1)
    assert (await paying.money(town.api, id, finance)).paid == Money(0)
    right = await paying.receipt(town.api, finance, payment)
    assert (right.matched, right.open) == (1, 0)
    assert (await paying.money(town.api, id, finance)).paid == yuan(20_000)

    await delivering.submit(town.api, winner, id, Milestone.MID_TERM, "中期记录")
    with refused("milestone_not_confirmed", "第四十五条"):
        await delivering.accept(town.api, of.buyer.drafter, id, Milestone.MID_TERM)
    await delivering.confirm(town.api, of.community, id, Milestone.MID_TERM)
    assert (await paying.money(town.api, id, finance)).tranches[1].step is Step.WAITING
    await delivering.accept(town.api, of.buyer.drafter, id, Milestone.MID_TERM)
    assert (await paying.released(town.api, finance, id, 2)).amount == yuan(16_000)


async def test_every_token_rates_once_both_sides_rate_and_a_bad_grade_keeps_the_last_tranche(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of, levels=(Level.VERY_DISSATISFIED,), scores=(50, 50))
    id, finance = plan.project_id, of.buyer.finance
    await whole.to_first_payment(town.api, plan, winner)
    tokens = await whole.to_mid_term(town.api, plan, winner)

    with refused("already_rated"):
        await rating.rate(town.api, id, Milestone.MID_TERM, {tokens[0]: Level.VERY_SATISFIED})
    with refused("unknown_rating_token"):
        await rating.rate(town.api, id, Milestone.MID_TERM, {"0" * 32: Level.VERY_SATISFIED})
    with refused("not_a_resident"):
        await rating.rate(town.api, id, Milestone.MID_TERM, {tokens[0]: Level.VERY_SATISFIED}, winner)
    with refused("final_not_accepted", "双向评估"):
        await rating.rate_party(town.api, winner, id, of.community.party_id, Decimal(90))
    await whole.to_final(town.api, plan, winner, tokens)
    with refused("party_already_rated"):
        await rating.rate_party(town.api, winner, id, of.community.party_id, Decimal(90))
    await town.days(whole.RATING_DAYS)
    trace = await whole.to_the_end(town.api, plan, winner)
    graded = await rating.graded(town.api, id)
    money = await paying.settled(town.api, id, finance)

    # residents 20 × 50 + 50 × 30 + 50 × 20, of 100: 35.00, less 2 for each milestone's follow-up that nobody answered;
    # it pays nothing of the last 10 %
    assert (graded.score, graded.grade, graded.factor_percent) == (Decimal("31.00"), "不合格", 0)
    assert graded.party_scores is not None
    assert len(graded.party_scores) == 4
    assert [m.ratings for m in graded.milestones] == [5, 5]
    assert money.tranches[2].step is Step.NOTHING_DUE
    assert (money.paid, money.returned) == (yuan(36_000), yuan(4_000))
    assert (trace.published, trace.findings) == (True, ())
    assert await town.findings() == ()
