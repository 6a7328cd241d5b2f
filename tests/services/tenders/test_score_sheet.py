"""A scoring sheet is downloaded, filled in as a workbook and handed back; a wrong cell is named, none is half taken."""

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from schemas.ids import BidId
from schemas.party import PartyKind
from schemas.role import Role
from schemas.sheet import Sheet, place_of
from schemas.workbook import MEDIA_TYPE, written
from services.tenders.api import score_sheets
from services.tenders.rules.score_sheet import HEADER, MOST_NAMED, MOST_ROWS, SHEET, Reading
from tests.services.tenders.market import Market, a_market
from tests.services.tenders.score_sheets import BID, CRITERION, FIRST, MOST, POINTS, a_body, edited, filled
from tests.services.tenders.stories import some_terms
from tests.support.fixtures import Running
from tests.support.pure import refused
from tests.support.system import Person, Reply

pytestmark = pytest.mark.timeout(120)
BIDS = 3
LAST = FIRST + 2 * BIDS - 1


@dataclass(frozen=True, slots=True)
class Scored:
    """A tender whose bids are qualified, and an expert with the sheet."""

    market: Market
    expert: Person
    blank: bytes
    qualified: list[dict[str, Any]]

    async def hand_in(self, content: bytes, by: Person | None = None) -> Reply:
        by = by or self.expert
        return await self.market.post("score-sheets", a_body(content, by.party_id), by)

    async def entered(self) -> list[dict[str, Any]]:
        return [fact["data"] for fact in await self.market.system.facts("tenders", "scores.entered")]


async def an_expert(market: Market) -> Person:
    return await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR)


async def to_scoring(market: Market) -> Scored:
    await market.open()
    for price in (88_000_01, 95_000_00, 82_000_00):
        await market.bid(await market.bidder(), price)
    await market.bid(await market.bidder(), 120_000_01)
    await market.close("opened")
    qualified = await market.qualify()
    expert = await an_expert(market)
    reply = await market.get("/score-sheet.xlsx", expert)
    assert (reply.status, reply.headers["Content-Type"]) == (200, MEDIA_TYPE)
    return Scored(market, expert, reply.json, qualified)


def marks(bid: str, criterion: str) -> Any:
    return 32.5 if criterion == "plan" else "20.25"


async def test_a_sheet_filled_in_is_the_same_command_as_the_json(running: Running) -> None:
    async with a_market(running) as market:
        scored = await to_scoring(market)
        book = load_workbook(io.BytesIO(scored.blank))
        rows = list(book.worksheets[0].iter_rows(min_row=FIRST, values_only=True))
        prices = {bid["bid_id"]: Decimal(bid["price"]["fen"]) / 100 for bid in (await market.get()).json["opened"]}

        by_sheet = await scored.hand_in(filled(scored.blank, marks))
        other = await an_expert(market)
        scores = [{"bid_id": one["bid_id"], "points": {"plan": "32.5", "team": "20.25"}} for one in scored.qualified]
        by_json = await market.post("scores", {"evaluator_id": str(other.party_id), "scores": scores}, other)

        assert book.sheetnames == [SHEET]
        assert {(row[0], row[3], row[5], row[6]) for row in rows} == {
            (one["bid_id"], criterion, most, None)
            for one in scored.qualified
            for criterion, most in (("plan", 40), ("team", 30))
        }
        assert len(rows) == BIDS * 2
        assert all(Decimal(str(row[2])) == prices[str(row[0])] for row in rows)
        assert (by_sheet.status, by_json.status) == (201, 201)
        assert by_sheet.json == by_json.json
        one, two = [
            {score["bid_id"]: {id: Decimal(p) for id, p in score["points"].items()} for score in fact["scores"]}
            for fact in await scored.entered()
        ]
        assert one == two
        again = await scored.hand_in(filled(scored.blank, marks))
        assert (again.status, again.json["title"]) == (409, "already_scored")


WRONG = [
    (f"{POINTS}7", None, "empty", "不能为空"),
    (f"{POINTS}7", "很好", "not_points", "不是分数"),
    (f"{POINTS}7", True, "not_points", "不是分数"),
    (f"{POINTS}7", "1e1", "not_points", "不是分数"),
    (f"{POINTS}7", -1, "negative", "分数为负"),
    (f"{POINTS}7", 12.345, "too_fine", "超过两位小数"),
    (f"{POINTS}7", 40.01, "above_most", "超过该评分项的满分"),
    (f"{POINTS}7", "=20+20", "formula", "是公式而不是值"),
    (f"{POINTS}7", "#DIV/0!", "error_value", "是错误值"),
    (f"{MOST}8", 50, "other_most", "与采购文件的满分不符"),
    (f"{CRITERION}5", "price", "no_such_criterion", "不是本项目的评分项"),
    (f"{BID}9", str(uuid4()), "no_such_bid", "不是本项目的合格标书"),
    (f"{CRITERION}6", "plan", "twice", "重复"),
]


async def test_each_wrong_cell_is_named_by_sheet_and_place_and_nothing_is_written(running: Running) -> None:
    async with a_market(running) as market:
        scored = await to_scoring(market)
        before = (await market.get()).headers["ETag"]

        for place, value, fault, zh in WRONG:
            content = filled(scored.blank, lambda bid, criterion: "20", **{place: value})
            reply = await scored.hand_in(content)
            answer = (reply.status, reply.json["title"], reply.json["field"])
            assert answer == (422, "score_cell_wrong", "content"), fault
            assert f"工作表“{SHEET}”的单元格 {place} 有误" in reply.json["detail"], fault
            assert zh in reply.json["detail"]
        several = filled(scored.blank, marks, **{f"{POINTS}5": "x", f"{MOST}6": 1, f"{POINTS}{LAST}": 31})
        english = await market.post(
            "score-sheets", a_body(several, scored.expert.party_id), scored.expert, Accept_Language="en"
        )

        assert english.json["title"] == "score_cells_wrong"
        assert f"3 cells of sheet {SHEET} are wrong" in english.json["detail"]
        for place, words in (("G5", "no number"), ("F6", "not the most"), (f"G{LAST}", "above the most")):
            assert f"{place} (it is {words}" in english.json["detail"]
        assert await scored.entered() == []
        assert (await market.get()).headers["ETag"] == before
        assert (await scored.hand_in(filled(scored.blank, marks))).status == 201


async def test_a_sheet_with_rows_missing_or_another_header_or_none_is_refused(running: Running) -> None:
    async with a_market(running) as market:
        scored = await to_scoring(market)
        whole = filled(scored.blank, marks)

        short = await scored.hand_in(edited(whole, lambda sheet: sheet.delete_rows(LAST - 1, 2)))
        untitled = await scored.hand_in(filled(scored.blank, marks, G4="Score"))
        twice = await scored.hand_in(filled(scored.blank, marks, H4="得分 Points"))
        long = await scored.hand_in(written(SHEET, [HEADER] * (MOST_ROWS + 1)))
        none = await scored.hand_in(b"no workbook")
        other = await market.post("score-sheets", a_body(b"", scored.expert.party_id), scored.expert)

        assert (short.status, short.json["title"]) == (422, "score_rows_missing")
        assert f"缺少 2 行,例如标书 {rows_of(whole)[-1][0]} 的评分项 plan" in short.json["detail"]
        for reply in (untitled, twice):
            assert (reply.status, reply.json["title"]) == (422, "score_sheet_header")
            assert "得分 Points" in reply.json["detail"]
        assert (long.status, long.json["title"]) == (422, "score_sheet_too_long")
        assert (none.status, none.json["title"]) == (422, "file_not_readable")
        assert (other.status, other.json["title"]) == (422, "invalid_field")
        assert await scored.entered() == []


async def test_columns_may_be_moved_and_blank_rows_stand_between(running: Running) -> None:
    async with a_market(running) as market:
        scored = await to_scoring(market)

        def moved(sheet: Any) -> None:
            sheet.insert_cols(1)
            sheet.insert_rows(7, 2)
            sheet["A1"] = "备注"

        reply = await scored.hand_in(edited(filled(scored.blank, marks), moved))

        assert reply.status == 201
        assert len((await scored.entered())[0]["scores"]) == BIDS


async def test_the_sheet_is_for_experts_while_they_score_and_in_their_own_name(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        expert = await an_expert(market)
        early = await market.get("/score-sheet.xlsx", expert)
        assert (early.status, early.json["title"]) == (409, "wrong_phase")
    async with a_market(running) as market:
        scored = await to_scoring(market)
        other = await an_expert(market)
        whole = filled(scored.blank, marks)

        named = await market.post("score-sheets", a_body(whole, other.party_id), scored.expert)
        bidder = await market.post("score-sheets", a_body(whole, market.drafter.party_id), market.drafter)
        public = await market.get("/score-sheet.xlsx")
        missing = await market.system.get(f"/v1/projects/{uuid4()}/score-sheet.xlsx", scored.expert)

        assert (named.status, named.json["title"]) == (403, "not_your_party")
        assert (bidder.status, bidder.json["title"]) == (403, "wrong_role")
        assert (public.status, public.json["title"]) == (401, "unauthenticated")
        assert (missing.status, missing.json["title"]) == (404, "not_found")
        assert await scored.entered() == []


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))


async def test_a_sheet_of_too_many_rows_is_not_given_out(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_market(running) as market:
        scored = await to_scoring(market)
        monkeypatch.setattr(score_sheets, "MOST_LINES", 2 * BIDS - 1)

        reply = await market.get("/score-sheet.xlsx", scored.expert)

        assert (reply.status, reply.json["title"]) == (409, "score_sheet_too_long")
        assert "JSON" in reply.json["detail"]


def test_of_very_many_wrong_cells_the_first_are_named_and_all_counted() -> None:
    bids = [BidId(uuid4()) for _ in range(MOST_NAMED + 5)]
    terms = some_terms()
    rows = [(str(bid), "", "", id, id, "40" if id == "plan" else "30", "x") for bid in bids for id in ("plan", "team")]

    with refused("score_cells_wrong", status=422) as caught:
        Reading(Sheet("打分", [HEADER, *rows]), bids, terms).points()

    details = caught.value.details
    assert (details["sheet"], details["number"], details["named"]) == ("打分", 2 * len(bids), MOST_NAMED)
    assert [one.details["cell"] for one in details["cells"]] == [f"G{row}" for row in range(2, MOST_NAMED + 2)]


@pytest.mark.parametrize(
    ("row", "column", "place"), [(0, 0, "A1"), (6, 6, "G7"), (0, 25, "Z1"), (8, 26, "AA9"), (0, 59, "BH1")]
)
def test_a_cell_is_called_as_the_spreadsheet_calls_it(row: int, column: int, place: str) -> None:
    assert place_of(row, column) == place
