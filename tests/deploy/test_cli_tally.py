import json
import lzma
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from deploy.cli.tally import count_elections
from deploy.cli.uscc import check_uscc
from deploy.demo import elections

SWIECIE = "Poland_Swiecie_2023"
BIENCZYCE = "Poland_Krakow_2024_Bienczyce"


def run(command: str, *arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command("tally")(count_elections)
    app.command("uscc")(check_uscc)
    return CliRunner().invoke(app, [command, *map(str, arguments)])


@pytest.fixture
def bienczyce(tmp_path: Path) -> Path:
    file = tmp_path / f"{BIENCZYCE}.pb"
    file.write_text(elections.load(BIENCZYCE), "utf-8")
    return file


@pytest.fixture
def swiecie(tmp_path: Path) -> Path:
    file = tmp_path / f"{SWIECIE}.pb.xz"
    file.write_bytes(lzma.compress(elections.load(SWIECIE).encode()))
    return file


def test_files_are_counted_each_by_its_own_rule_packed_or_not(bienczyce: Path, swiecie: Path) -> None:
    result = run("tally", bienczyce, swiecie)

    assert result.exit_code == 0
    assert result.output.count("与公布结果一致 equal to what was published") == 2
    assert "greedy" in result.output
    assert "equalshares/add1" in result.output
    assert "1,040,337 / 1,070,000" in result.output


def test_programs_get_one_object_a_line_with_exactly_four_fields(bienczyce: Path, swiecie: Path) -> None:
    result = run("tally", "--json", bienczyce, swiecie)

    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert list(first) == list(second) == ["file", "rule", "selected", "equal"]
    assert (first["file"], first["rule"], first["equal"]) == (str(bienczyce), "greedy", True)
    assert second["selected"][0] == "c12"


def test_another_rule_may_give_another_outcome_and_then_says_what_differs(swiecie: Path) -> None:
    result = run("tally", "--rule", "greedy", swiecie)

    assert result.exit_code == 1
    assert "与公布结果不同" in result.output
    assert "仅此处 only here: c8" in result.output
    assert json.loads(run("tally", "--rule", "greedy", "--json", swiecie).stdout)["equal"] is False


def test_a_bad_file_is_told_line_by_line_and_the_others_are_still_counted(bienczyce: Path, swiecie: Path) -> None:
    bienczyce.write_text(bienczyce.read_text("utf-8").replace("BO.D16.1/24;500000", "BO.D16.1/24;x"), "utf-8")

    result = run("tally", bienczyce, swiecie)

    assert result.exit_code == 1
    assert "第25行" in result.stderr
    assert "line 25" in result.stderr
    assert "与公布结果一致" in result.stdout


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"not packed"])
def test_a_file_that_cannot_be_read_is_bad(tmp_path: Path, content: bytes) -> None:
    for name in ("bad.pb", "bad.pb.xz"):
        (tmp_path / name).write_bytes(content)

    result = run("tally", "--json", tmp_path / "bad.pb", tmp_path / "bad.pb.xz", tmp_path / "none.pb", tmp_path)

    assert result.exit_code == 1
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["rule"], line["selected"], line["equal"]) for line in told] == [(None, None, None)] * 4
    assert result.stderr.count("不能计票") == 4


def test_a_file_that_does_not_say_what_was_chosen_is_counted_and_not_compared(bienczyce: Path) -> None:
    text = bienczyce.read_text("utf-8").replace(";category;selected", ";category;chosen")
    bienczyce.write_text(text, "utf-8")

    result = run("tally", bienczyce)

    assert result.exit_code == 0
    assert "文件未载明公布结果" in result.output
    assert json.loads(run("tally", "--json", bienczyce).stdout)["equal"] is None


def test_a_rule_the_file_names_and_nobody_knows_asks_for_one_that_is_known(bienczyce: Path) -> None:
    bienczyce.write_text(bienczyce.read_text("utf-8").replace("rule;greedy", "rule;lottery"), "utf-8")

    refused, told = run("tally", bienczyce), run("tally", "--rule", "greedy", bienczyce)

    assert refused.exit_code == 1
    assert "lottery" in refused.stderr
    assert told.exit_code == 0


def test_a_rule_on_the_command_line_that_nobody_knows_is_a_wrong_use(bienczyce: Path) -> None:
    assert run("tally", "--rule", "lottery", bienczyce).exit_code == 2


def test_codes_are_called_valid_with_who_and_where_or_invalid_with_the_part_and_the_reason() -> None:
    result = run("uscc", "51320508XXXX000192", "55411502XXXX00043E", "52340111XXXX000271")

    assert result.exit_code == 1
    assert "有效 valid：社会团体 social association，江苏省苏州市姑苏区" in result.output
    assert "不在标准印行的类别表内" in result.output
    assert "第18位校验码为1" in result.output
    assert "GB 32100-2015" in result.output


def test_valid_codes_alone_end_well() -> None:
    assert run("uscc", "51320508XXXX000192").exit_code == 0


def test_programs_get_code_valid_and_fault() -> None:
    result = run("uscc", "--json", "51320508XXXX000192", "52340111XOXX00027P")

    right, wrong = [json.loads(line) for line in result.stdout.splitlines()]
    assert right == {"code": "51320508XXXX000192", "valid": True, "fault": None}
    assert list(wrong) == ["code", "valid", "fault"]
    assert (wrong["valid"], wrong["fault"]["part"], wrong["fault"]["first"]) == (False, "alphabet", 10)
