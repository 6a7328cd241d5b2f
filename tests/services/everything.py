"""Every command a party can give, given at least once where it is allowed, through the doors."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from deploy.demo.client import Client, Person
from deploy.demo.story import choosing, delivering, preparing, registering, tendering, venturing, whole
from deploy.demo.story.registering import Entry
from schemas.capitals import in_capitals
from schemas.days import day_of
from schemas.ids import BidId, ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import FundShare
from schemas.tender import Terms
from schemas.workbook import written
from services.contracts.api.ending import StandingAnswer
from services.contracts.api.publicity import AnnouncedContract
from services.funds.api.answers import AppropriationAnswer
from services.needs.api.intake import NeedAnswer
from services.registry.api.divisions import SuccessionAnswer
from services.registry.api.importing import ImportDone, ImportPreview, ImportVerified
from services.registry.api.parties import PartyAnswer
from services.registry.api.party_file import COLUMNS
from services.registry.api.rulebooks import RulebookAnswer
from services.tenders.api.answers import Drafted, OwnBids, ProjectAnswer, Sealed, Step
from services.tenders.api.clarifying import Received
from services.tenders.api.round_answers import RoundStep
from services.tenders.rules.score_sheet import HEADER, SHEET
from tests.journey.after_award import announce_and_object, cancel_and_run_again, pass_on
from tests.journey.arranged import a_commission, a_request, arrange, ask, consent, draft, perform
from tests.journey.complained import complain
from tests.journey.deliberated import a_whole_ballot, a_whole_deliberation
from tests.journey.framed import bought_of_a_framework
from tests.journey.gated import a_whole_gate
from tests.journey.handed import a_whole_street
from tests.journey.recorded import keep_appraisals, keep_community_records, keep_records, keep_worker_records
from tests.journey.resided import residents_from_a_file, whole_residents
from tests.journey.sealed import in_shares
from tests.journey.town import (
    COMMUNITY,
    PRICE,
    Players,
    Town,
    a_need,
    a_plan,
    choose,
    players,
    refused,
    shares,
    yuan,
)
from tests.journey.ventured import applied, solved
from tests.journey.volunteered import without_money
from tests.journey.windowed import a_whole_window
from tests.services.after_signing import (
    close_the_books,
    contest_the_grade,
    correct,
    deliver_in_vain,
    evaluate_oneself,
    grieve,
    hold_and_lift,
    inspect,
    judge_and_audit,
    live,
    measure_as_expert,
    moderate,
    name_an_account,
    pay_back,
    plan_indicators,
    rate_street_and_committee,
    reconcile,
    report_costs,
    send_back_and_approve,
    visit,
)

DEAR = Money(61_000_00)
"""so that half of it is above the limit for one person"""


async def tell_everything(town: Town) -> Players:
    """Every command a party can give, given at least once where it is allowed."""
    api = town.api
    of = await players(town)
    await _before_a_project(town, of)
    await _adopt_a_rulebook(town)
    await a_whole_gate(town, of)
    await a_whole_window(town, of)
    await a_whole_street(town, of)
    await without_money(town, of)
    await a_whole_deliberation(town, of)
    await a_whole_ballot(town, of)
    await whole_residents(town, of)
    await residents_from_a_file(town, of)
    project_id, unwanted, framed = await choose(town, of, a_need(), a_need("楼道扶手"), a_need("助浴"))
    await draft(api, of.buyer, unwanted, a_commission(of))
    await api.post(f"/v1/projects/{unwanted}/declination", Step, {"reason": "明年再办"}, of.buyer.drafter)
    await _commission(town, of)
    await _single_source(town, of)
    plan = a_plan(of, project_id, price=DEAR, shares=shares(of, yuan(50_000), yuan(20_000)))
    await cancel_and_run_again(api, plan)
    await whole.to_bids(api, plan)
    await _bid_again(api, plan)
    await _clarify(api, plan)
    await _commit_a_draw(town, plan)
    plan = replace(plan, hand_in_scores=_by_sheet(plan.evaluators[0], plan.terms))
    await town.days(tendering.BID_DAYS)
    await _seat_a_committee(api, plan)
    await _stand_by_the_price(api, plan)
    await whole.to_award(api, plan)
    winner = await pass_on(api, plan)
    objector = plan.offers[-1].provider
    objection = await announce_and_object(api, plan, objector)
    await complain(api, plan, objector, winner, await town.supervisor(), objection)
    await _inquire_too_late(api, plan)
    await delivering.endorse(api, of.buyer.approver, project_id)
    await delivering.endorse(api, winner, project_id)
    path = f"/v1/projects/{project_id}/contract/announcement"
    await api.post(path, AnnouncedContract, {}, of.buyer.drafter)
    await send_back_and_approve(api, plan)
    await plan_indicators(api, plan)
    await report_costs(town, plan, winner)
    await hold_and_lift(town, plan)
    await reconcile(town, of.buyer)
    await name_an_account(api, plan, winner)
    await visit(town, plan, winner)
    await deliver_in_vain(api, plan, winner)
    await inspect(town, plan, winner)
    tokens = await whole.to_mid_term(api, plan, winner)
    await grieve(api, plan, winner)
    await judge_and_audit(api, plan)
    await live(town, plan, winner)
    await whole.to_final(api, plan, winner, tokens)
    await rate_street_and_committee(api, plan)
    await measure_as_expert(api, plan, await town.evaluator())
    await town.days(whole.RATING_DAYS)
    await contest_the_grade(town, plan, winner)
    await moderate(api, plan)
    await bought_of_a_framework(town, api, of, a_plan(of, framed))
    await whole.to_the_trace(api, plan)
    await evaluate_oneself(api, plan, winner)
    await pay_back(town, of.buyer, plan)
    await close_the_books(town, of.buyer)
    await _venture(town, of)
    await in_shares(town, of)
    return of


async def _venture(town: Town, of: Players) -> None:
    """A round to its confirmation, with one application withdrawn; another one is ended without grants."""
    round_id, _ = await solved(town, of)
    await venturing.publicise(town.api, of.buyer, round_id)
    await town.days(venturing.NOTICE_DAYS)
    await venturing.confirm(town.api, of.buyer, round_id)
    shares = (FundShare(account_id=of.accounts[0], amount=yuan(1)),)
    other = await venturing.call(town.api, of.buyer, shares, await town.now())
    one = next(iter((await applied(town, of, other)).items()))
    path = f"/v1/rounds/{other}"
    await venturing.commit_draw(town.api, of.buyer, of.evaluators, other, len(of.evaluators))
    recusal = {"evaluator_id": of.evaluators[0].party_id, "ground": "dispute"}
    await town.api.post(f"{path}/committee/recusals", RoundStep, recusal, of.evaluators[0])
    await town.api.post(f"{path}/applications/{one[0]}/withdrawal", RoundStep, None, one[1].organization)
    await town.api.post(f"{path}/voiding", RoundStep, {"reason": "预算调整(示例)"}, of.buyer.approver)


async def _commission(town: Town, of: Players) -> None:
    """One it declines, one the funder takes back, one it does not sign, one it performs and reports on by the unit."""
    declined = await ask(town.api, of, a_request(title="高龄津贴核实"))
    await town.api.post(f"/v1/projects/{declined}/commission/declination", Step, {"reason": "人手不足"}, of.community)
    unanswered = await ask(town.api, of, a_request(title="走访登记"))
    taken_back = f"/v1/projects/{unanswered}/commission/withdrawal"
    await town.api.post(taken_back, Step, {"reason": "另行安排"}, of.buyer.drafter)
    unsigned = await ask(town.api, of, a_request(title="防汛值守"))
    await consent(town.api, of.community, unsigned)
    await arrange(town.api, of.buyer, unsigned, a_commission(of))
    await delivering.agreement(town.api, unsigned, of.community)
    body = {"reason": "人手不足"}
    await town.api.post(f"/v1/projects/{unsigned}/contract/withdrawal", StandingAnswer, body, of.community)
    project_id = await ask(town.api, of, a_request())
    await consent(town.api, of.community, project_id)
    await arrange(town.api, of.buyer, project_id, a_commission(of))
    await perform(town.api, of, project_id)


async def _single_source(town: Town, of: Players) -> None:
    """Its intent and consultation published, noticed, objected to, answered; and then not bought."""
    api, buyer, today = town.api, of.buyer.drafter, day_of(await town.now())
    (project_id,) = await choose(town, of, a_need("手语翻译"))
    await preparing.publish_intent(api, buyer, project_id, PRICE, today)
    await preparing.consult_the_public(api, buyer, project_id, today)
    rulebook, declared = "example/single-source", preparing.NOT_APPLICABLE
    amount = shares(of, PRICE)
    await tendering.draft(api, buyer, project_id, amount, rulebook=rulebook, not_applicable=declared)
    await preparing.give_notice(api, buyer, project_id, of.providers[0].party_id)
    objection = await preparing.object_to_notice(api, of.providers[1], project_id)
    await preparing.answer_objection(api, buyer, project_id, objection, upheld=True)
    await api.post(f"/v1/projects/{project_id}/declination", Step, {"reason": "异议成立"}, buyer)


async def _adopt_a_rulebook(town: Town) -> None:
    """One registrar hands it in, the other adopts it."""
    one, other = town.registry.enters, town.registry.verifies
    today = day_of(await town.now()).isoformat()
    text = (
        f'id: {COMMUNITY[:6]}/below-limit\nversion: "2026.1"\ntitle: 示例\neffective_from: {today}\n'
        'parent: "example/below-limit@2026.4"\nrules: {}\n'
    )
    body = {"registrar_id": one.party_id, "document": text}
    handed = await town.api.post("/v1/rulebooks", RulebookAnswer, body, one)
    body = {"registrar_id": other.party_id}
    await town.api.post(f"/v1/rulebooks/{handed.hash}/adoption", RulebookAnswer, body, other)


async def _classify(town: Town) -> None:
    """A public institution of the second class is entered by one registrar, and classified by the other."""
    clerks = await town.clerks()
    entry = Entry(kind=PartyKind.ORGANIZATION, name="示例文化馆", division=COMMUNITY[:6], uscc=town.credit_code("12"))
    party_id = await registering.register(town.api, clerks, entry)
    body = {"institution": "second", "basis": "示例编办批复 2019-12"}
    await town.api.post(f"/v1/parties/{party_id}/institution-class", PartyAnswer, body, clerks.verifies)


async def _import_parties(town: Town) -> None:
    """One registrar looks at a file and takes it in, the other verifies what it entered."""
    clerks = await town.clerks()
    rows = [("organization", f"示例社{n}", town.credit_code("52"), COMMUNITY[:6]) for n in range(3)]
    content = b64encode(written("主体", [tuple(column.heading for column in COLUMNS.values())[:4], *rows])).decode()
    body = {"file_name": "示例名录.xlsx", "format": "xlsx", "content": content}
    preview = await town.api.post("/v1/parties/import-previews", ImportPreview, body, clerks.enters)
    assert preview.new == len(rows)
    done = await town.api.post("/v1/parties/imports", ImportDone, body, clerks.enters)
    path = f"/v1/parties/imports/{done.import_id}/verification"
    await town.api.post(path, ImportVerified, None, clerks.verifies)


async def _merge_a_community(town: Town) -> None:
    body = {"successor": "320508017003", "effective_on": "2026-01-01", "basis": "示例撤并批复 2025-12"}
    clerks = await town.clerks()
    await town.api.post("/v1/divisions/320508017004/succession", SuccessionAnswer, body, clerks.enters)


async def _before_a_project(town: Town, of: Players) -> None:
    await _merge_a_community(town)
    await _classify(town)
    await keep_records(town)
    await keep_community_records(town, of.community.party_id)
    await keep_appraisals(town, of.community)
    await keep_worker_records(town)
    await _import_parties(town)
    need = await choosing.post_need(town.api, of.community, a_need("邻里借书角"))
    routing = {"route": "volunteer", "reason": "邻里可以互助"}
    await town.api.post(f"/v1/needs/{need.id}/routings", NeedAnswer, routing, of.community)
    more = {"source_type": "budget", "budget_line": "示例指标 2082001 追加", "amount": PRICE}
    path = f"/v1/funds/{of.accounts[0]}/appropriations"
    arrived = await town.api.post(path, AppropriationAnswer, more, of.buyer.finance)
    await correct(town, of.buyer, arrived.account_id, arrived.lot_id)
    await registering.recuse(town.api, await town.evaluator(), [of.buyer.drafter.party_id])


async def _bid_again(api: Client, plan: whole.Plan) -> None:
    offer = plan.offers[-1]
    (own,) = (await api.get("/v1/bids", OwnBids, offer.provider)).bids
    await api.post(f"/v1/projects/{plan.project_id}/bids/{own.bid_id}/withdrawal", Step, None, offer.provider)
    unclear = {"price": offer.price + Money(100), "quotation": {"capitals": in_capitals(offer.price)}}
    body = {"bidder_id": offer.provider.party_id, "proposal": offer.proposal} | unclear
    await api.post(f"/v1/projects/{plan.project_id}/bids", Sealed, body, offer.provider)
    bids = (await api.get("/v1/bids", OwnBids, offer.provider)).bids
    again = next(bid for bid in bids if not bid.withdrawn)
    group = {"name": "示例助老互助社", "filed_with": "示例街道备案 3 号", "part": "送餐(示例)"}
    delivery = f"/v1/projects/{plan.project_id}/bids/{again.bid_id}/delivery"
    await api.post(delivery, Step, {"delivered_by": [group]}, offer.provider)


async def _clarify(api: Client, plan: whole.Plan) -> None:
    """Asked, amended by two persons, and answered by what was amended."""
    door, asker, buyer = f"/v1/projects/{plan.project_id}", plan.offers[0].provider, plan.buyer
    question = {"asker_id": asker.party_id, "text": "午餐须几点送到?"}
    received = await api.post(f"{door}/questions", Received, question, asker)
    terms = plan.terms.model_copy(update={"requirements": f"{plan.terms.requirements}十一点半以前送到。"})
    body = {"terms": terms, "reason": "写明送达时间"}
    drafted = await api.post(f"{door}/amendments", Drafted, body, buyer.drafter)
    await api.post(f"{door}/amendments/{drafted.draft_id}/approval", Step, None, buyer.approver)
    answer = {"text": "十一点半以前,见修改。", "changes_documents": True}
    await api.post(f"{door}/questions/{received.question_id}/answers", Step, answer, buyer.drafter)


def _by_sheet(first: Person, terms: Terms) -> whole.HandInScores:
    """One expert fills in a workbook, the others hand in JSON."""

    async def hand_in(
        api: Client, evaluator: Person, project_id: ProjectId, points: Mapping[BidId, Mapping[str, Decimal]]
    ) -> None:
        if evaluator != first:
            return await tendering.score(api, evaluator, project_id, points)
        rows = [
            (str(bid_id), "", "", one.id, one.name, one.points, given[one.id])
            for bid_id, given in points.items()
            for one in terms.criteria
        ]
        content = b64encode(written(SHEET, [HEADER, *rows])).decode()
        body = {"evaluator_id": evaluator.party_id, "content": content}
        await api.post(f"/v1/projects/{project_id}/score-sheets", Step, body, evaluator)

    return hand_in


async def _commit_a_draw(town: Town, plan: whole.Plan) -> None:
    """Of the evaluators and one to spare, who steps back: so the others are drawn."""
    spare = await town.evaluator()
    pool = [one.party_id for one in (*plan.evaluators, spare)]
    body = {"pool": pool, "seats": len(plan.evaluators)}
    door = f"/v1/projects/{plan.project_id}/committee"
    await town.api.post(f"{door}/commitment", Step, body, plan.buyer.drafter)
    recusal = {"evaluator_id": spare.party_id, "ground": "kinship"}
    await town.api.post(f"{door}/recusals", Step, recusal, spare)


async def _stand_by_the_price(api: Client, plan: whole.Plan) -> None:
    """As it was written in capitals."""
    bidder = plan.offers[-1].provider
    bids = (await api.get("/v1/bids", OwnBids, bidder)).bids
    (bid_id,) = [one.bid_id for one in bids if one.correction is not None]
    body = {"bidder_id": bidder.party_id, "confirmed": True}
    await api.post(f"/v1/projects/{plan.project_id}/bids/{bid_id}/correction", Step, body, bidder)


async def _seat_a_committee(api: Client, plan: whole.Plan) -> None:
    """Drawn; a record from elsewhere does not take its place."""
    await tendering.opened(api, plan.project_id)
    door = f"/v1/projects/{plan.project_id}/committee"
    await api.post(f"{door}/drawing", Step, None, plan.buyer.drafter)
    members = [{"evaluator_id": one.party_id, "seat": "expert"} for one in plan.evaluators]
    record = {"record_number": "示例-1", "drawn_on": "2026-01-05", "pool": "示例评审专家库", "members": members}
    with refused("committee_drawn"):
        await api.post(f"{door}/import", Step, record, plan.buyer.drafter)


async def _inquire_too_late(api: Client, plan: whole.Plan) -> None:
    """Nobody's price was low, and scoring is over."""
    project = await api.get(f"/v1/projects/{plan.project_id}", ProjectAnswer)
    bid, drafter = project.opened[0], plan.buyer.drafter
    door = f"/v1/projects/{plan.project_id}/low-price"
    asked = {"bid_id": bid.bid_id, "minutes": 30, "reason": "明显偏低(示例)"}
    with refused("wrong_phase"):
        await api.post(f"{door}/inquiries", Step, asked, drafter)
    bidder = next(o.provider for o in plan.offers if o.provider.party_id == bid.bidder_id)
    words = {"bidder_id": bidder.party_id, "text": "志愿者分担(示例)"}
    with refused("no_price_inquiry"):
        await api.post(f"{door}/{bid.bid_id}/explanation", Step, words, bidder)
    decision = {"accepted": True, "reason": "合理(示例)"}
    with refused("wrong_phase"):
        await api.post(f"{door}/{bid.bid_id}/decision", Step, decision, drafter)
