"""The burden report (减负报告) of a community or of any area: JSON, CSV and Excel of the same figures."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.days import day_of
from schemas.deciding import World, new_id
from schemas.gate import Burden, BurdenInventoried, BurdenRelieved, Dimension
from schemas.refused import Refused
from schemas.role import Role
from schemas.workbook import MEDIA_TYPE, Cell, written
from services.kit import adopted
from services.kit.asked import Answer, Asked, File
from services.kit.service import Get, Post
from services.needs.rules.gate import burden
from services.needs.rules.gate.burden import Inventory, Line, Records, Relief
from services.needs.rules.gate.coverage import SYSTEMS, Coverage, coverage
from services.needs.store import gate as store

REGISTRAR = frozenset({Role.REGISTRAR})
WORDS = {
    Dimension.WORK: "工作事项",
    Dimension.APPRAISALS: "考核评比",
    Dimension.OFFICES: "机构和牌子",
    Dimension.MEETINGS: "会议和台账",
    Dimension.STAMPS: "印章",
    Dimension.NETWORKS: "信息网络",
    Dimension.FUNCTIONS: "服务功能",
}
HEADS = (
    *("方面 side", "之前 before", "减掉 relieved", "准入 admitted", "退出 exited"),
    *("拒绝 refused", "转为协议 converted", "之后 after", "决定编号 decisions"),
)
DAYS = {
    "from_day": "第一天(含),默认今年 1 月 1 日 · first day, 1 January of this year unless said otherwise",
    "to_day": "最后一天(含),默认今天 · last day, today unless said otherwise",
}


class BurdenAnswer(Answer):
    """Public. Every figure names the decisions it was counted from."""

    area: str
    name: str
    first: date
    last: date
    lines: tuple[Line, ...]
    stamps_given: int
    stamps_refused: int
    reliefs: tuple[BurdenRelieved, ...]
    systems: tuple[Coverage, ...]
    """三项制度, over the divisions right below"""


class InventoryAnswer(Answer):
    id: UUID
    scope: str
    as_of: date
    counts: tuple[Burden, ...]
    source: str


class ReliefAnswer(Answer):
    id: UUID
    told: BurdenRelieved


def _inventoried(world: World, command: burden.RecordInventory, cause: UUID) -> InventoryAnswer:
    told: BurdenInventoried = world.get(Inventory, new_id(cause, "inventory")).told
    return InventoryAnswer(
        id=told.inventory_id, scope=told.scope, as_of=told.as_of, counts=told.counts, source=told.source
    )


def _relieved(world: World, command: burden.RecordRelief, cause: UUID) -> ReliefAnswer:
    told = world.get(Relief, new_id(cause, "relief")).told
    return ReliefAnswer(id=told.relief_id, told=told)


def _day(asked: Asked, name: str, default: date) -> date:
    text = asked.query.get(name)
    if text is None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("not_a_day", status=422, field=name) from None


async def _report(connection: Connection, asked: Asked) -> BurdenAnswer:
    area = asked.path["division"]
    if division.check(area) is not None:
        raise Refused("no_such_area", status=404, division=area)
    today = day_of(asked.at)
    first, last = _day(asked, "from_day", today.replace(month=1, day=1)), _day(asked, "to_day", today)
    if not first <= last <= today + timedelta(days=366):
        raise Refused("days_unclear", status=422, field="to_day")
    records, full = await store.records_on(connection, area)
    if full:
        raise Refused("report_too_large", status=422, field="division", most=store.MOST_IN_A_REPORT)
    return _counted(records, area, first, last, coverage(area, await adopted.shelf(connection), last))


def _counted(records: Records, area: str, first: date, last: date, systems: Sequence[Coverage]) -> BurdenAnswer:
    within = [one for one in records.reliefs if first <= one.on <= last]
    return BurdenAnswer(
        area=area,
        name=division.full_name_of(area),
        first=first,
        last=last,
        lines=burden.lines(records, area, first, last),
        stamps_given=sum(one.granted for one in records.stamps),
        stamps_refused=sum(not one.granted for one in records.stamps),
        reliefs=tuple(within),
        systems=tuple(systems),
    )


def rows(report: BurdenAnswer) -> list[tuple[Cell, ...]]:
    """The same figures as a table."""
    table: list[tuple[Cell, ...]] = [(f"{report.name} {report.area}", f"{report.first} – {report.last}"), HEADS]
    for line in report.lines:
        counted = (line.relieved, line.admitted, line.exited, line.refused, line.converted)
        decisions = [id for figure in (line.before, *counted) if figure is not None for id in figure.decisions]
        before: Cell = "" if line.before is None else line.before.count
        after: Cell = "" if line.after is None else line.after
        numbers = tuple(figure.count for figure in counted)
        table.append((WORDS[line.dimension], before, *numbers, after, " ".join(map(str, decisions))))
    table.append(("盖章:已办、未办 stamps given, refused", report.stamps_given, report.stamps_refused))
    for one in report.systems:
        table.append((f"{SYSTEMS[one.system]} {one.system}", one.having, one.of, one.percent))
    return table


async def _csv(connection: Connection, asked: Asked) -> File:
    report = await _report(connection, asked)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows(report))
    return File(body=b"\xef\xbb\xbf" + text.getvalue().encode(), name=f"burden-{report.area}.csv")


async def _workbook(connection: Connection, asked: Asked) -> File:
    report = await _report(connection, asked)
    body = written("减负", rows(report), bold=frozenset({0, 1}), widths=(24, 10, 10, 10, 10, 10, 16, 10, 60))
    return File(body=body, name=f"burden-{report.area}.xlsx")


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/gates/{registrar_id}/inventories",
        command=burden.RecordInventory,
        roles=REGISTRAR,
        refs=burden.inventory_refs,
        decide=burden.record_inventory,
        subject=lambda command, cause: (Inventory, new_id(cause, "inventory")),
        answer=_inventoried,
        summary="登记减负前的底数 · Record what communities bear, as counted",
    ),
    Post(
        path="/v1/gates/{registrar_id}/reliefs",
        command=burden.RecordRelief,
        roles=REGISTRAR,
        refs=burden.relief_refs,
        decide=burden.record_relief,
        subject=lambda command, cause: (Relief, new_id(cause, "relief")),
        answer=_relieved,
        summary="登记减掉或移出的事项 · Record what was taken off communities",
    ),
    Get(
        path="/v1/burden/{division}",
        roles=frozenset(),
        handler=_report,
        answer=BurdenAnswer,
        summary="减负报告:七个方面和三项制度 · The burden report",
        query=DAYS,
    ),
    Get(
        path="/v1/burden/{division}/csv",
        roles=frozenset(),
        handler=_csv,
        answer="text/csv",
        summary="减负报告(CSV) · The same as CSV",
        query=DAYS,
    ),
    Get(
        path="/v1/burden/{division}/workbook",
        roles=frozenset(),
        handler=_workbook,
        answer=MEDIA_TYPE,
        summary="减负报告(xlsx) · The same as a workbook",
        query=DAYS,
    ),
)
