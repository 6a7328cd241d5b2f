"""The table (绩效自评表) as a workbook: what was planned, what was reached, and the whole arithmetic."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from schemas.rulebook import Rulebook
from schemas.self_evaluation import IndicatorGroup, ScoredIndicator
from schemas.workbook import Cell, written
from services.evaluation.rules.self_evaluation import SCHEME, SelfEvaluation
from services.evaluation.rules.self_scoring import BANDS, SCALE

TITLE = "项目支出绩效自评表 Self-evaluation of project spending"
GROUPS = {
    IndicatorGroup.DECISION: "决策 Decision",
    IndicatorGroup.PROCESS: "过程 Process",
    IndicatorGroup.OUTPUT: "产出 Output",
    IndicatorGroup.BENEFIT: "效益 Benefit",
}
Row = tuple[Cell, ...]
HEAD: Row = (
    "一级指标 Group",
    "指标 Indicator",
    "计量单位 Unit",
    "年度指标值 Planned",
    "实际完成值 Actual",
    "分值 Points",
    "得分 Score",
    "计算过程 Working",
    "佐证材料摘要 Digest of the evidence",
)
_WIDTHS = (16, 34, 12, 16, 16, 10, 10, 52, 68)


def table(
    project: SelfEvaluation,
    lines: tuple[ScoredIndicator, ...],
    result: tuple[Decimal, Decimal, str],
    rulebook: Rulebook,
    day: date,
) -> bytes:
    """`result`: total, rounded score, grade."""
    rows = [*_about(project, day), HEAD, *(_row(project, line) for line in lines), *_result(lines, result, rulebook)]
    return written("绩效自评表", rows, widths=_WIDTHS)


def _about(project: SelfEvaluation, day: date) -> Iterator[Row]:
    yield (TITLE,)
    yield ("项目名称 Project", project.title or "", str(project.id))
    yield ("购买方 Funder", str(project.funder_id))
    yield ("社区 Community", str(project.community_id))
    yield ("承接方 Provider", str(project.provider_id))
    yield ("协议价款(元) Price, CNY", Decimal(project.price.fen).scaleb(-2))
    yield ("已付(元) Paid, CNY", Decimal(project.received.fen).scaleb(-2))
    yield ("退回(元) Paid back, CNY", Decimal(project.given_back.fen).scaleb(-2))
    yield ("编制日期 Drawn up on", day.isoformat())


def _row(project: SelfEvaluation, line: ScoredIndicator) -> Row:
    stated = project.actuals.get(line.id)
    return (
        GROUPS[line.group],
        line.name,
        line.unit,
        line.planned,
        line.actual if line.actual is not None else "—",
        line.points,
        line.score,
        line.working,
        stated.evidence_digest if stated is not None else "",
    )


def _result(lines: tuple[ScoredIndicator, ...], result: tuple[Decimal, Decimal, str], rulebook: Rulebook) -> list[Row]:
    total, score, grade = result
    decimals = int(rulebook.value(BANDS)["decimals"])
    terms = " + ".join(str(line.score) for line in lines)
    rounding = f"{total} 四舍五入到 {decimals} 位小数 rounded half up to {decimals} decimals = {score}"
    return [
        ("合计 Total", "", "", "", "", sum((line.points for line in lines), Decimal(0)), total, f"{terms} = {total}"),
        ("自评得分 Score", "", "", "", "", "", score, rounding),
        ("等级 Grade", grade),
        *(("依据 Rule", _quoted(rulebook, path)) for path in (SCHEME, SCALE, BANDS)),
        ("规则集 Rulebook", f"{rulebook.id} {rulebook.version}", rulebook.hash),
    ]


def _quoted(rulebook: Rulebook, path: str) -> str:
    source = rulebook.source(path)
    return f"{source.text} [{source.certainty}]"
