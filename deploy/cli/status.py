"""`sanshe status`: how every service stands."""

from typing import Annotated

import typer

from deploy.cli.finding import observed
from deploy.cli.line import json_line
from deploy.cli.program import columns, run, settings
from deploy.condition import Condition
from services.kit.settings import Settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")] = False,
) -> None:
    """各项服务的状况:未发、滞后、停放 / Outbox, lag, parked keys and pauses of every service."""
    run(_status(settings(), as_json=as_json))


async def _status(chosen: Settings, *, as_json: bool) -> int:
    async with observed(chosen) as observer:
        conditions = await observer.look()
    for line in map(_json, conditions) if as_json else (_table(conditions), *_standing_still(conditions)):
        typer.echo(line)
    return 0


def _json(one: Condition) -> str:
    return json_line(
        service=one.name,
        unsent=one.unsent.lines,
        oldest_s=round(one.unsent.oldest_s, 3),
        lag=one.lag,
        parked=[{"stream": key.stream, "key": key.key, "reason": key.reason} for key in one.parked],
        paused=list(one.paused),
        next_due=one.next_due.isoformat() if one.next_due else None,
    )


def _table(conditions: list[Condition]) -> str:
    head = ("服务 service", "未发 unsent", "最久 oldest", "滞后 lag", "停放 parked", "暂停 paused", "下次到期 next due")
    rows = [
        (
            one.name,
            one.unsent.lines,
            f"{one.unsent.oldest_s:.1f} s",
            " ".join(f"{stream.removeprefix('sanshe.')}:{lag}" for stream, lag in one.lag.items() if lag) or 0,
            len(one.parked),
            len(one.paused),
            f"{one.next_due:%Y-%m-%d %H:%M}" if one.next_due else "—",
        )
        for one in conditions
    ]
    return columns([head, *rows])


def _standing_still(conditions: list[Condition]) -> list[str]:
    lines = []
    for one in conditions:
        lines += [f"{one.name} 暂停 paused: {why}" for why in one.paused]
        lines += [
            f"{one.name} 停放 parked ({key.reason}): {key.stream} {key.key}, {key.events} 条 events: {key.error}"
            for key in one.parked
        ]
    return lines
