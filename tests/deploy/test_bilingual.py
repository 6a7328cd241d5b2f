"""What stops the program is said in Chinese first, and in English beside it."""

import ast
from collections.abc import Iterator

import pytest
import typer

from deploy.cli.program import run
from deploy.embedded import CannotStart
from schemas.bilingual import Bilingual
from services.kit.migrations import MigrationChanged
from services.kit.vault import VaultError
from tests.services.doors import CHINESE
from tests.services.test_reasons import ROOT, Place, calls


def kinds_of(base: type[Bilingual]) -> Iterator[str]:
    for kind in base.__subclasses__():
        yield from (kind.__name__, *kinds_of(kind))


def text_of(said: ast.expr) -> str:
    return "".join(str(part.value) for part in ast.walk(said) if isinstance(part, ast.Constant))


SAID = [
    pytest.param(place, id=f"{place.file.relative_to(ROOT)}:{place.call.lineno}")
    for kind in kinds_of(Bilingual)
    for place in calls(kind)
    if len(place.call.args) == 2
]


@pytest.mark.parametrize("place", SAID)
def test_what_stops_the_program_is_said_in_chinese_and_in_english(place: Place) -> None:
    zh, en = map(text_of, place.call.args)

    assert CHINESE.search(zh)
    assert en
    assert not CHINESE.search(en)


def test_all_of_them_are_looked_at() -> None:
    assert {"CannotStart", "Ended", "LogKnowsMore", "MigrationChanged", "VaultError"} <= set(kinds_of(Bilingual))
    assert len(SAID) > 30


@pytest.mark.parametrize("kind", [CannotStart, VaultError, MigrationChanged], ids=lambda kind: kind.__name__)
def test_a_command_that_is_stopped_says_why_in_both(kind: type[Bilingual], capsys: pytest.CaptureFixture[str]) -> None:
    async def work() -> int:
        raise kind("磁盘已满。", "The disk is full.")

    with pytest.raises(typer.Exit) as caught:
        run(work())

    assert caught.value.exit_code == 1
    assert capsys.readouterr().err == "不能启动或继续 Cannot start, or go on:\n磁盘已满。\nThe disk is full.\n"
