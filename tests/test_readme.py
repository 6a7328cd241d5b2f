"""What the README says of the code is true of the code."""

import ast
import re
from pathlib import Path

import pytest

from services.kit.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def defined(file: Path) -> set[str]:
    """Names a module defines at any depth: functions, classes and assignments."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
    return names


PLACES = re.findall(r"`([\w/]+\.py)`(?: `(\w+)`)?", section("How a fact travels through the code"))


@pytest.mark.parametrize(("file", "name"), PLACES)
def test_every_place_on_the_way_of_a_fact_is_there(file: str, name: str) -> None:
    assert (ROOT / file).is_file()
    assert not name or name in defined(ROOT / file)


def test_the_way_of_a_fact_has_ten_lines() -> None:
    assert re.findall(r"^(\d+)\. ", section("How a fact travels through the code"), re.M) == [
        str(number) for number in range(1, 11)
    ]


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:schemas|events|services|deploy|tests)/[\w/.-]*)`", README)))
)
def test_every_path_in_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_settings_table_names_every_setting_with_its_default() -> None:
    table = dict(re.findall(r"^\| `SANSHE_(\w+)` \| ([^|]+?) \|", section("Operations"), re.M))
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}

    assert set(table) == set(fields)
    for name, field in fields.items():
        if field.default_factory is None and field.default not in (None, ""):
            assert table[name] == str(field.default).lower().replace("_", "")
