"""`sanshe trace --visits`: every visit of a project, and whether the rows are those that the log bound."""

from uuid import UUID

import typer

from deploy.demo.client import Client, Person
from services.audit.api.visits import AuditedVisits, BatchTold
from services.audit.rules.sentences.contract import MILESTONES
from services.contracts.api.visits import BatchRowsAnswer
from services.contracts.rules.visit import chained

PAGE = 50
"""batches asked for at a time"""


async def checked_visits(api: Client, auditor: Person, project_id: UUID) -> int:
    """Prints each visit. 1 when a batch is not what the log says, or the archive is not complete."""
    path, sound, count = f"/v1/audit/projects/{project_id}/visits", True, 0
    after: dict[str, str] = {}
    while True:
        page = await api.get(path, AuditedVisits, auditor, limit=PAGE, **after)
        for told in page.batches:
            found = await api.get(told.rows, BatchRowsAnswer, auditor)
            equal = chained(told.chain_before, found.visits) == told.chain and len(found.visits) == told.visits
            _tell(told, found, equal=equal)
            sound, count = sound and equal, count + len(found.visits)
        for finding in page.findings:
            typer.echo(f"✗ {finding.zh}\n  {finding.en}")
        sound = sound and not page.findings
        if page.next is None:
            break
        after = {"cursor": str(page.next)}
    zh = "与日志一致" if sound else "与日志不符,以上走访不可尽信"
    en = "as the log says" if sound else "not as the log says; do not rely on them"
    typer.echo(f"{count} 次走访,{zh}。 {count} visits, {en}.")
    return 0 if sound else 1


def _tell(told: BatchTold, found: BatchRowsAnswer, *, equal: bool) -> None:
    void = f",已作废 voided:{told.voided}" if told.voided else ""
    mark = "✓" if equal else "✗ 各行与日志的摘要不符 not the rows the log bound"
    typer.echo(
        f"{mark} 批次 batch {told.batch_id}  {' '.join(MILESTONES[told.milestone])}  {told.visits} 次{void}"
        f"  {told.at:%Y-%m-%d}  {told.chain[:12]}…"
    )
    for one in found.visits:
        typer.echo(
            f"    {one.starts_at:%Y-%m-%d %H:%M}–{one.ends_at:%H:%M}  {one.kind}  {one.division}"
            f"  社工 worker {one.worker_id}  凭证 token {one.token[:12]}…"
        )
