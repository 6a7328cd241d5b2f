"""A scoring sheet: one row for each bid and criterion, filled in as a workbook, and taken as the scores they are.

Whole or not at all; every wrong cell is named by its sheet and place.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact
from schemas.ids import BidId, PartyId, ProjectId
from schemas.refused import Refused
from schemas.sheet import Sheet, SheetCell, Unread, place_of
from schemas.standing import Party
from schemas.tender import BidScore, Terms
from schemas.workbook import Cell, written
from services.tenders.rules.project import Bid, Phase, Project, bids_of, qualified
from services.tenders.rules.scoring import EnterScores, enter_scores

SHEET = "评分表"
BID, BIDDER, PRICE = "标书编号 Bid", "投标人 Bidder", "报价(元)Price"
CRITERION, NAME, MOST, POINTS = "评分项 Criterion", "名称 Name", "满分 Most", "得分 Points"
HEADER = (BID, BIDDER, PRICE, CRITERION, NAME, MOST, POINTS)
READ = (BID, CRITERION, MOST, POINTS)
"""columns that are read back, wherever they stand"""
HEADER_WITHIN = 20
MOST_LINES = 1000
MOST_ROWS = MOST_LINES + HEADER_WITHIN
MOST_BYTES = 1024 * 1024
MOST_NAMED = 20
"""wrong cells that a refusal names"""
_WIDTHS = (38, 24, 14, 18, 24, 10, 10)
T = TypeVar("T")
_NUMBER = re.compile(r"([0-9]{1,6})(?:\.([0-9]+))?")


class SheetFault(StrEnum):
    EMPTY = "empty"
    NOT_POINTS = "not_points"
    NEGATIVE = "negative"
    TOO_FINE = "too_fine"
    ABOVE_MOST = "above_most"
    NO_SUCH_BID = "no_such_bid"
    NO_SUCH_CRITERION = "no_such_criterion"
    OTHER_MOST = "other_most"
    """the maximum is not the tender's"""
    TWICE = "twice"


class HandInScoreSheet(Command):
    project_id: ProjectId
    evaluator_id: PartyId
    """the caller's own party"""
    content: Annotated[bytes, Field(min_length=1, max_length=MOST_BYTES, repr=False)]
    """the workbook (xlsx), in base64"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSheet:
    """`HandInScoreSheet` as it reaches the transaction: read, or the reason why it cannot be."""

    project_id: ProjectId
    evaluator_id: PartyId
    sheet: Sheet | None = None
    problem: Refused | None = None


@dataclass(frozen=True, slots=True)
class WrongCell:
    place: str
    """such as `G7`"""
    fault: SheetFault | Unread


def lines_of(bids: Sequence[Bid], terms: Terms) -> int:
    return len(bids) * len(terms.criteria)


def blank_sheet(project: Project, bids: Sequence[Bid], names: Mapping[UUID, str]) -> bytes:
    """As xlsx, to be filled in under `POINTS`. `names`: of bidders, as far as they are public."""
    terms = project.agreed.terms
    above: list[tuple[Cell, ...]] = [
        ("评分表 Scoring sheet", project.brief.title, str(project.id)),
        ("请只填写“得分”一列,最多两位小数,不超过满分;不要增删行。填好后整表交回。",),
        ("Fill in the column Points only, two decimals at most, none above Most; hand the whole sheet back.",),
        HEADER,
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            str(bid.id),
            names.get(bid.bidder_id, ""),
            bid.opened.price,
            criterion.id,
            criterion.name,
            criterion.points,
        )
        for bid in bids
        for criterion in terms.criteria
    ]
    return written(SHEET, (*above, *rows), frozenset({0, len(above) - 1}), _WIDTHS)


def sheet_refs(command: ScoreSheet, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.evaluator_id))


def enter_sheet(world: World, command: ScoreSheet, context: Context) -> list[Fact]:
    """The same command as one that came as JSON, once every cell can be read."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.evaluator_id)
    project.must_be_in(Phase.SCORING)
    if command.problem is not None:
        raise command.problem
    assert command.sheet is not None, "a sheet is read, or there is a problem"
    bids = [bid.bid_id for bid in qualified(bids_of(world, project))]
    points = Reading(command.sheet, bids, project.agreed.terms).points()
    scores = EnterScores(
        project_id=command.project_id,
        evaluator_id=command.evaluator_id,
        scores=tuple(BidScore(bid_id=bid_id, points=given) for bid_id, given in points.items()),
    )
    return enter_scores(world, scores, context)


class _Wrong(Exception):
    def __init__(self, fault: SheetFault | Unread) -> None:
        super().__init__(fault)
        self.fault = fault


class Reading:
    def __init__(self, sheet: Sheet, bids: Sequence[BidId], terms: Terms) -> None:
        self._sheet = sheet
        self._bids = {str(bid): bid for bid in bids}
        self._most = {criterion.id: criterion.points for criterion in terms.criteria}
        self._wrong: list[WrongCell] = []

    def points(self) -> dict[BidId, dict[str, Decimal]]:
        """By bid and criterion; all of them, or it is refused."""
        found: dict[BidId, dict[str, Decimal]] = {bid: {} for bid in self._bids.values()}
        for bid, criterion, points in self._lines():
            found[bid][criterion] = points
        if self._wrong:
            raise self._refused()
        missing = [(bid, one) for bid, given in found.items() for one in self._most if one not in given]
        if missing:
            bid, criterion = missing[0]
            raise Refused(
                "score_rows_missing",
                status=422,
                field="content",
                sheet=self._sheet.name,
                number=len(missing),
                bid=str(bid),
                criterion=criterion,
            )
        return found

    def _lines(self) -> Iterator[tuple[BidId, str, Decimal]]:
        top, columns = self._header()
        known: set[tuple[BidId, str]] = set()
        for row in range(top + 1, len(self._sheet.rows)):
            if all(cell == "" or cell.isspace() for cell in self._sheet.rows[row]):
                continue
            bid = self._read(row, columns[BID], self._bid)
            criterion = self._read(row, columns[CRITERION], self._criterion)
            if bid is None or criterion is None:
                continue
            if (bid, criterion) in known:
                self._wrong.append(WrongCell(place_of(row, columns[CRITERION]), SheetFault.TWICE))
                continue
            known.add((bid, criterion))
            most = self._read(row, columns[MOST], self._same_as(self._most[criterion]))
            points = self._read(row, columns[POINTS], self._up_to(self._most[criterion]))
            if most is not None and points is not None:
                yield bid, criterion, points

    def _header(self) -> tuple[int, dict[str, int]]:
        """Where it is, and which column each title stands in."""
        wanted = {title: _joined(title) for title in READ}
        for place, row in enumerate(self._sheet.rows[:HEADER_WITHIN]):
            titles = [_joined(cell) for cell in row]
            if all(titles.count(title) == 1 for title in wanted.values()):
                return place, {name: titles.index(title) for name, title in wanted.items()}
        raise Refused("score_sheet_header", status=422, field="content", sheet=self._sheet.name, columns=READ)

    def _read(self, row: int, column: int, read: Callable[[str], T]) -> T | None:
        """None when the cell is wrong, which is noted."""
        cells = self._sheet.rows[row]
        cell = cells[column] if column < len(cells) else ""
        try:
            return read(_plain(cell))
        except _Wrong as wrong:
            self._wrong.append(WrongCell(place_of(row, column), wrong.fault))
            return None

    def _bid(self, text: str) -> BidId:
        if text.lower() not in self._bids:
            raise _Wrong(SheetFault.NO_SUCH_BID)
        return self._bids[text.lower()]

    def _criterion(self, text: str) -> str:
        if text not in self._most:
            raise _Wrong(SheetFault.NO_SUCH_CRITERION)
        return text

    def _same_as(self, most: Decimal) -> Callable[[str], Decimal]:
        def read(text: str) -> Decimal:
            if _number(text) != most:
                raise _Wrong(SheetFault.OTHER_MOST)
            return most

        return read

    def _up_to(self, most: Decimal) -> Callable[[str], Decimal]:
        def read(text: str) -> Decimal:
            points = _number(text)
            if points > most:
                raise _Wrong(SheetFault.ABOVE_MOST)
            return points

        return read

    def _refused(self) -> Refused:
        sheet, cells = self._sheet.name, self._wrong
        if len(cells) == 1:
            place, fault = cells[0].place, cells[0].fault
            return Refused("score_cell_wrong", status=422, field="content", sheet=sheet, cell=place, fault=fault)
        named = tuple(Refused("score_cell_among_others", cell=one.place, fault=one.fault) for one in cells[:MOST_NAMED])
        number = len(cells)
        return Refused(
            "score_cells_wrong",
            status=422,
            field="content",
            sheet=sheet,
            number=number,
            named=len(named),
            cells=named,
        )


def _plain(cell: SheetCell) -> str:
    """Full-width digits and signs as half-width ones (Unicode NFKC)."""
    if isinstance(cell, Unread):
        raise _Wrong(cell)
    text = unicodedata.normalize("NFKC", cell).strip()
    if not text:
        raise _Wrong(SheetFault.EMPTY)
    return text


def _joined(cell: SheetCell) -> str:
    return "" if isinstance(cell, Unread) else "".join(cell.split())


def _number(text: str) -> Decimal:
    text = text.replace("\N{MINUS SIGN}", "-")
    found = _NUMBER.fullmatch(text.removeprefix("-"))
    if found is None:
        raise _Wrong(SheetFault.NOT_POINTS)
    if text.startswith("-"):
        raise _Wrong(SheetFault.NEGATIVE)
    if len((found[2] or "").rstrip("0")) > 2:
        raise _Wrong(SheetFault.TOO_FINE)
    return Decimal(text).quantize(Decimal("0.01"))
