"""开标记录: what was handed in by the deadline, by whom and for how much, or that nothing was opened and why."""

from collections.abc import Iterator

from schemas.capitals import in_capitals
from schemas.days import minute_of
from schemas.docx import Part, Table, Text
from schemas.money import Money
from schemas.paper import ITEMS_HEAD, NOTHING, Paper, said
from services.tenders.rules.papers.material import Material
from services.tenders.rules.project import Bid

CONFIRMED = {None: "待确认 · not answered", True: "已确认 · confirmed", False: "不确认 · not confirmed"}
RULES = ("tender.deadline", "tender.bids_least", "tender.ceiling", "tender.price_correction")


def opening_record(material: Material) -> Paper:
    """Proposals are no part of it: they are business secrets of the bidders (政府采购法 第十一条)."""
    parts = (
        Text("开标记录 · Record of the opening", "Title"),
        *_state(material),
        *_project(material),
        *_bids(material),
        *_corrections(material),
        Text("三、规则 · Rules", "Heading1"),
        *material.rules(*RULES),
    )
    return Paper(kind="开标记录", about=material.project.brief.title, parts=parts, footer=material.footer)


def _state(material: Material) -> Iterator[Part]:
    if material.opened:
        yield Text("标书已开启 · Bids were opened", "State")
    else:
        yield Text(f"未开启:{material.setback} · Nothing was opened", "State")


def _project(material: Material) -> Iterator[Part]:
    project = material.project
    closes_at = project.closes_at
    yield Text("一、项目 · Project", "Heading1")
    rows = (
        ("项目名称 · Title", project.brief.title),
        ("项目编号 · Project", str(project.id)),
        ("购买方 · Funder", material.named(project.brief.funder_id)[0]),
        ("最高限价 · Ceiling", project.agreed.ceiling),
        ("投标截止(北京时间)· Deadline", NOTHING if closes_at is None else minute_of(closes_at)),
        ("截止时的标书数 · Bids at the deadline", NOTHING if project.bids is None else project.bids),
    )
    yield Table("project", ITEMS_HEAD, rows)


def _bids(material: Material) -> Iterator[Part]:
    yield Text("二、报价 · Prices", "Heading1")
    rows = tuple(
        (
            str(bid.id),
            *material.named(bid.bidder_id),
            str(bid.bidder_id),
            stated(bid),
            in_capitals(stated(bid)),
            bid.digest,
        )
        for bid in material.opened
    )
    head = (
        *("标书编号 · Bid", "投标人 · Bidder", "统一社会信用代码 · Credit code", "投标人编号 · Bidder id"),
        *("报价 · Price", "大写 · In capitals", "密封时的摘要 · Digest as sealed"),
    )
    yield Table("bids", head, rows)
    yield from said(
        "摘要是密封时公布的标书内容(含随机数)的 SHA-256,与开启的内容一致,任何人可以核对。",
        "The digest is the SHA-256 of what was sealed, with its salt, told when it was handed in; what was opened is "
        "proven equal to it.",
    )


def stated(bid: Bid) -> Money:
    """As the opening list read, before anything was corrected."""
    return bid.correction.stated if bid.correction else bid.opened.price


def _corrections(material: Material) -> Iterator[Part]:
    rows = tuple(
        (str(bid.id), str(step.before), str(step.after), step.arithmetic, CONFIRMED[bid.correction.confirmed])
        for bid in material.opened
        if bid.correction is not None
        for step in bid.correction.steps
    )
    if rows:
        head = ("标书编号 · Bid", "修正前 · Before", "修正后 · After", "依据 · How", "投标人确认 · Confirmed")
        yield Table("corrections", head, rows)
