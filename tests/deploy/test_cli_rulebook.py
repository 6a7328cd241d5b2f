"""`sanshe rulebook check|diff|explain`, without any installation."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from deploy.cli.rulebook import app
from tests.services.kit.books import a_document, a_rule


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def written(folder: Path, text: str, name: str = "local.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_a_sound_document_is_told_its_name_and_hash(tmp_path: Path) -> None:
    file = written(tmp_path, a_document({"method.open_bidding.bid_days_least": a_rule(25)}))

    told, line = run("check", file), run("check", file, "--json")

    assert told.exit_code == line.exit_code == 0
    assert "可用 valid:320508/purchase@2026.1" in told.output
    found = json.loads(line.output)
    assert (found["valid"], found["id"], found["version"]) == (True, "320508/purchase", "2026.1")
    assert found["hash"] in told.output


def test_a_bad_document_is_told_line_by_line_chinese_first_with_the_rule_it_breaks(tmp_path: Path) -> None:
    rules = {"method.open_bidding.bid_days_least": a_rule(10), "purchase.file_years": a_rule(20)}
    file = written(tmp_path, a_document(rules))

    told, lines = run("check", file), run("check", file, "--json")

    assert told.exit_code == lines.exit_code == 1
    assert f"{file}:8: method.open_bidding.bid_days_least 10 低于上层的下限 20" in told.stderr
    assert "依据 rule [L]:政府采购法第三十五条" in told.stderr
    assert told.stderr.index("低于") < told.stderr.index("below the least")
    first, second = [json.loads(line) for line in lines.stdout.splitlines()]
    assert (first["line"], first["rule"]["certainty"]) == (8, "L")
    assert (second["path"], second["rule"]) == ("purchase.file_years", None)


def test_a_statutory_purchase_that_lets_in_or_scores_by_place_is_refused_with_line_and_article(tmp_path: Path) -> None:
    gates = ["legal_capacity", "no_major_violation", "capability", "credit_list", "recusal", "same_head_or_control"]
    rules = {
        "bidder.gates": a_rule([*gates, "designer_excluded", "local_registration"]),
        "scoring.factors": a_rule(["price", "plan", "grade"]),
    }
    file = written(tmp_path, a_document(rules))

    lines = [json.loads(line) for line in run("check", file, "--json").stdout.splitlines()]

    assert [(one["path"], one["rule"]["certainty"]) for one in lines] == [
        ("bidder.gates", "L"),
        ("scoring.factors", "G"),
    ]
    text = file.read_text("utf-8").splitlines()
    for one in lines:
        assert "政府采购法实施条例第二十条" in str(one["rule"])
        assert text[one["line"] - 1].strip().startswith("value:")


def test_what_cannot_be_read_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff\xfe")

    for file in (tmp_path / "none.yaml", tmp_path / "latin"):
        result = run("check", file)
        assert result.exit_code == 1
        assert "无法读取" in result.stderr


def test_two_editions_are_compared_value_by_value_with_their_sources(tmp_path: Path) -> None:
    one = written(tmp_path, a_document({"purchase.files_years": a_rule(20, "旧通知")}), "one.yaml")
    later = a_document({"purchase.files_years": a_rule(30, "新通知")}, version="2026.2")
    other = written(tmp_path, later, "other.yaml")

    told, line, same = run("diff", one, other), run("diff", one, other, "--json"), run("diff", one, one)

    assert "~ purchase.files_years  修改 changed:采购文件保存年限" in told.output
    assert told.output.index("20  [?] 旧通知") < told.output.index("30  [?] 新通知")
    assert json.loads(line.output) == {
        "path": "purchase.files_years",
        "old": {"value": 20, "source": "旧通知", "certainty": "?"},
        "new": {"value": 30, "source": "新通知", "certainty": "?"},
    }
    assert "内容相同" in same.output


def test_shipped_editions_are_named_by_id_and_version() -> None:
    later = run("diff", "example/below-limit@2026.1", "example/below-limit@2026.3")
    back = run("diff", "example/below-limit@2026.3", "example/below-limit@2026.1")

    assert "+ contracts.acceptance_days  新增 added" in later.output
    assert "- contracts.acceptance_days  删除 removed" in back.output


def test_a_value_is_explained_in_words_with_source_certainty_and_layer() -> None:
    told = run("explain", "example/guangzhou-venture", "venture")
    lines = run("explain", "example/guangzhou-venture", "venture.notice_days", "--json")

    assert "venture.amount_most_fen = 50000000" in told.output
    assert "单个项目资助上限(分)" in told.output
    assert "[P 公开页面 published page]" in told.output
    assert "purchase.regime" not in told.output
    found = json.loads(lines.output)
    assert (found["value"], found["layer"], found["certainty"]) == (7, "national/charity-venture@2026.1", "?")


def test_an_unknown_name_or_path_is_told_with_what_there_is(tmp_path: Path) -> None:
    name, path = run("explain", "national/other"), run("explain", "national/below-limit", "venture")
    bad = run("explain", written(tmp_path, "id: 1\n"))

    assert name.exit_code == path.exit_code == bad.exit_code == 1
    assert "national/below-limit@2026.1" in name.stderr
    assert "没有 venture 这一项" in path.stderr
    assert ":1: id" in bad.stderr
