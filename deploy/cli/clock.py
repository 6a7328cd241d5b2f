"""`sanshe clock add DATE N`: the last day of a period, and how it is counted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from deploy.cli.line import json_line
from schemas.bilingual import Bilingual
from schemas.workdays import Counting, UnknownYear, count_days, count_workdays
from services.kit import holidays
from services.kit.settings import Settings

MOST = 2000

app = typer.Typer(help="期限怎么算 / How a period is counted", no_args_is_help=True)


class Unit(StrEnum):
    WORKDAYS = "wd"
    DAYS = "d"


_UNITS = {Unit.WORKDAYS: ("个工作日", "working days"), Unit.DAYS: ("日", "days")}
_WEEKDAYS = "一二三四五六日"


@app.command("add")
def add(
    day: Annotated[datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="期间开始的一天 / first day")],
    count: Annotated[int, typer.Argument(metavar="N", min=1, max=MOST, help="天数 / how many")],
    unit: Annotated[Unit, typer.Option(help="wd 工作日 working days, d 自然日 calendar days")] = Unit.WORKDAYS,
    as_json: Annotated[bool, typer.Option("--json", help="一个JSON对象 / one JSON object")] = False,
) -> None:
    """从 DATE 起 N 日的期限止于哪一天 / The last day of a period of N days from DATE.

    开始的当日不计入;调休上班日算工作日;自然日的最后一天是休息日的,顺延到下一个工作日。
    The first day is not counted; make-up days are working days; calendar days that would end on a day of rest end on
    the next working day.
    """
    try:
        holidays.learn_from(Settings())
        counting = (count_workdays if unit is Unit.WORKDAYS else count_days)(day.date(), count)
    except UnknownYear as unknown:
        typer.echo(
            f"{unknown} 年的节假日安排未知:公布后写入运维方的节假日文件(SANSHE_HOLIDAYS)再算,不作推测\n"
            f"The holidays of {unknown} are not known: enter them into the operator's file (SANSHE_HOLIDAYS) once they "
            f"are published. Nothing is guessed.",
            err=True,
        )
        raise typer.Exit(1) from None
    except (Bilingual, OverflowError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(_json(counting) if as_json else _sentence(day.date(), count, unit, counting))


def _json(counting: Counting) -> str:
    return json_line(
        date=counting.last.isoformat(),
        counted=[day.isoformat() for day in counting.counted],
        skipped=[day.isoformat() for day in counting.skipped],
    )


def _sentence(day: date, count: int, unit: Unit, counting: Counting) -> str:
    zh, en = _UNITS[unit]
    lines = [
        f"{_shown(counting.last)}  最后一日 the last day",
        f"{day} 当日不计入,起算 {count} {zh} / {count} {en} from {day}, which is not counted",
        f"计入 counted  {' '.join(map(_shown, counting.counted))}",
    ]
    if counting.skipped:
        lines.append(f"跳过 skipped  {' '.join(map(_shown, counting.skipped))}")
    return "\n".join(lines)


def _shown(day: date) -> str:
    return f"{day}(周{_WEEKDAYS[day.weekday()]})"
