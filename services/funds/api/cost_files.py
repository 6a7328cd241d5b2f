"""Reports of costs as files: the template to fill in, the filled one looked at, and taken in."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.cost import HeadTotal
from schemas.deciding import World
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from schemas.sheet import Encoding
from schemas.workbook import MEDIA_TYPE
from services.funds.api.costs import project_money
from services.funds.api.reading import must_see
from services.funds.api.statements import LARGEST
from services.funds.files.cost_rows import kind_words
from services.funds.files.reading import read_costs
from services.funds.rules.columns import TEMPLATE
from services.funds.rules.cost_files import (
    CostFile,
    CostLineRead,
    CostReading,
    PreviewCostFile,
    ReportCostFile,
    preview_file,
    refs,
    report_file,
)
from services.funds.rules.cost_template import heads_left, left_in_all, template_of
from services.funds.rules.costs import REFUSED_KINDS, CostKind, Spending, batch_of, heads_of
from services.funds.store import costs, questions, statements
from services.kit import adopted, reasons
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post
from services.kit.vault import Vault

_PROVIDER = frozenset({Role.PROVIDER})


class LineProblem(Model):
    """What is wrong with a line."""

    column: str | None
    """of the file; none when it is no one column's"""
    code: str
    zh: str
    en: str


class CostLineReadAnswer(Model):
    """A line of the file and what becomes of it; its cells are null where one of them is wrong."""

    row: int
    counts: bool
    head: str | None
    amount: Money | None
    spent_on: date | None
    issuer: str | None
    invoice_number: str | None
    problems: tuple[LineProblem, ...]


class CostFileAnswer(Answer):
    """What became of the file, or in a preview would."""

    project_id: ProjectId
    batch_id: UUID
    batch: str
    known_batch: bool
    """the same lines were reported under this number before; nothing happened"""
    encoding: Encoding | None
    counted: int
    refused: int
    """as long as there is one, the file is not taken in"""
    total: Money
    """of what counts"""
    heads: tuple[HeadTotal, ...]
    lines: tuple[CostLineReadAnswer, ...]


async def _prepare(connection: Connection, command: ReportCostFile, vault: Vault) -> CostFile:
    """Beside the loop: a large workbook takes a second. The heads of a project do not change once it has some."""
    found = await questions.project(connection, command.project_id)
    if found is None or found[0].payee is None:
        return await asyncio.to_thread(read_costs, command, None, {})
    money, payee_id = found[0], found[0].payee.id
    columns = await statements.remembered_of_costs(connection, payee_id)
    rulebook = (await adopted.shelf(connection)).by_hash(money.rulebook)
    heads = heads_of(await costs.spending(connection, command.project_id), rulebook)
    file = await asyncio.to_thread(read_costs, command, columns, heads)
    return replace(file, provider_id=payee_id)


def _answer(world: World, file: CostFile, cause: UUID) -> CostFileAnswer:
    reading = world.get(CostReading, cause)
    refused = sum(bool(line.problems) for line in reading.lines)
    return CostFileAnswer(
        project_id=file.project_id,
        batch_id=batch_of(file.project_id, file.batch),
        batch=reading.batch,
        known_batch=reading.known_batch,
        encoding=reading.encoding,
        counted=len(reading.lines) - refused,
        refused=refused,
        total=reading.total,
        heads=reading.heads,
        lines=tuple(_line(line) for line in reading.lines),
    )


def _line(read: CostLineRead) -> CostLineReadAnswer:
    line = read.line
    return CostLineReadAnswer(
        row=read.row,
        counts=not read.problems,
        head=None if line is None else line.head,
        amount=None if line is None else line.amount,
        spent_on=None if line is None else line.spent_on,
        issuer=None if line is None else line.invoice.issuer.code,
        invoice_number=None if line is None else line.invoice.number,
        problems=tuple(
            LineProblem(
                column=problem.column,
                code=problem.refusal.code,
                zh=reasons.explain(problem.refusal, "zh"),
                en=reasons.explain(problem.refusal, "en"),
            )
            for problem in read.problems
        ),
    )


async def get_template(tx: Connection, asked: Asked) -> File:
    """With the columns the next file is read with when it names none."""
    project_id = ProjectId(asked.id("project_id"))
    money = await project_money(tx, project_id)
    payee_id = None if money.payee is None else money.payee.id
    must_see(asked.actor, payee_id)
    if money.price is None or payee_id is None:
        raise Refused("not_found", status=404, what="Spending", id=str(project_id))
    spending = await costs.spending(tx, project_id)
    rulebook = (await adopted.shelf(tx)).by_hash(money.rulebook)
    forbidden = rulebook.value(REFUSED_KINDS) if REFUSED_KINDS in rulebook.rules else ()
    body = template_of(
        money.title,
        heads_left(spending, money.price, heads_of(spending, rulebook)),
        [kind_words(kind, "zh") for kind in CostKind if kind not in forbidden],
        left_in_all(spending, money.price),
        await statements.remembered_of_costs(tx, payee_id) or TEMPLATE,
    )
    return File(body=body, name=f"costs-{project_id}.xlsx")


COST_FILES = (
    Post(
        path="/v1/projects/{project_id}/costs/files/previews",
        command=PreviewCostFile,
        roles=_PROVIDER,
        refs=refs,
        decide=preview_file,
        subject=lambda file, cause: (Spending, file.project_id),
        answer=_answer,
        summary="预览支出报告文件 · What a report of costs in a file would do, line by line; nothing is written",
        prepare=_prepare,
        largest_body=LARGEST,
    ),
    Post(
        path="/v1/projects/{project_id}/costs/files",
        command=ReportCostFile,
        roles=_PROVIDER,
        refs=refs,
        decide=report_file,
        subject=lambda file, cause: (Spending, file.project_id),
        answer=_answer,
        summary="上传支出报告文件 · Report costs in a file, xlsx or CSV, whole or not at all",
        prepare=_prepare,
        largest_body=LARGEST,
    ),
    Get(
        path="/v1/projects/{project_id}/costs/template.xlsx",
        roles=_PROVIDER,
        handler=get_template,
        answer=MEDIA_TYPE,
        summary="支出报告模板(xlsx) · A workbook to fill in, with the agreement's heads and what is left under each",
    ),
)
