"""A client beside whom strangers stand: before each command one in the same role gives the same, after it all look."""

import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from deploy.demo.client import Client, Person, Problem
from deploy.demo.story import choosing, delivering, paying, preparing, rating, registering, tendering, venturing, whole
from deploy.demo.story.registering import Entry
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.ids import BidId, FundAccountId, LotId, ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import FundShare
from schemas.role import Role
from schemas.tender import Terms
from schemas.workbook import written
from services.contracts.api import ContractAnswer, MilestoneAnswer
from services.contracts.api.changes import ChangeAnswer
from services.contracts.api.ending import StandingAnswer, TerminationAnswer
from services.contracts.api.opinions import OpinionAnswer, RollAnswer
from services.contracts.api.publicity import AnnouncedContract
from services.contracts.api.visits import BatchAnswer
from services.evaluation.api import CommentsAnswer, RatingsAnswer
from services.evaluation.api.experts import ExpertScoreAnswer
from services.evaluation.api.followups import FollowUpAnswer
from services.evaluation.api.grade import GradeAnswer
from services.evaluation.api.remarks import ModerationAnswer
from services.evaluation.api.sampling import SampleAnswer
from services.evaluation.api.self_evaluation import SelfEvaluationAnswer
from services.evaluation.api.street_pair import StreetRatingAnswer
from services.evaluation.rules import Level
from services.funds.api.answers import AppropriationAnswer, HoldOf, OpenReceiptsAnswer, PaymentAnswer
from services.funds.api.answers import StatementAnswer as AccountStatement
from services.funds.api.bank_accounts import BankAccountAnswer, BankAccountsAnswer
from services.funds.api.bank_files import BankFileAnswer
from services.funds.api.cost_files import CostFileAnswer
from services.funds.api.costs import CostLineAnswer, CostLinesAnswer, CostReportAnswer
from services.funds.api.going_back import CorrectionAnswer, RefundAnswer
from services.funds.api.periods import PeriodAnswer, PeriodsAnswer
from services.funds.api.statements import ImportedStatementAnswer, ReceiptAnswer
from services.kit.service import Get, Post
from services.needs.api.intake import NeedAnswer
from services.registry.api import PartyAnswer
from services.registry.rulebooks import RulebookAnswer
from services.tenders.api.answers import Drafted, OwnBids, ProjectAnswer, Step
from services.tenders.api.clarifying import Received
from services.tenders.api.round_answers import RoundStep
from services.tenders.rules.score_sheet import HEADER, SHEET
from tests.journey.after_award import announce_and_object, cancel_and_run_again, pass_on
from tests.journey.arranged import a_commission, a_request, arrange, ask, consent, draft, perform
from tests.journey.framed import bought_of_a_framework
from tests.journey.gated import a_whole_gate
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
from tests.journey.windowed import a_whole_window
from tests.services.contracts.seated import ROLL, SIGNED
from tests.services.doors import GETS, POSTS, Doors, address, name_of

A = TypeVar("A", bound=BaseModel)

DEAR = Money(61_000_00)
"""so that half of it is above the limit for one person"""
OF_NOBODY = frozenset(
    {
        "/v1/parties",
        "/v1/parties/{party_id}/verifications",
        "/v1/parties/{party_id}/suspensions",
        "/v1/parties/{party_id}/institution-class",
        "/v1/parties/{party_id}/keys",
        "/v1/keys/{key_id}/revocations",
        "/v1/funds",
        "/v1/projects/{project_id}/holds",
        "/v1/communities/{community_id}/governance-grades",
        "/v1/communities/{community_id}/commissions",
        "/v1/gates/{registrar_id}/items",
        "/v1/committees/{committee_id}/roll",
        "/v1/projects/{project_id}/recovery",
    }
)
"""Doors with nothing behind them that is one party's: any registrar registers, any funder opens its own account, any
auditor holds money back, any registrar publishes how a community is graded or lists a committee's members, any funder
may ask a community for help, or apply at a gate; any operator may use a
recovery share."""
OF_ONESELF = frozenset({"/v1/projects/{project_id}/eligibility"})
"""Doors that answer a stranger about the stranger."""
HIDDEN = [get for get in GETS if get.roles > {Role.AUDITOR} and "{" in get.path and get.path not in OF_ONESELF]
"""What auditors see, and otherwise only whom it concerns."""


@dataclass(slots=True)
class Tried:
    """What strangers were told at each door: status and code."""

    told: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    ids: dict[str, str] = field(default_factory=dict)
    """the parts of an address, as last seen"""


class Watched(Client):
    def __init__(self, url: str, doors: Doors) -> None:
        super().__init__(url)
        self._doors = doors
        self.tried = Tried()

    async def post(
        self, path: str, answers: type[A], body: Any = None, by: Person | None = None, *, key: str | None = None
    ) -> A:
        found = post_at(path)
        if found is not None and by is not None and found[0].path not in OF_NOBODY:
            post, ids = found
            self.tried.ids |= ids
            stranger = self._doors.who(by.role)
            same = Person(name="stranger", party_id=stranger.party_id, role=by.role, secret=stranger.secret)
            self.tried.told[name_of(post)].add(await self._refused(path, answers, body, same))
        answer = await super().post(path, answers, body, by, key=key)
        self.tried.ids = {name: str(value) for name, value in answer if name.endswith("_id")} | self.tried.ids
        await self._look_around()
        return answer

    async def _look_around(self) -> None:
        """Strangers of every role ask for what an auditor can see just now."""
        for get in HIDDEN:
            path, system = address(get, self.tried.ids), self._doors.system
            if (await system.get(path, self._doors.who(Role.AUDITOR))).status == 200:
                for role in get.roles - {Role.AUDITOR}:
                    reply = await system.get(path, self._doors.who(role))
                    self.tried.told[name_of(get)].add((reply.status, reply.json.get("title", "shown")))

    async def _refused(self, path: str, answers: type[A], body: Any, by: Person) -> tuple[int, str]:
        try:
            await super().post(path, answers, body, by)
        except Problem as problem:
            return problem.status, problem.code
        return 201, "let in"


def post_at(path: str) -> tuple[Post, dict[str, str]] | None:
    return next(
        ((post, match.groupdict()) for post in POSTS if (match := re.fullmatch(pattern(post), path)) is not None), None
    )


def pattern(route: Post | Get) -> str:
    return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)


async def tell_everything(town: Town) -> Players:
    """Every command a party can give, given at least once where it is allowed."""
    api = town.api
    of = await players(town)
    await _before_a_project(town, of)
    await _adopt_a_rulebook(town)
    await a_whole_gate(town, of)
    await a_whole_window(town, of)
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
    await whole.to_award(api, plan)
    winner = await pass_on(api, plan)
    await announce_and_object(api, plan, plan.offers[-1].provider)
    await _inquire_too_late(api, plan)
    await delivering.endorse(api, of.buyer.approver, project_id)
    await delivering.endorse(api, winner, project_id)
    path = f"/v1/projects/{project_id}/contract/announcement"
    await api.post(path, AnnouncedContract, {}, of.buyer.drafter)
    await _send_back_and_approve(api, plan)
    await _plan_indicators(api, plan)
    await _report_costs(town, plan, winner)
    await _hold_and_lift(town, plan)
    await _reconcile(town, of.buyer)
    await _name_an_account(api, plan, winner)
    await _visit(town, plan, winner)
    await _deliver_in_vain(api, plan, winner)
    await _inspect(town, plan, winner)
    tokens = await whole.to_mid_term(api, plan, winner)
    await _grieve(api, plan, winner)
    await _judge_and_audit(api, plan)
    await _live(town, plan, winner)
    await whole.to_final(api, plan, winner, tokens)
    await _rate_street_and_committee(api, plan)
    await _measure_as_expert(api, plan, await town.evaluator())
    await town.days(whole.RATING_DAYS)
    await _contest_the_grade(town, plan, winner)
    await _moderate(api, plan)
    await bought_of_a_framework(town, api, of, a_plan(of, framed))
    await whole.to_the_trace(api, plan)
    await _evaluate_oneself(api, plan, winner)
    await _pay_back(town, of.buyer, plan)
    await _close_the_books(town, of.buyer)
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


async def _correct(town: Town, buyer: whole.Buyer, account: FundAccountId, lot: LotId) -> None:
    """A fen too many was booked; another person than finance, who had entered it, takes it back."""
    statement = await town.api.get(f"/v1/funds/{account}/transfers", AccountStatement, buyer.approver)
    arrival = next(t for t in statement.transfers if t.lots[0].lot_id == lot)
    path = f"/v1/funders/{buyer.finance.party_id}/transfers/{arrival.transfer_id}/corrections"
    body = {"amount": {"fen": 1}, "reason": "amount_too_large", "basis": "更正单(示例)"}
    await town.api.post(path, CorrectionAnswer, body, buyer.approver)


async def _pay_back(town: Town, buyer: whole.Buyer, plan: whole.Plan) -> None:
    refund = {
        "amount": {"fen": 1},
        "received_on": day_of(await town.now()).isoformat(),
        "line_reference": "示例退款 1",
        "reason": "overpaid",
        "basis": "多付一分(示例)",
    }
    door = f"/v1/projects/{plan.project_id}/refunds"
    recorded = (await town.api.post(door, RefundAnswer, refund, buyer.finance)).refund
    correction = {"amount": {"fen": 1}, "reason": "never_arrived", "basis": "更正单(示例)"}
    await town.api.post(f"{door}/{recorded.refund_id}/corrections", RefundAnswer, correction, buyer.approver)


async def _close_the_books(town: Town, buyer: whole.Buyer) -> None:
    through = day_of(await town.now()).replace(day=1) - timedelta(days=1)
    periods = f"/v1/funders/{buyer.finance.party_id}/periods"
    period = f"{periods}/{through}"
    await town.api.post(f"{period}/freezing", PeriodAnswer, None, buyer.finance)
    await town.api.post(f"{period}/reopening", PeriodAnswer, {"reason": "漏记一笔(示例)"}, buyer.finance)
    await town.api.post(f"{period}/freezing", PeriodAnswer, None, buyer.finance)
    found = await town.api.get(periods, PeriodsAnswer, buyer.approver)
    assert found.frozen is not None
    await town.api.post(f"{period}/closing", PeriodAnswer, {"digest": found.frozen.digest}, buyer.approver)


async def _classify(town: Town) -> None:
    """A public institution of the second class is entered by one registrar, and classified by the other."""
    clerks = await town.clerks()
    entry = Entry(kind=PartyKind.ORGANIZATION, name="示例文化馆", division=COMMUNITY[:6], uscc=town.credit_code("12"))
    party_id = await registering.register(town.api, clerks, entry)
    body = {"institution": "second", "basis": "示例编办批复 2019-12"}
    await town.api.post(f"/v1/parties/{party_id}/institution-class", PartyAnswer, body, clerks.verifies)


async def _before_a_project(town: Town, of: Players) -> None:
    await _classify(town)
    need = await choosing.post_need(town.api, of.community, a_need("邻里借书角"))
    routing = {"route": "volunteer", "reason": "邻里可以互助"}
    await town.api.post(f"/v1/needs/{need.id}/routings", NeedAnswer, routing, of.community)
    more = {"source_type": "budget", "budget_line": "示例指标 2082001 追加", "amount": PRICE}
    path = f"/v1/funds/{of.accounts[0]}/appropriations"
    arrived = await town.api.post(path, AppropriationAnswer, more, of.buyer.finance)
    await _correct(town, of.buyer, arrived.account_id, arrived.lot_id)
    await registering.recuse(town.api, await town.evaluator(), [of.buyer.drafter.party_id])


async def _bid_again(api: Client, plan: whole.Plan) -> None:
    offer = plan.offers[-1]
    (own,) = (await api.get("/v1/bids", OwnBids, offer.provider)).bids
    await api.post(f"/v1/projects/{plan.project_id}/bids/{own.bid_id}/withdrawal", Step, None, offer.provider)
    await tendering.bid(api, offer.provider, plan.project_id, offer.price, offer.proposal)
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


async def _report_costs(town: Town, plan: whole.Plan, winner: Person) -> None:
    """Two lines: one is taken back, one rejected."""
    door, day = f"/v1/projects/{plan.project_id}/costs", day_of(await town.now()).isoformat()
    shop = {"name": "示例商店", "tax_id": "91320500MA1QYR12X8"}
    line = {"head": "activity", "kind": "material", "amount": {"fen": 1}, "spent_on": day}
    line |= {"description": "餐盒(示例)", "evidence_digest": "0" * 64}
    lines = [line | {"invoice": {"number": f"{place}", "issuer": shop}} for place in (1, 2)]
    await town.api.post(door, CostReportAnswer, {"batch": "示例 1", "lines": lines}, winner)
    first, second = (await town.api.get(f"{door}/lines", CostLinesAnswer, winner)).lines
    await _report_costs_in_a_file(town, door, winner)
    reason = {"reason": "wrong_project"}
    await town.api.post(f"{door}/{first.line_id}/withdrawal", CostLineAnswer, reason, winner)
    reason = {"reason": "无审批单(示例)"}
    await town.api.post(f"{door}/{second.line_id}/rejection", CostLineAnswer, reason, plan.buyer.finance)


async def _report_costs_in_a_file(town: Town, door: str, winner: Person) -> None:
    """Of one line: looked at, and taken in."""
    heads = "支出日期,费用科目,支出类别,金额(元),用途,发票号码,开票方名称,开票方税号"
    line = f"{day_of(await town.now())},activity,物资与耗材,0.01,餐盒(示例),3,示例商店,91320500MA1QYR12X8"
    content = b64encode(f"{heads}\n{line}\n".encode()).decode()
    columns = {"issuer_uscc": None, "evidence_digest": None}
    file = {"batch": "示例 2", "file_name": "支出.csv", "format": "csv", "content": content, "columns": columns}
    file |= {"evidence_digest": "0" * 64}
    await town.api.post(f"{door}/files/previews", CostFileAnswer, file, winner)
    await town.api.post(f"{door}/files", CostFileAnswer, file, winner)


async def _hold_and_lift(town: Town, plan: whole.Plan) -> None:
    holds = f"/v1/projects/{plan.project_id}/holds"
    until = day_of((await town.clock.now()) + timedelta(days=3)).isoformat()
    hold = {"amount": {"fen": 1}, "basis": "审计取证单(示例)", "until": until}
    placed = await town.api.post(holds, HoldOf, hold, town.auditor)
    await town.api.post(f"{holds}/{placed.hold_id}/lifting", HoldOf, {"reason": "已核实(示例)"}, town.auditor)


async def _send_back_and_approve(api: Client, plan: whole.Plan) -> None:
    """The first tranche is above the limit: drawn up, sent back by the second person, and paid at the second try."""
    finance = plan.buyer.finance
    await paying.released(api, finance, plan.project_id, 1)
    payment = await paying.order(api, finance, plan.project_id, 1)
    no = {"reason": "请写明经济科目(示例)"}
    await api.post(f"/v1/payments/{payment.payment_id}/declination", PaymentAnswer, no, plan.buyer.approver)
    await paying.pay(api, finance, plan.project_id, 1, plan.buyer.approver)


async def _name_an_account(api: Client, plan: whole.Plan, winner: Person) -> None:
    """Stated by the provider, confirmed by finance of who pays it, and taken back; a street pays by the treasury."""
    finance, here = plan.buyer.finance, f"/v1/parties/{winner.party_id}"
    name = (await api.get(f"{here}/bank-accounts", BankAccountsAnswer, winner)).registered_name
    account = {"holder": name, "number": "6201000000001234", "bank": "示例银行支行", "cnaps": "102305001234"}
    stated = await api.post(f"{here}/bank-accounts", BankAccountAnswer, {"account": account}, winner)
    body = {"number": "6201 0000 0000 1234", "project_id": plan.project_id}
    one = f"{here}/bank-accounts/{stated.account_id}"
    await api.post(f"{one}/confirmation", BankAccountAnswer, body, finance)
    await api.post(f"{one}/withdrawal", BankAccountAnswer, None, winner)
    (first, *_) = (await paying.money(api, plan.project_id, finance)).tranches
    file = {"payments": [first.payment_id]}
    with refused("not_a_foundation"):
        await api.post(f"/v1/funders/{finance.party_id}/bank-files", BankFileAnswer, file, finance)


async def _deliver_in_vain(api: Client, plan: whole.Plan, winner: Person) -> None:
    await delivering.submit(api, winner, plan.project_id, Milestone.MID_TERM, "缺签到表(示例)")
    path = f"/v1/projects/{plan.project_id}/milestones/mid_term/returns"
    await api.post(path, MilestoneAnswer, {"reason": "请补签到表"}, plan.community)


async def _visit(town: Town, plan: whole.Plan, winner: Person) -> None:
    """A visit is recorded, and voided because it was recorded wrongly."""
    await town.days(1)
    began = await town.now() - timedelta(hours=2)
    visit = {"worker_id": winner.party_id, "token": "7" * 64, "division": COMMUNITY, "kind": "home"}
    rows = [visit | {"starts_at": began, "ends_at": began + timedelta(hours=1)}]
    visits = f"/v1/projects/{plan.project_id}/milestones/mid_term/visits"
    batch = await town.api.post(visits, BatchAnswer, {"reference": "week-1", "visits": rows}, winner)
    voiding = f"/v1/projects/{plan.project_id}/visit-batches/{batch.batch_id}/voiding"
    await town.api.post(voiding, BatchAnswer, {"reason": "mistaken"}, winner)


async def _inspect(town: Town, plan: whole.Plan, winner: Person) -> None:
    """The supervision committee has a concern, and the provider answers."""
    inspector = await town.committee()
    roll = f"/v1/committees/{inspector.party_id}/roll"
    await town.api.post(roll, RollAnswer, {"members": ROLL}, town.registry.enters)
    opinions = f"/v1/projects/{plan.project_id}/opinions"
    concern: dict[str, Any] = {
        "kind": "concern",
        "milestone": "mid_term",
        "addressed_to": "provider",
        "text": "签到表不全(示例)",
    }
    concern |= {"tokens": SIGNED}
    filed = await town.api.post(opinions, OpinionAnswer, concern, inspector)
    await town.api.post(f"{opinions}/{filed.id}/answers", OpinionAnswer, {"text": "已补齐(示例)"}, winner)


async def _grieve(api: Client, plan: whole.Plan, winner: Person) -> None:
    """Three more beneficiaries are very dissatisfied; the provider puts it right. A lot is drawn of all."""
    angry = await rating.issue_tokens(api, plan.community, plan.project_id, 3)
    await api.post(f"/v1/projects/{plan.project_id}/milestones/mid_term/sample", SampleAnswer, None, plan.buyer.drafter)
    given = rating.in_turn(angry[1:], [Level.VERY_DISSATISFIED])
    await rating.rate(api, plan.project_id, Milestone.MID_TERM, given)
    words = {"token": angry[0], "level": Level.VERY_DISSATISFIED, "comment": "饭是冷的(示例)"}
    path = f"/v1/projects/{plan.project_id}/milestones/mid_term/ratings"
    await api.post(path, RatingsAnswer, {"ratings": [words]})
    followup = f"/v1/projects/{plan.project_id}/milestones/mid_term/followups/very_dissatisfied"
    await api.post(f"{followup}/answers", FollowUpAnswer, {"done": "已更换保温箱(示例)"}, winner)
    await api.post(f"{followup}/closing", FollowUpAnswer, None, plan.community)


async def _plan_indicators(api: Client, plan: whole.Plan) -> None:
    names = {"id": "meals", "name": "助餐", "unit": "人次", "planned": 100, "points": "50"}
    safe = {"id": "safe", "name": "独居老人安全", "unit": "人", "planned": 10, "points": "30", "group": "benefit"}
    path = f"/v1/projects/{plan.project_id}/self-evaluation/indicators"
    await api.post(path, SelfEvaluationAnswer, {"indicators": [names, safe]}, plan.buyer.drafter)


async def _evaluate_oneself(api: Client, plan: whole.Plan, winner: Person) -> None:
    at = f"/v1/projects/{plan.project_id}/self-evaluation"
    for id in ("meals", "safe"):
        reached = {"actual": 10, "evidence_digest": "e" * 64}
        await api.post(f"{at}/indicators/{id}/actuals", SelfEvaluationAnswer, reached, winner)
    await api.post(f"{at}/table", SelfEvaluationAnswer, None, plan.buyer.drafter)


async def _rate_street_and_committee(api: Client, plan: whole.Plan) -> None:
    for by, code in ((plan.buyer.drafter, "participation"), (plan.community, "guidance")):
        rating = {"score": 90, "reasons": [{"code": code, "good": True}]}
        await api.post(f"/v1/projects/{plan.project_id}/street-ratings", StreetRatingAnswer, rating, by)


async def _measure_as_expert(api: Client, plan: whole.Plan, expert: Person) -> None:
    found = [{"indicator_id": id, "actual": 10} for id in ("meals", "safe")]
    body = {"evaluator_id": expert.party_id, "measured": found}
    await api.post(f"/v1/projects/{plan.project_id}/expert-ratings", ExpertScoreAnswer, body, expert)


async def _moderate(api: Client, plan: whole.Plan) -> None:
    comments = f"/v1/projects/{plan.project_id}/milestones/mid_term/comments"
    (one,) = (await api.get(comments, CommentsAnswer, plan.buyer.drafter)).comments
    door = f"/v1/projects/{plan.project_id}/comments/{one.id}/moderation"
    await api.post(door, ModerationAnswer, None, plan.buyer.drafter)


async def _contest_the_grade(town: Town, plan: whole.Plan, winner: Person) -> None:
    """Evaluated once more, as the provider asks; what comes of that it cannot accept, for it is final."""
    grade = f"/v1/projects/{plan.project_id}/grade"
    await rating.announced(town.api, plan.project_id, winner)
    await town.api.post(f"{grade}/replies", GradeAnswer, {"reply": "送餐天数请核对(示例)"}, winner)
    await town.api.post(f"{grade}/reevaluation-requests", GradeAnswer, {"reasons": "停水一周(示例)"}, winner)
    decision = {"granted": True, "reasons": "情况属实(示例)"}
    await town.api.post(f"{grade}/reevaluation-decisions", GradeAnswer, decision, plan.buyer.approver)
    await town.days(whole.REEVALUATION_DAYS)
    await rating.graded(town.api, plan.project_id)
    with refused("grade_not_pending"):
        await town.api.post(f"{grade}/acceptance", GradeAnswer, None, winner)


async def _judge_and_audit(api: Client, plan: whole.Plan) -> None:
    at = f"/v1/projects/{plan.project_id}"
    judgement = {"result": "passed", "score": "86.00", "reasons": "进度与质量符合约定(示例)"}
    await api.post(f"{at}/midterm/judgements", ContractAnswer, judgement, plan.buyer.drafter)
    report = {"report_digest": "a" * 64, "auditor_name": "示例会计师事务所", "opinion": "unqualified"}
    await api.post(f"{at}/audit-reports", ContractAnswer, report, plan.buyer.drafter)


async def _live(town: Town, plan: whole.Plan, winner: Person) -> None:
    """Between the mid-term and the end: a change that both sign, one that is declined, a standstill, a notice."""
    api, buyer = town.api, plan.buyer
    contract = f"/v1/projects/{plan.project_id}/contract"
    about = {"reason": "scope", "text": "增加一次回访(示例)", "requirements": "按需求清单提供服务,并回访一次(示例)。"}
    change = await api.post(f"{contract}/changes", ChangeAnswer, about, winner)
    here = f"{contract}/changes/{change.change_id}"
    await api.post(f"{here}/endorsements", ChangeAnswer, {"digest": change.digest}, buyer.approver)
    other = await api.post(f"{contract}/changes", ChangeAnswer, about | {"requirements": "另议(示例)"}, winner)
    words = {"text": "不予变更(示例)"}
    await api.post(f"{contract}/changes/{other.change_id}/closing", ChangeAnswer, words, buyer.approver)
    until = day_of(await town.now()).isoformat()
    still = {"reason": "safety", "text": "暴雪停课(示例)", "until": until}
    await api.post(f"{contract}/suspensions", StandingAnswer, still, buyer.drafter)
    await api.post(f"{contract}/resumption", StandingAnswer, None, buyer.drafter)
    await _end_in_vain(api, plan, winner)


async def _end_in_vain(api: Client, plan: whole.Plan, winner: Person) -> None:
    """A proposal that is withdrawn, a notice that is answered and dismissed."""
    doors = f"/v1/projects/{plan.project_id}/contract/terminations"
    mutual = {"reason": "mutual_consent", "text": "人手不足(示例)"}
    proposed = await api.post(doors, TerminationAnswer, mutual, winner)
    words = {"text": "已补充人手(示例)"}
    await api.post(f"{doors}/{proposed.termination_id}/withdrawal", TerminationAnswer, words, winner)
    breach = {"reason": "breach_by_provider", "text": "两次未按时送达(示例)"}
    notice = await api.post(doors, TerminationAnswer, breach, plan.buyer.drafter)
    here = f"{doors}/{notice.termination_id}"
    await api.post(f"{here}/answers", TerminationAnswer, {"consents": False, "text": "已整改(示例)"}, winner)
    goes_on = {"terminates": False, "text": "整改属实,继续履行(示例)"}
    await api.post(f"{here}/decision", TerminationAnswer, goes_on, plan.buyer.approver)


async def _reconcile(town: Town, buyer: whole.Buyer) -> None:
    """A statement with a bank fee: looked at, taken in, explained by another person."""
    finance = buyer.finance
    today = day_of(await town.now())
    content = f"流水号,日期,金额,附言\nFEE-1,{today},10.00,手续费\n".encode()
    columns = {"line_reference": "流水号", "paid_on": "日期", "amount": "金额", "payment_reference": "附言"}
    file = {"file_name": "对账单.csv", "format": "csv", "content": b64encode(content).decode(), "columns": columns}
    door = f"/v1/funders/{finance.party_id}/statements"
    await town.api.post(f"{door}/previews", ImportedStatementAnswer, file, finance)
    await town.api.post(door, ImportedStatementAnswer, file, finance)
    (line,) = (await town.api.get("/v1/receipts/open", OpenReceiptsAnswer, finance)).receipts
    words = {"code": "bank_fee", "text": "银行手续费(示例)"}
    await town.api.post(f"/v1/receipts/{line.receipt_id}/explanations", ReceiptAnswer, words, buyer.approver)


async def _commit_a_draw(town: Town, plan: whole.Plan) -> None:
    """Of the evaluators and one to spare, who steps back: so the others are drawn."""
    spare = await town.evaluator()
    pool = [one.party_id for one in (*plan.evaluators, spare)]
    body = {"pool": pool, "seats": len(plan.evaluators)}
    door = f"/v1/projects/{plan.project_id}/committee"
    await town.api.post(f"{door}/commitment", Step, body, plan.buyer.drafter)
    recusal = {"evaluator_id": spare.party_id, "ground": "kinship"}
    await town.api.post(f"{door}/recusals", Step, recusal, spare)


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
