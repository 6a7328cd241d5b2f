"""验收书: how one milestone was delivered and accepted, by whom and when, or that it was deemed accepted."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from schemas.contract import Milestone, MilestoneReportMade
from schemas.days import minute_of
from schemas.deciding import new_id
from schemas.docx import Part, Table, Text, written
from schemas.ids import PartyId
from schemas.model import Model
from schemas.paper import ITEMS_HEAD, NOTHING, quoted, said
from schemas.rulebook import Certainty, Source
from services.contracts.rules.annex import ACCEPTANCE_DAYS
from services.contracts.rules.clauses_paper import work_done
from services.contracts.rules.contract import Contract
from services.contracts.rules.paper import PaperKept
from services.contracts.rules.step import Stage
from services.contracts.rules.witnessed import witnessed
from services.contracts.rules.wording import MILESTONES, PARTIES_HEAD, party_rows

ACCEPTANCE = Source("政府采购法实施条例 第四十五条", Certainty.LAW)
"""The buyer organizes acceptance and gives a report of it; for a public service the people served take part, and the
result is made public."""


def report_id(papers_id: UUID, milestone: Milestone) -> UUID:
    """Where the report of a milestone is kept."""
    return new_id(papers_id, f"{milestone}.report")


def reported(contract: Contract, milestone: Milestone) -> tuple[Model, ...]:
    """The report of what was just accepted: told by its digest, and kept."""
    body = acceptance_report(contract, milestone)
    made = MilestoneReportMade(
        project_id=contract.project_id, milestone=milestone, report_digest=sha256(body).hexdigest()
    )
    return made, PaperKept(project_id=contract.project_id, paper_id=report_id(contract.papers_id, milestone), body=body)


def acceptance_report(contract: Contract, milestone: Milestone) -> bytes:
    """Of an accepted milestone."""
    parts = [
        Text("验收书 · Acceptance report", "Title"),
        _how(contract, milestone),
        *_what(contract, milestone),
        *_evidence(contract, milestone),
        *_steps(contract, milestone),
        *witnessed(contract, milestone),
        *(work_done(contract) if milestone is Milestone.FINAL else ()),
    ]
    title = f"验收书 {contract.agreement.brief.title}"
    return written(title, parts, f"条款摘要 digest of the terms {contract.digest}")


def _how(contract: Contract, milestone: Milestone) -> Text:
    if contract.deliveries[milestone].deemed:
        return Text("视为验收:购买方逾期未答复 · Deemed accepted: the buyer did not answer in time", "State")
    return Text("购买方已验收 · Accepted by the buyer", "State")


def _what(contract: Contract, milestone: Milestone) -> Iterator[Part]:
    terms = contract.agreement
    yield Text("一、项目与当事人 · Project and parties", "Heading1")
    rows = (
        ("项目名称 · Title", terms.brief.title),
        ("项目编号 · Project", str(contract.project_id)),
        ("协议编号 · Agreement", str(terms.contract_id)),
        ("节点 · Milestone", MILESTONES[milestone]),
        ("服务要求 · Requirements", terms.requirements),
    )
    yield Table("project", ITEMS_HEAD, rows)
    yield Table("parties", PARTIES_HEAD, party_rows(contract))


def _evidence(contract: Contract, milestone: Milestone) -> Iterator[Part]:
    yield Text("二、佐证材料 · Evidence", "Heading1")
    evidence = contract.deliveries[milestone].evidence
    yield Table(
        "evidence",
        ("序号 · No.", "说明 · Description", "文件摘要 · Digest of the file"),
        tuple((str(number), one.description, one.digest) for number, one in enumerate(evidence, start=1)),
    )


def _steps(contract: Contract, milestone: Milestone) -> Iterator[Part]:
    delivery = contract.deliveries[milestone]
    dates = {stage: contract.dates.get(f"{milestone}.{stage}") for stage in Stage}
    confirmed = ("社区确认 · confirmed by the community", _person(delivery.confirmed_by), _time(dates[Stage.CONFIRMED]))
    accepted = "系统记录(视为验收)· by the program, deemed" if delivery.deemed else _person(delivery.accepted_by)
    yield Text("三、办理经过 · Steps", "Heading1")
    yield Table(
        "steps",
        ("步骤 · Step", "经办人编号 · Person", "时间(北京时间)· At"),
        (
            ("乙方提交 · submitted by the provider", _person(delivery.submitted_by), _time(dates[Stage.SUBMITTED])),
            *(() if contract.by_community else (confirmed,)),
            ("甲方验收 · accepted by the funder", accepted, _time(dates[Stage.ACCEPTED])),
        ),
    )
    if delivery.deemed:
        yield from said(
            f"购买方在 {_time(delivery.acceptance_due)} 前既未验收也未退回,按协议约定视为验收。",
            f"The buyer neither accepted nor returned it until {_time(delivery.acceptance_due)}: by the agreement it "
            "counts as accepted.",
        )
        if contract.annex is not None:
            yield quoted(contract.annex.rules[ACCEPTANCE_DAYS].source)
    yield from said(
        "服务对象的意见由居民评价收集,评级时公布;本验收书随项目结果公开。",
        "What the people served think is collected as ratings and published with the grade; this report becomes "
        "public with the project's result.",
    )
    yield quoted(ACCEPTANCE)


def _person(id: PartyId | None) -> str:
    return NOTHING if id is None else str(id)


def _time(at: datetime | None) -> str:
    return NOTHING if at is None else minute_of(at)
