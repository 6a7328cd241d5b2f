import lzma
from importlib.resources import files

import pytest

from schemas import division, edition
from schemas.edition import is_listed


def lines() -> list[str]:
    packed = (files("schemas") / "data" / f"communities-{edition.EDITION}.txt.xz").read_bytes()
    return lzma.decompress(packed).decode().splitlines()


@pytest.mark.parametrize("code", ["110101001001", "411502001001", "441900003500", "320508017003", "659011502500"])
def test_a_community_of_the_edition_is_listed(code: str) -> None:
    assert is_listed(code) == any(line.startswith(code[:9]) for line in lines())
    assert is_listed(code)


@pytest.mark.parametrize("code", ["320508599001", "110101001999", "000000000001", "999999999999", "110101001000"])
def test_what_is_not_in_the_edition_is_not_listed(code: str) -> None:
    assert not is_listed(code)


def test_runs_hold_their_ends_and_nothing_between_two() -> None:
    """东华门街道: 001-002, 005-007, 009-010, 013-015."""
    there = {number for number in range(1, 30) if is_listed(f"110101001{number:03}")}

    assert there == {1, 2, 5, 6, 7, 9, 10, 13, 14, 15}


def test_the_first_and_the_last_street_are_found_and_every_line_is_in_order() -> None:
    all = lines()

    assert all == sorted(all)
    for line in (all[0], all[1], all[-2], all[-1]):
        assert is_listed(line[:9] + line[10:13])


def test_a_listed_community_has_a_well_formed_code() -> None:
    """Its county may have gone since: the tables of counties are newer than this edition."""
    for line in lines()[::500]:
        fault = division.check(line[:9] + line[10:13])
        assert fault is None or fault.part == "region", fault
