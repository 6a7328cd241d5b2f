"""Make `communities-2023.txt.xz` again: `python -m schemas.data.build_communities FOLDER`, as with `build.py`."""

import csv
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from schemas.edition import EDITION

PACKAGE = "china-division-2.7.0"


def streets(file: Path) -> dict[str, set[int]]:
    """Street → its communities' last three digits; 000 is no community (金门县 has one such row)."""
    found: dict[str, set[int]] = defaultdict(set)
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if int(row["code"][9:]):
                found[row["code"][:9]].add(int(row["code"][9:]))
    return found


def runs(numbers: Iterable[int]) -> str:
    """1, 2, 3, 5 → `001-003,005`."""
    grouped = groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0])
    found = [[number for _, number in pairs] for _, pairs in grouped]
    return ",".join(f"{run[0]:03}" if len(run) == 1 else f"{run[0]:03}-{run[-1]:03}" for run in found)


def main() -> None:
    table = streets(Path(sys.argv[1]) / PACKAGE / "dist" / "villages.csv")
    text = "".join(f"{street}\t{runs(numbers)}\n" for street, numbers in sorted(table.items()))
    small = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 21}
    packed = lzma.compress(text.encode("ascii"), filters=[small])
    (Path(__file__).parent / f"communities-{EDITION}.txt.xz").write_bytes(packed)


if __name__ == "__main__":
    main()
