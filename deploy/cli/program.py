"""How every command runs: its settings, its event loop, and errors as sentences."""

import asyncio
import os
import signal
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
import uvloop
from pydantic import ValidationError
from rich.cells import cell_len

from deploy.cli.finding import NothingRuns
from deploy.embedded.folder import make_folder, sentences
from schemas.bilingual import Bilingual
from services.kit import reasons
from services.kit.problems import fault
from services.kit.running import collect_seldom
from services.kit.settings import Settings


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def settings(**given: Any) -> Settings:
    """From SANSHE_… variables; `given` and not None goes before them."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fail("\n".join(["设置有误 These settings are wrong:", *(_setting(fault(e)) for e in error.errors())]))


def _setting(found: dict[str, Any]) -> str:
    zh, en = (reasons.word("problem", language, found) for language in reasons.LANGUAGES)
    return f"  SANSHE_{found['field'].upper()}: {zh} {en}"


def data_folder(chosen: Settings) -> None:
    """Made when missing; as root the servers' user may pass through it."""
    with sentences(chosen.data):
        make_folder(chosen.data, 0o711 if os.geteuid() == 0 else 0o700)


def run(work: Coroutine[Any, Any, int]) -> NoReturn:
    """Exit with the status that `work` returns."""
    collect_seldom()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            status = runner.run(work)
    except NothingRuns as error:
        fail(str(error))
    except Bilingual as error:
        fail(f"不能启动或继续 Cannot start, or go on:\n{error}")
    except KeyboardInterrupt:
        status = 130
    raise typer.Exit(status)


@contextmanager
def stoppable() -> Iterator[None]:
    """The first Ctrl-C or SIGTERM cancels the current task, a second one ends the program at once."""
    task = asyncio.current_task()
    assert task is not None
    asked = False

    def stop() -> None:
        nonlocal asked
        if asked:
            os._exit(130)  # the servers notice that we are gone, and end
        asked = True
        typer.echo("\n正在停止,再按一次 Ctrl-C 强制结束 … Stopping; Ctrl-C again to force it", err=True)
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    yield


def columns(rows: Sequence[Sequence[object]]) -> str:
    """Rows under each other, also where Chinese characters are two cells wide."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    )
