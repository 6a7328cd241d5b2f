"""What was measured, as rows of one table: ratios with their limits, times with their goals."""

from rich.console import Console
from rich.table import Table

from tests.bench import finding, solving, voting
from tests.bench.pairs import Ratio
from tests.bench.reacting import Latencies

LATENCY_GOAL_MS = 100.0
Row = tuple[str, str, str, str, str]


def ratio_row(ratio: Ratio) -> Row:
    goal = "—" if ratio.goal is None else f"≥ {ratio.goal}"
    sides = f"{ratio.median_ours:,.0f} / {ratio.median_limit:,.0f} a second"
    digits = 2 if ratio.median >= 0.1 else 4
    return ratio.name, f"{ratio.median:.{digits}f}", f"{ratio.worst:.{digits}f}", goal, sides


def memory_row(found: dict[str, float]) -> Row:
    name = "500,000 ratings of five projects: memory held at most / after the first project"
    sides = f"{found['last_kib'] / 1024:,.0f} / {found['first_kib'] / 1024:,.0f} MiB, {found['a_second']:,.0f} a second"
    ratio = f"{found['last_kib'] / found['first_kib']:.2f}"
    return name, ratio, ratio, "≤ 1.1", sides


def solving_row(found: solving.Solving) -> Row:
    name = "a round of 10,000 applications of 2,000 organizations, solved with its certificate"
    sides = f"largest gap to the bound {max(found.gaps) / 100:.2f} points"
    return name, f"{found.median:.1f} s", f"{found.worst:.1f} s", f"≤ {solving.GOAL_S:.0f} s", sides


def finding_row(found: finding.Finding) -> Row:
    name = f"the needs most like one, among {finding.NEEDS:,} of a community"
    sides = f"one of the same matter among the five for {found.found} of {finding.ASKED}"
    return name, f"{found.median:.2f} s", f"{found.worst:.2f} s", f"≤ {finding.GOAL_S:.0f} s", sides


def voting_row(found: voting.Voting) -> Row:
    name = f"a ballot of {voting.VOTES:,} votes through the batch door, to its outcome counted again"
    whole = f"{found.cast_s + found.published_s:.1f} s"
    sides = f"{voting.VOTES / found.cast_s:,.0f} votes a second, {found.published_s:.1f} s from the close"
    return name, whole, whole, f"≤ {voting.GOAL_S:.0f} s", sides


def latency_row(found: Latencies) -> Row:
    name = "POST accepted → effect visible (p50, p99), open loop at half of capacity"
    p50, p99 = found.percentile(50), found.percentile(99)
    sides = f"{found.rate:,.0f} of {found.capacity:,.0f} POSTs a second"
    return name, f"{p50:.0f} ms", f"{p99:.0f} ms", f"p99 ≤ {LATENCY_GOAL_MS:.0f} ms", sides


def show(rows: list[Row], *, markdown: bool) -> None:
    heads = ("measured", "median", "worst of 5", "goal", "medians of both sides")
    if markdown:
        lines = [heads, tuple("---" for _ in heads), *rows]
        print("\n".join("| " + " | ".join(line) + " |" for line in lines))
        return
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
