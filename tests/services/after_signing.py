"""Every command of an agreement, its money and its evaluation, given once through the doors."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, rating, whole
from schemas.contract import Milestone
from schemas.days import day_of
from schemas.ids import FundAccountId, LotId
from services.contracts.api import ContractAnswer, MilestoneAnswer
from services.contracts.api.changes import ChangeAnswer
from services.contracts.api.ending import StandingAnswer, TerminationAnswer
from services.contracts.api.opinions import OpinionAnswer, RollAnswer
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
from services.funds.api.answers import HoldOf, OpenReceiptsAnswer, PaymentAnswer
from services.funds.api.answers import StatementAnswer as AccountStatement
from services.funds.api.bank_accounts import BankAccountAnswer, BankAccountsAnswer
from services.funds.api.bank_files import BankFileAnswer
from services.funds.api.cost_files import CostFileAnswer
from services.funds.api.costs import CostLineAnswer, CostLinesAnswer, CostReportAnswer
from services.funds.api.going_back import CorrectionAnswer, RefundAnswer
from services.funds.api.periods import PeriodAnswer, PeriodsAnswer
from services.funds.api.statements import ImportedStatementAnswer, ReceiptAnswer
from tests.journey.town import (
    COMMUNITY,
    Town,
    refused,
)
from tests.services.contracts.seated import ROLL, SIGNED


async def correct(town: Town, buyer: whole.Buyer, account: FundAccountId, lot: LotId) -> None:
    """A fen too many was booked; another person than finance, who had entered it, takes it back."""
    statement = await town.api.get(f"/v1/funds/{account}/transfers", AccountStatement, buyer.approver)
    arrival = next(t for t in statement.transfers if t.lots[0].lot_id == lot)
    path = f"/v1/funders/{buyer.finance.party_id}/transfers/{arrival.transfer_id}/corrections"
    body = {"amount": {"fen": 1}, "reason": "amount_too_large", "basis": "更正单(示例)"}
    await town.api.post(path, CorrectionAnswer, body, buyer.approver)


async def pay_back(town: Town, buyer: whole.Buyer, plan: whole.Plan) -> None:
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


async def close_the_books(town: Town, buyer: whole.Buyer) -> None:
    through = day_of(await town.now()).replace(day=1) - timedelta(days=1)
    periods = f"/v1/funders/{buyer.finance.party_id}/periods"
    period = f"{periods}/{through}"
    await town.api.post(f"{period}/freezing", PeriodAnswer, None, buyer.finance)
    await town.api.post(f"{period}/reopening", PeriodAnswer, {"reason": "漏记一笔(示例)"}, buyer.finance)
    await town.api.post(f"{period}/freezing", PeriodAnswer, None, buyer.finance)
    found = await town.api.get(periods, PeriodsAnswer, buyer.approver)
    assert found.frozen is not None
    await town.api.post(f"{period}/closing", PeriodAnswer, {"digest": found.frozen.digest}, buyer.approver)


async def report_costs(town: Town, plan: whole.Plan, winner: Person) -> None:
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


async def hold_and_lift(town: Town, plan: whole.Plan) -> None:
    holds = f"/v1/projects/{plan.project_id}/holds"
    until = day_of((await town.clock.now()) + timedelta(days=3)).isoformat()
    hold = {"amount": {"fen": 1}, "basis": "审计取证单(示例)", "until": until}
    placed = await town.api.post(holds, HoldOf, hold, town.auditor)
    await town.api.post(f"{holds}/{placed.hold_id}/lifting", HoldOf, {"reason": "已核实(示例)"}, town.auditor)


async def send_back_and_approve(api: Client, plan: whole.Plan) -> None:
    """The first tranche is above the limit: drawn up, sent back by the second person, and paid at the second try."""
    finance = plan.buyer.finance
    await paying.released(api, finance, plan.project_id, 1)
    payment = await paying.order(api, finance, plan.project_id, 1)
    no = {"reason": "请写明经济科目(示例)"}
    await api.post(f"/v1/payments/{payment.payment_id}/declination", PaymentAnswer, no, plan.buyer.approver)
    await paying.pay(api, finance, plan.project_id, 1, plan.buyer.approver)


async def name_an_account(api: Client, plan: whole.Plan, winner: Person) -> None:
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


async def deliver_in_vain(api: Client, plan: whole.Plan, winner: Person) -> None:
    await delivering.submit(api, winner, plan.project_id, Milestone.MID_TERM, "缺签到表(示例)")
    path = f"/v1/projects/{plan.project_id}/milestones/mid_term/returns"
    await api.post(path, MilestoneAnswer, {"reason": "请补签到表"}, plan.community)


async def visit(town: Town, plan: whole.Plan, winner: Person) -> None:
    """A visit is recorded, and voided because it was recorded wrongly."""
    await town.days(1)
    began = await town.now() - timedelta(hours=2)
    visit = {"worker_id": winner.party_id, "token": "7" * 64, "division": COMMUNITY, "kind": "home"}
    rows = [visit | {"starts_at": began, "ends_at": began + timedelta(hours=1)}]
    visits = f"/v1/projects/{plan.project_id}/milestones/mid_term/visits"
    batch = await town.api.post(visits, BatchAnswer, {"reference": "week-1", "visits": rows}, winner)
    voiding = f"/v1/projects/{plan.project_id}/visit-batches/{batch.batch_id}/voiding"
    await town.api.post(voiding, BatchAnswer, {"reason": "mistaken"}, winner)


async def inspect(town: Town, plan: whole.Plan, winner: Person) -> None:
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


async def grieve(api: Client, plan: whole.Plan, winner: Person) -> None:
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


async def plan_indicators(api: Client, plan: whole.Plan) -> None:
    names = {"id": "meals", "name": "助餐", "unit": "人次", "planned": 100, "points": "50"}
    safe = {"id": "safe", "name": "独居老人安全", "unit": "人", "planned": 10, "points": "30", "group": "benefit"}
    path = f"/v1/projects/{plan.project_id}/self-evaluation/indicators"
    await api.post(path, SelfEvaluationAnswer, {"indicators": [names, safe]}, plan.buyer.drafter)


async def evaluate_oneself(api: Client, plan: whole.Plan, winner: Person) -> None:
    at = f"/v1/projects/{plan.project_id}/self-evaluation"
    for id in ("meals", "safe"):
        reached = {"actual": 10, "evidence_digest": "e" * 64}
        await api.post(f"{at}/indicators/{id}/actuals", SelfEvaluationAnswer, reached, winner)
    await api.post(f"{at}/table", SelfEvaluationAnswer, None, plan.buyer.drafter)


async def rate_street_and_committee(api: Client, plan: whole.Plan) -> None:
    for by, code in ((plan.buyer.drafter, "participation"), (plan.community, "guidance")):
        rating = {"score": 90, "reasons": [{"code": code, "good": True}]}
        await api.post(f"/v1/projects/{plan.project_id}/street-ratings", StreetRatingAnswer, rating, by)


async def measure_as_expert(api: Client, plan: whole.Plan, expert: Person) -> None:
    found = [{"indicator_id": id, "actual": 10} for id in ("meals", "safe")]
    body = {"evaluator_id": expert.party_id, "measured": found}
    await api.post(f"/v1/projects/{plan.project_id}/expert-ratings", ExpertScoreAnswer, body, expert)


async def moderate(api: Client, plan: whole.Plan) -> None:
    comments = f"/v1/projects/{plan.project_id}/milestones/mid_term/comments"
    (one,) = (await api.get(comments, CommentsAnswer, plan.buyer.drafter)).comments
    door = f"/v1/projects/{plan.project_id}/comments/{one.id}/moderation"
    await api.post(door, ModerationAnswer, None, plan.buyer.drafter)


async def contest_the_grade(town: Town, plan: whole.Plan, winner: Person) -> None:
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


async def judge_and_audit(api: Client, plan: whole.Plan) -> None:
    at = f"/v1/projects/{plan.project_id}"
    judgement = {"result": "passed", "score": "86.00", "reasons": "进度与质量符合约定(示例)"}
    await api.post(f"{at}/midterm/judgements", ContractAnswer, judgement, plan.buyer.drafter)
    report = {"report_digest": "a" * 64, "auditor_name": "示例会计师事务所", "opinion": "unqualified"}
    await api.post(f"{at}/audit-reports", ContractAnswer, report, plan.buyer.drafter)


async def live(town: Town, plan: whole.Plan, winner: Person) -> None:
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


async def reconcile(town: Town, buyer: whole.Buyer) -> None:
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
