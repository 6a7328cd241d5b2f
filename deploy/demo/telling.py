"""What a demonstration prints: who did what, in Chinese and English, and where it can be read."""

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.demo.client import Problem
from schemas.days import day_of
from schemas.fund import SourceType
from schemas.money import Money, sum_of
from services.audit.api import StepAnswer, TraceAnswer
from services.funds.rules.payment import SOURCE_NAMES, yuan

ENGLISH_SOURCES = {
    SourceType.BUDGET: "public budget",
    SourceType.LOTTERY: "welfare lottery",
    SourceType.DONATION: "donation",
    SourceType.COMMUNITY_FOUNDATION: "community foundation",
    SourceType.OWN: "own funds",
}


def cny(amount: Money) -> str:
    return f"CNY {yuan(amount)}"


class Narrator:
    """Numbers the steps and puts the day of the virtual clock before each chapter."""

    def __init__(self, console: Console, address: str) -> None:
        self._console = console
        self._address = address
        self._steps = 0

    def chapter(self, zh: str, en: str, at: datetime) -> None:
        heading = Text.assemble((zh, "bold"), f"  {en}  ", (f"{day_of(at)}", "cyan"))
        self._console.print("\n", heading, sep="")

    def step(self, zh: str, en: str, path: str, *, closed: bool = False) -> None:
        """`path` is where it can be read; `closed`: by those concerned and auditors, with their keys."""
        self._steps += 1
        self._console.print(_beside(f"{self._steps}", Text(zh), Text(en, "dim")))
        where = Text(f"    {self._address}{path}", "blue")  # whole, so that it can be copied and clicked
        self._console.print(where.append(" 须密钥 with a key" if closed else "", "cyan dim"), soft_wrap=True)

    def refusal(self, zh: str, en: str, problem: Problem) -> None:
        """Somebody was refused, and is told why."""
        self._steps += 1
        self._console.print(_beside(f"{self._steps}", Text(zh), Text(en, "dim")))
        self._console.print(_beside("✗", Text(str(problem), "yellow")))


def tell_story(console: Console, trace: TraceAnswer) -> None:
    """Every step of a project with the event it stands for, then whose money it was."""
    console.print(f"\n[bold]追溯 Trace[/bold]  《{trace.title}》{len(trace.steps)} 条事件 events", highlight=False)
    for step in trace.steps:
        console.print(_beside("·", Text(step.zh), Text(step.en, "dim"), _event(step)))
    rows = [(line.source_type, (line.reserved, line.paid, line.returned)) for line in trace.sources if line.source_type]
    console.print(
        money_table("\n资金来源(元) Whose money (CNY)", ("预留 reserved", "支付 paid", "退回 returned"), rows)
    )


def _event(step: StepAnswer) -> Text:
    return Text(f"{day_of(step.time)} {step.type} {step.event_id}", "cyan dim")


def _beside(mark: str, *lines: Text) -> Table:
    """Lines with a mark before the first; what is too long goes on under its own beginning."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=3, justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for place, line in enumerate(lines):
        grid.add_row("" if place else mark, line)
    return grid


def money_table(title: str, amounts: Sequence[str], rows: Sequence[tuple[SourceType, Sequence[Money]]]) -> Table:
    """One row per source, and their sum; in yuan, to the fen."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    table.add_column("来源 source", no_wrap=True)
    for name in amounts:
        table.add_column(name, justify="right", no_wrap=True)
    for source, money in rows:
        table.add_row(f"{SOURCE_NAMES[source]} {source}", *map(_grouped, money))
    table.add_section()
    sums = [sum_of(column) for column in zip(*(money for _, money in rows), strict=True)]
    table.add_row("合计 all", *map(_grouped, sums))
    return table


def _grouped(amount: Money) -> str:
    return f"{amount.fen // 100:,}.{amount.fen % 100:02d}"
