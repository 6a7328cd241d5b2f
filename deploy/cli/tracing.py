"""`sanshe trace`: where money came from and went, asked at the public door with the auditor's key."""

from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

import aiohttp
import typer
from rich.console import Console

from deploy.cli.entering import At, Keys, door
from deploy.cli.naming import named_by
from deploy.cli.program import columns, fail, run
from deploy.cli.visits import checked_visits
from deploy.demo.client import Client, Person, Problem
from deploy.demo.telling import tell_story
from schemas.finding import Finding
from schemas.model import Model
from schemas.money import Money
from schemas.receipt import MatchedLine
from services.audit.api import TraceAnswer
from services.audit.api.transfers import TransfersAnswer, TransferTold
from services.audit.api.uses import UsesAnswer
from services.audit.rules import Columns, Delivered, Kind, LotLine, MovementState, Opinion, Reached, Step, Use
from services.audit.rules.sentences.contract import MILESTONES

AUDITOR = "auditor"
"""whose key stands in keys.json"""
PAGE = 200
A = TypeVar("A", bound=Model)
Told: TypeAlias = TraceAnswer | UsesAnswer | TransfersAnswer

KINDS = {
    Kind.ARRIVED: "到账 arrived",
    Kind.CORRECTED: "更正 corrected",
    Kind.RESERVED: "预留 reserved",
    Kind.REDUCED: "签约后退回 back at signing",
    Kind.GIVEN_BACK: "未签约退回 back without an agreement",
    Kind.RELEASED: "条件成就 released",
    Kind.CHANGED: "协议变更 agreement changed",
    Kind.CANCELLED: "协议撤销 agreement cancelled",
    Kind.SETTLED: "结清退回 back at settlement",
    Kind.ORDERED: "支付申请 ordered",
    Kind.PAID: "已付 paid",
    Kind.REFUNDED: "退款 refunded",
    Kind.REFUND_CORRECTED: "退款更正 refund corrected",
    Kind.SENT_BACK: "退票 sent back",
}
STATES = {
    MovementState.PENDING: "待定 pending",
    MovementState.POSTED: "入账 posted",
    MovementState.VOIDED: "撤销 voided",
}
STEPS = {Step.RELEASED: "可付 released", Step.ORDERED: "已申请 ordered", Step.PAID: "已付 paid"}
REACHED = {
    None: "未提交 not submitted",
    Reached.SUBMITTED: "已提交 submitted",
    Reached.RETURNED: "退回补正 returned",
    Reached.CONFIRMED: "社区已确认 confirmed",
    Reached.ACCEPTED: "已验收 accepted",
}
HEADS = {
    "reserved": "预留 reserved",
    "committed": "承诺 committed",
    "released": "可付 released",
    "ordered": "在途 ordered",
    "paid": "已付 paid",
    "returned": "退回 returned",
}


def trace(
    id: Annotated[
        UUID | None,
        typer.Argument(metavar="PROJECT|LOT|TRANSFER", help="编号;也可为资金账户或事件 / or account, event"),
    ] = None,
    at: At = None,
    key_file: Keys = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="原样输出接口的回答 / the answers as they came, one a line")
    ] = False,
    visits: Annotated[
        bool, typer.Option("--visits", help="逐次核对项目的走访与日志 / check a project's visits, one by one")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--file", help="这份文件在哪里被提到 / where this file is named, by its SHA-256")
    ] = None,
) -> None:
    """一分钱从哪里来、到哪里去 / Where money came from, where it went, and what people thought of it.

    编号可以是项目、资金批次、资金账户、转账,或说明资金变动的事件。查不到,或档案不完整时,退出码为 1。

    The id of a project, a lot, a fund account, a transfer, or an event that moved money. Exit status 1 when there is
    no such thing, or when the archive is not complete.
    """
    address, ring = door(at, key_file)
    held = next((key for key in ring.keys if key.name == AUDITOR and key.party_id), None)
    if held is None:
        fail("密钥文件中没有审计员的密钥。 There is no auditor's key in the file of keys.")
    if (id is None) is (file is None):
        fail("请给出编号或 --file 之一。 Give an id, or --file.")
    run(_trace(address, held.person(), id, file, as_json=as_json, visits=visits))


async def _trace(
    address: str, auditor: Person, id: UUID | None, file: Path | None, *, as_json: bool, visits: bool
) -> int:
    try:
        async with Client(address) as api:
            if file is not None:
                return await named_by(api, auditor, file)
            assert id is not None  # one of both, says the caller
            if visits:
                return await checked_visits(api, auditor, id)
            return await _told(api, auditor, id, as_json=as_json)
    except (Problem, TimeoutError, aiohttp.ClientError) as error:
        fail(f"✗ {str(error) or type(error).__name__}")


async def _told(api: Client, auditor: Person, id: UUID, *, as_json: bool) -> int:
    """A project, else a source, else a transfer."""
    tell = _in_json if as_json else _in_words
    project = await _found(api, f"/v1/audit/projects/{id}/trace", TraceAnswer, auditor)
    if project is not None:
        tell(project)
        return 1 if project.findings else 0
    sound = [page.complete async for page in _pages(api, id, auditor, tell)]
    if sound:
        return 0 if all(sound) else 1
    moved = await api.get(f"/v1/audit/transfers/{id}", TransfersAnswer, auditor)
    tell(moved)
    return 0 if moved.complete else 1


def _in_json(answer: Told) -> None:
    typer.echo(answer.model_dump_json())


def _in_words(answer: Told) -> None:
    console = Console(highlight=False)
    match answer:
        case TraceAnswer():
            _tell_project(console, answer)
        case UsesAnswer():
            _tell_source(console, answer)
        case TransfersAnswer():
            _tell_transfers(console, answer)


async def _found(api: Client, path: str, answers: type[A], by: Person, **query: str | int) -> A | None:
    try:
        return await api.get(path, answers, by, **query)
    except Problem as problem:
        if problem.code != "not_found":
            raise
        return None


async def _pages(api: Client, id: UUID, by: Person, tell: Callable[[Told], None]) -> AsyncIterator[UsesAnswer]:
    """Of a source, each told before the next is asked for; none when there is no such source."""
    more: dict[str, str | int] = {}
    while page := await _found(api, f"/v1/audit/sources/{id}/uses", UsesAnswer, by, limit=PAGE, **more):
        tell(page)
        yield page
        if page.next is None:
            return
        more = {"cursor": str(page.next)}


def _tell_project(console: Console, answer: TraceAnswer) -> None:
    tell_story(console, answer)
    for line in _findings(answer.findings):
        console.print(line, markup=False, soft_wrap=True)


def _tell_source(console: Console, page: UsesAnswer) -> None:
    for lot in page.lots:
        _say(console, *_lot(lot))
    for use in page.uses:
        _say(console, "", *_use(use))
    if page.next is None:
        _tell_findings(console, page.findings, complete=page.complete)


def _lot(lot: LotLine) -> list[str]:
    known = (
        "到账记录不在档案中 its arrival is not archived"
        if lot.amount is None
        else f"{lot.amount} {lot.budget_line}{_codes(lot.functional_code, lot.economic_code)}"
    )
    if lot.effective_date is not None:
        known += f",到账日 arrived {lot.effective_date}"
    free = "不明 unknown" if lot.free is None else str(lot.free)
    sound = "各栏合计等于到账金额 the columns add up" if lot.adds_up else "✗ 各栏合计不符 the columns do not add up"
    head, amounts = _columns(lot.columns)
    if lot.corrected:
        known += f",更正 corrected {lot.corrected}"
    return [
        "",
        f"资金批次 Lot {lot.lot_id}  {lot.source_type or ''}",
        f"  {known},{lot.projects} 个项目 projects,{sound}",
        _under([(*head, "可用 free"), (*amounts, free)]),
    ]


def _codes(functional: str | None, economic: str | None) -> str:
    """科目, as far as the money has any."""
    told = [f"{name} {code}" for name, code in (("功能科目", functional), ("经济科目", economic)) if code]
    return f"({','.join(told)})" if told else ""


def _use(use: Use) -> list[str]:
    head, amounts = _columns(use.columns)
    lines = [f"《{use.title or '—'}》 {use.project_id}", _under([head, amounts])]
    for tranche in use.tranches:
        papers = f"  申请 order {tranche.payment_id}" if tranche.payment_id else ""
        receipt = f"  回单 receipt {tranche.receipt_digest[:12]}…" if tranche.receipt_digest else ""
        step = STEPS[tranche.step]
        to = f"  账号 account {tranche.paid_to}" if tranche.paid_to else ""
        lines.append(f"  第 {tranche.number} 期 tranche  {tranche.amount}  {step}{papers}{to}{receipt}")
        lines += _matched(tranche.lines)
    lines += _done(use.delivered)
    return [*lines, *_thought(use.grade, use.opinions)]


def _matched(lines: Iterable[MatchedLine]) -> list[str]:
    return [
        f"    流水 line {line.line_reference or '—'}  {line.paid_on}  {line.amount}"
        f"  对账单 statement {line.statement_digest or '—'}  第 {line.row or '—'} 行 row"
        for line in lines
    ]


def _done(told: Delivered) -> list[str]:
    return [
        f"  里程碑 milestone {' '.join(MILESTONES[one.milestone])}  {REACHED[one.reached]}"
        f"  走访 visits {one.visits},{one.minutes} 分钟 minutes"
        for one in told.milestones
    ]


def _thought(grade: str | None, opinions: Iterable[Opinion]) -> list[str]:
    said = [f"{' '.join(MILESTONES[one.milestone])} {one.mean}({one.ratings} 份 ratings)" for one in opinions]
    told = [f"等级 grade {grade}"] if grade else []
    return [f"  评价 opinions: {','.join([*told, *said])}"] if told or said else []


def _tell_transfers(console: Console, answer: TransfersAnswer) -> None:
    for one in answer.transfers:
        _say(console, "", *_transfer(one))
    _tell_findings(console, answer.findings, complete=answer.complete)


def _transfer(one: TransferTold) -> list[str]:
    lines = [
        f"转账 Transfer {one.transfer_id}  {KINDS[one.kind]}  {one.amount}  {STATES[one.state]}",
        f"  {one.zh}",
        f"  {one.en}",
        f"  从 from {one.debit_id}",
        f"  到 to   {one.credit_id}",
        f"  事件 event {one.event_id} {one.type} 记录 recorded {one.at:%Y-%m-%d}"
        f"  生效 effective {one.effective_date}  入账 booked {one.booked_on}",
    ]
    if one.resolves is not None:
        lines.append(f"  兑现或撤销的待定转账 resolves {one.resolves}")
    if one.corrects is not None:
        lines.append(f"  更正或退回的转账 corrects {one.corrects}")
    lines += [f"  其后 then {id}" for id in one.resolved_by]
    lines += [
        f"  资金批次 lot {lot.lot_id}  {lot.amount}  {lot.source_type or '—'} {lot.budget_line or ''}"
        f"{_codes(lot.functional_code, lot.economic_code)}"
        for lot in one.lots
    ]
    if one.project is not None:
        part = one.project
        lines.append(f"  项目 project 《{part.title or '—'}》 {part.project_id}")
        if part.payment is not None:
            lines.append(
                f"  支付申请 payment {part.payment.payment_id},回单 receipt {part.payment.receipt_digest or '—'}"
            )
            if part.payment.paid_to is not None:
                lines.append(f"  收款账号 paid to {part.payment.paid_to}")
            lines += _matched(part.payment.lines)
        lines += _done(part.delivered)
        lines += _thought(part.grade, part.opinions)
    return lines


def _columns(told: Columns) -> tuple[list[str], list[str]]:
    amounts: dict[str, Money] = {name: getattr(told, name) for name in HEADS}
    return list(HEADS.values()), [str(amount) for amount in amounts.values()]


def _under(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"  {line}" for line in columns([list(row) for row in rows]).splitlines())


def _tell_findings(console: Console, findings: Iterable[Finding], *, complete: bool) -> None:
    told = "档案完整,账目相符。 The archive is complete and everything adds up."
    missing = "档案不完整,以上金额不可尽信: The archive is not complete; do not rely on these amounts:"
    _say(console, "", told if complete else missing, *_findings(findings))


def _findings(findings: Iterable[Finding]) -> list[str]:
    return [f"  ✗ {finding.zh}\n    {finding.en}" for finding in findings]


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
