"""Papers over HTTP as their readers see them, and a tender told as far as they need it."""

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from schemas.capitals import in_figures
from schemas.days import minute_of
from schemas.docx_parts import MEDIA_TYPE as DOCX
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Role
from schemas.workbook import MEDIA_TYPE as XLSX
from tests.services.contracts.reading import Read, read
from tests.services.tenders.market import Market
from tests.support.system import Person

Row = tuple[Any, ...]


async def document(market: Market, kind: str, by: Person | None = None) -> Read:
    reply = await market.get(f"/papers/{kind}.docx", by)
    assert (reply.status, reply.headers["Content-Type"]) == (200, DOCX), reply.json
    return read(reply.json)


async def workbook(market: Market, kind: str, by: Person | None = None) -> list[Row]:
    """Its rows; blank cells are None."""
    reply = await market.get(f"/papers/{kind}.xlsx", by)
    assert (reply.status, reply.headers["Content-Type"]) == (200, XLSX), reply.json
    book = load_workbook(io.BytesIO(reply.json))
    assert len(book.sheetnames) == 1
    sheet = book.active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def below(rows: list[Row], head: str) -> list[list[Any]]:
    """The rows of the table whose head begins with this, without blank cells; fractions as a spreadsheet shows them."""
    top = next(place for place, row in enumerate(rows) if str(row[0]).startswith(head))
    found = []
    for row in rows[top + 1 :]:
        if row[0] is None:
            break
        found.append([Decimal(str(c)) if isinstance(c, float) else c for c in row if c is not None])
    return found


def figures(amount: dict[str, int]) -> str:
    return in_figures(Money(amount["fen"]))


def minute(at: str) -> str:
    return minute_of(datetime.fromisoformat(at))


async def to_the_opening(market: Market) -> list[Person]:
    """Three organizations and a social worker have bid, one above the ceiling."""
    bidders = [await market.bidder() for _ in range(3)]
    bidders.append(await market.bidder(PartyKind.SOCIAL_WORKER))
    for bidder, price in zip(bidders, (88_000_01, 95_000_00, 120_000_01, 82_000_99), strict=True):
        assert (await market.bid(bidder, price, "商业秘密方案")).status == 201
    return bidders


async def to_the_ranking(market: Market) -> list[Person]:
    """Opened, qualified, scored by three and ranked; the experts."""
    await market.close("opened")
    qualified = await market.qualify()
    points = {one["bidder_id"]: f"{40 - place}.25" for place, one in enumerate(qualified, start=1)}
    experts = [await market.system.person(PartyKind.EVALUATOR, Role.EVALUATOR) for _ in range(3)]
    for expert in experts:
        assert (await market.score(qualified, expert, points)).status == 201
    await market.must("scores/closing", {}, market.drafter)
    await market.reaches("ranked")
    return experts
