"""`sanshe clock add`, and the operator's file of holidays."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from schemas import workdays
from services.kit import holidays
from services.kit.holidays import BadHolidays


@pytest.fixture(autouse=True)
def no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SANSHE_DATA", str(tmp_path))
    monkeypatch.delenv("SANSHE_HOLIDAYS", raising=False)
    yield
    workdays.learn({})


def add(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["clock", "add", *arguments])


def test_the_last_day_and_the_counting_for_people_and_for_programs() -> None:
    shown = add("2025-12-02", "7")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("2025-12-11(周四)  最后一日")
    told = json.loads(add("2025-12-02", "7", "--unit", "wd", "--json").stdout)
    assert set(told) == {"date", "counted", "skipped"}
    assert told["date"] == "2025-12-11" == told["counted"][-1]
    assert told["skipped"] == ["2025-12-06", "2025-12-07"]


def test_calendar_days_roll_on() -> None:
    told = json.loads(add("2025-09-21", "10", "--unit", "d", "--json").stdout)
    assert (told["date"], len(told["counted"]), len(told["skipped"])) == ("2025-10-09", 10, 8)


def test_an_unknown_year_is_an_error_until_the_operator_says(tmp_path: Path) -> None:
    unknown = add("2099-12-30", "3")
    assert unknown.exit_code == 1
    assert "2099 年的节假日安排未知" in unknown.stderr
    (tmp_path / holidays.NAME).write_text("# 2099\n2099-12-31,休,示例\n2100-01-01,休\n2100-01-02,班\n", "utf-8")
    assert add("2099-12-30", "1").stdout.startswith("2100-01-02")


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("2099-1-x,休", "第 1 行:第一列不是日期"),
        ("2099-01-01,假", "第 1 行:第二列应为“休”或“班”"),
        ("2099-01-01", "第 1 行:第二列"),
        ("2099-01-01,休\n2099-01-01,班", "第 2 行:2099-01-01 重复"),
        ("\n".join(["#"] * 2001), "最多 2000 行"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(text: str, zh: str, tmp_path: Path) -> None:
    path = tmp_path / holidays.NAME
    path.write_text(text, "utf-8")
    with pytest.raises(BadHolidays, match=zh.replace("(", r"\(")):
        holidays.read(path)
    refused = add("2025-12-02", "7")
    assert refused.exit_code == 1
    assert zh in refused.stderr


def test_a_named_file_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSHE_HOLIDAYS", str(tmp_path / "none.csv"))
    assert "无法读取" in add("2025-12-02", "7").stderr


def test_excel_saves_it_with_a_mark_and_english_words_do_too(tmp_path: Path) -> None:
    path = tmp_path / "h.csv"
    path.write_text("\ufeff2099-01-01,off\n\n 2099-01-03 , Work ,x\n", "utf-8")
    assert holidays.read(path) == {date(2099, 1, 1): False, date(2099, 1, 3): True}


@pytest.mark.parametrize("arguments", [("2025-13-01", "7"), ("2025-12-01", "0"), ("2025-12-01", "2001"), ("x", "y")])
def test_rubbish_is_refused(arguments: tuple[str, str]) -> None:
    assert add(*arguments).exit_code == 2
