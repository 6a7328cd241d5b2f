"""What a demonstration prints: who did what, in Chinese and English, and where it can be read."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from rich.console import Console
from rich.table import Table

from deploy.demo.client import Problem
from schemas.fund import SourceType
from schemas.money import Money, sum_of
from services.audit.api import TraceAnswer
from services.funds.rules.payment import SOURCE_NAMES

CHINA = timezone(timedelta(hours=8))
ENGLISH_SOURCES = {
    SourceType.BUDGET: "public budget",
    SourceType.LOTTERY: "welfare lottery",
    SourceType.DONATION: "donation",
    SourceType.COMMUNITY_FOUNDATION: "community foundation",
    SourceType.OWN: "own funds",
}


class Narrator:
    """Numbers the steps and puts the day of the virtual clock before each chapter."""

    def __init__(self, console: Console, address: str) -> None:
        self._console = console
        self._address = address
        self._steps = 0

    def chapter(self, zh: str, en: str, at: datetime) -> None:
        day = at.astimezone(CHINA)
        self._console.print(f"\n[bold]{zh}[/bold]  [dim]{en}[/dim]  [cyan]{day:%Y-%m-%d}[/cyan]", highlight=False)

    def step(self, zh: str, en: str, path: str | None = None) -> None:
        """`path` is where it can be read."""
        self._steps += 1
        self._console.print(f"{self._steps:>3} {zh}", markup=False, highlight=False)
        self._console.print(f"    {en}", style="dim", markup=False, highlight=False)
        if path is not None:
            self._console.print(
                f"    {self._address}{path}", style="blue", markup=False, highlight=False, soft_wrap=True
            )

    def refusal(self, zh: str, en: str, problem: Problem) -> None:
        """Somebody was refused, and is told why."""
        self._steps += 1
        self._console.print(f"{self._steps:>3} {zh}", markup=False, highlight=False)
        self._console.print(f"    {en}", style="dim", markup=False, highlight=False)
        self._console.print(f"    ✗ {problem}", style="yellow", markup=False, highlight=False)


def story_table(trace: TraceAnswer) -> Table:
    """Every step of a project with the event it stands for."""
    table = Table(title=f"追溯 Trace:{trace.title}", title_justify="left", expand=True)
    for column, ratio in (("日期 day", None), ("事件 event", None), ("经过 what happened", 1), ("编号 id", None)):
        table.add_column(column, ratio=ratio, no_wrap=ratio is None)
    for step in trace.steps:
        day = f"{step.time.astimezone(CHINA):%Y-%m-%d}"
        table.add_row(day, step.type, f"{step.zh}\n[dim]{step.en}[/dim]", str(step.event_id)[-12:])
    return table


def sources_table(trace: TraceAnswer) -> Table:
    """Whose money it was, to the fen."""
    rows = [(line.source_type, (line.reserved, line.paid, line.returned)) for line in trace.sources if line.source_type]
    return money_table("资金来源 Whose money", ("预留 reserved", "支付 paid", "退回 returned"), rows)


def money_table(title: str, amounts: Sequence[str], rows: Sequence[tuple[SourceType, Sequence[Money]]]) -> Table:
    """One row per source, and their sum."""
    table = Table(title=title, title_justify="left")
    table.add_column("来源 source")
    for name in amounts:
        table.add_column(name, justify="right")
    for source, money in rows:
        table.add_row(f"{SOURCE_NAMES[source]} {ENGLISH_SOURCES[source]}", *map(str, money))
    table.add_section()
    table.add_row("合计 all", *(str(sum_of(column)) for column in zip(*(money for _, money in rows), strict=True)))
    return table
