"""Amounts and dates as people and banks write them, to the fen and the day, or a clear no."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.money import MOST_FEN
from services.funds.files.cells import Cell, Wrong, amount_in, date_in
from services.funds.rules.uploads import CellFault
from services.kit.workbooks import number


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("25000", 2_500_000),
        ("25000.5", 2_500_050),
        ("25,000.00", 2_500_000),
        ("1,234,567.89", 123_456_789),
        (" +12.30 ", 1230),
        ("２５，０００．００", 2_500_000),
        ("￥25,000.00", 2_500_000),
        ("CNY 0.01", 1),
        ("25000.00元", 2_500_000),
        ("12.3000", 1230),
        ("0012.00", 1200),
        ("10000000000000.00", MOST_FEN),
    ],
)
def test_an_amount_is_read_to_the_fen(cell: str, fen: int) -> None:
    assert amount_in(cell).fen == fen


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("", CellFault.EMPTY),
        (" ", CellFault.EMPTY),
        ("-25.00", CellFault.NEGATIVE),
        ("－２５．００", CellFault.NEGATIVE),
        ("−25.00", CellFault.NEGATIVE),
        ("(25.00)", CellFault.NEGATIVE),
        ("0.00", CellFault.ZERO),
        ("1.005", CellFault.PARTS_OF_A_FEN),
        ("1e3", CellFault.NOT_AN_AMOUNT),
        ("12,34.00", CellFault.NOT_AN_AMOUNT),
        ("1.234,56", CellFault.NOT_AN_AMOUNT),
        ("壹仟元", CellFault.NOT_AN_AMOUNT),
        ("١٢", CellFault.NOT_AN_AMOUNT),
        ("=1+1", CellFault.NOT_AN_AMOUNT),
        ("10000000000000.01", CellFault.TOO_LARGE),
        ("9" * 5000, CellFault.TOO_LARGE),
        (CellFault.FORMULA, CellFault.FORMULA),
    ],
)
def test_what_is_no_amount_above_zero_says_what_is_wrong(cell: Cell, fault: CellFault) -> None:
    with pytest.raises(Wrong) as caught:
        amount_in(cell)
    assert caught.value.fault is fault


@given(st.integers(1, MOST_FEN))
def test_every_amount_comes_back_from_how_it_is_printed_and_from_a_spreadsheets_number(fen: int) -> None:
    printed = f"{fen // 100:,}.{fen % 100:02d}"

    assert amount_in(printed).fen == fen
    assert amount_in(number(float(f"{fen // 100}.{fen % 100:02d}"))).fen == fen


def test_the_noise_of_binary_fractions_is_no_part_of_a_fen() -> None:
    assert amount_in(number(0.1 + 0.2)).fen == 30


@pytest.mark.parametrize(
    "cell",
    [
        *("2026-03-05", "2026/3/5", "2026.3.5", "20260305", "2026年3月5日", "２０２６－０３－０５"),
        *("2026-03-05 10:22:33", "20260305 10:22", "2026-03-05T00:00:00", "46086", "46086.43"),
    ],
)
def test_a_date_is_read_however_it_is_written(cell: str) -> None:
    assert date_in(cell) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("", CellFault.EMPTY),
        *((cell, CellFault.NOT_A_DATE) for cell in ("2026-02-30", "2026-13-01", "2026-3/5", "5.3.2026", "20261301")),
        *((cell, CellFault.NOT_A_DATE) for cell in ("昨天", "1999-12-31", "2100-01-01", "12345", "99999")),
        (CellFault.ERROR_VALUE, CellFault.ERROR_VALUE),
    ],
)
def test_what_is_no_date_says_so(cell: Cell, fault: CellFault) -> None:
    with pytest.raises(Wrong) as caught:
        date_in(cell)
    assert caught.value.fault is fault
