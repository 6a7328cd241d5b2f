"""What came of it: counts, speed, and every source's money in, paid and returned."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console
from rich.table import Table

from deploy.demo.krakow import market
from deploy.demo.krakow.people import SOURCES, District
from deploy.demo.stage import Stage
from deploy.demo.story.whole import Plan
from deploy.demo.telling import money_table
from schemas.money import sum_of
from services.audit.api import EventsAnswer, TraceAnswer

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    districts: tuple[District, ...]
    projects: tuple[Plan, ...]
    traces: tuple[TraceAnswer, ...]
    grades: tuple[str, ...]
    events: int
    took_s: float

    @property
    def findings(self) -> list[str]:
        """What the auditor finds incomplete in any project's story."""
        return [f"{trace.project_id}:{finding.zh}\n{finding.en}" for trace in self.traces for finding in trace.findings]


async def last_event(stage: Stage) -> UUID | None:
    """The newest archived event, from which this run's are counted."""
    _, last = await _page_through(stage, None)
    return last


async def count_events(stage: Stage, after: UUID | None) -> int:
    await stage.clock.quiet()
    number, _ = await _page_through(stage, after)
    return number


async def _page_through(stage: Stage, after: UUID | None) -> tuple[int, UUID | None]:
    number = 0
    while True:
        cursor = {} if after is None else {"cursor": str(after)}
        page = await stage.api.get("/v1/audit/events", EventsAnswer, stage.auditor, limit=PAGE, **cursor)
        number += len(page.events)
        after = page.events[-1].event_id if page.events else after
        if page.next is None:
            return number, after


def tell(outcome: Outcome, console: Console) -> None:
    console.print(_counts(outcome))
    console.print(_money(outcome))
    console.print(
        f"金额:文件中的 1 兹罗提按 1 元计票;立项与付款时各按 {market.SCALE} 折算,使单项低于 100 万元的自行采购限额。\n"
        f"Money: votes are counted with 1 PLN as CNY 1; inside projects all amounts are scaled by {market.SCALE}, so "
        f"that each stays below its rulebook's limit of CNY 1,000,000.",
        highlight=False,
    )


def _counts(outcome: Outcome) -> Table:
    table = Table(title="克拉科夫 2024 Kraków 2024", title_justify="left", show_header=False)
    votes = sum(len(district.published.votes) for district in outcome.districts)
    needs = sum(len(district.published.projects) for district in outcome.districts)
    bids = sum(len(plan.offers) for plan in outcome.projects)
    payments = sum(step.type == "tranche.paid" for trace in outcome.traces for step in trace.steps)
    ratings = sum(2 * plan.beneficiaries for plan in outcome.projects)
    rows = (
        ("社区 districts", f"{len(outcome.districts)}"),
        ("需求 needs", f"{needs:,}"),
        ("选票 real votes", f"{votes:,}"),
        ("结果与公布一致 counted as published", f"{len(outcome.districts)} / {len(outcome.districts)}"),
        ("立项 projects", f"{len(outcome.projects):,}"),
        ("密封标书 sealed bids", f"{bids:,}"),
        ("支付 payments", f"{payments:,}"),
        ("居民评价 ratings", f"{ratings:,}"),
        ("等级 grades", " · ".join(f"{grade} {n}" for grade, n in Counter(outcome.grades).most_common())),
        ("经 Kafka 的事件 events through Kafka", f"{outcome.events:,}"),
        ("用时 time", f"{outcome.took_s:.0f} s"),
        ("每秒事件 events per second", f"{outcome.events / outcome.took_s:.0f}"),
    )
    for row in rows:
        table.add_row(*row)
    return table


def _money(outcome: Outcome) -> Table:
    """By source, over all districts and projects: what arrived, was set aside, paid, and returned."""
    lines = [line for trace in outcome.traces for line in trace.sources]
    rows = []
    for place, source in enumerate(SOURCES):
        own = [line for line in lines if line.source_type is source]
        arrived = sum_of(district.arrived[place] for district in outcome.districts)
        rows.append(
            (
                source,
                (arrived, *(sum_of(getattr(line, what) for line in own) for what in ("reserved", "paid", "returned"))),
            )
        )
    return money_table("\n资金(元) Money (CNY)", ("到账 in", "预留 reserved", "支付 paid", "退回 returned"), rows)
