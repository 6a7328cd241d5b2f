"""`sanshe check uscc`: is a unified social credit code (统一社会信用代码) right, and if not, which part is wrong."""

from typing import Annotated

import typer

from deploy.cli.line import json_line
from schemas import division, uscc
from schemas.fault import Fault, printable


def check_uscc(
    codes: Annotated[list[str], typer.Argument(metavar="CODE…", help="18位代码 / codes of 18 characters")],
    as_json: Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")] = False,
) -> None:
    """核对统一社会信用代码，指出错在哪一部分 / Check codes and say which part is wrong, and why.

    有错误的代码时,退出码为 1。代码正确不等于主体存在。
    Exit status 1 when a code is wrong. A right code does not say that the party exists.
    """
    faults = [(code, uscc.check(code)) for code in codes]
    for code, fault in faults:
        typer.echo(_json(code, fault) if as_json else _sentence(code, fault))
    raise typer.Exit(1 if any(fault for _, fault in faults) else 0)


def _json(code: str, fault: Fault | None) -> str:
    told = fault and {
        "part": fault.part,
        "first": fault.first,
        "last": fault.last,
        "zh": fault.zh,
        "en": fault.en,
        "source": fault.source.text,
    }
    return json_line(code=code, valid=fault is None, fault=told)


def _sentence(code: str, fault: Fault | None) -> str:
    if fault is not None:
        return f"{printable(code)}  无效：{fault.zh}（{fault.source.text}）\n  invalid, {fault.part}: {fault.en}"
    category = uscc.CATEGORIES[code[:2]]
    region = code[2:8]
    where = "国家" if region == uscc.NATIONAL else division.full_name_of(region)
    note = f"\n  {category.note}" if category.note else ""
    return f"{code}  有效 valid：{category.zh} {category.en}，{where}{note}"
