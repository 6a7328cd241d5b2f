"""成交(中标)公告: whom the buyer chose, for how much, after which ranking, and until when one may object."""

from collections.abc import Iterator

from schemas.capitals import in_capitals
from schemas.days import minute_of
from schemas.docx import Part, Table, Text
from schemas.paper import ITEMS_HEAD, Paper
from schemas.workbook import Cell
from services.tenders.rules.aftermath import Notice
from services.tenders.rules.papers.evaluation_report import ranking
from services.tenders.rules.papers.material import PARTIES_HEAD, Material

RULES = (
    *("tender.award_order", "deadline.result_notice_period", "deadline.objection", "deadline.objection_reply"),
    "deadline.contract",
)


def award_notice(material: Material) -> Paper:
    parts = (
        Text("成交(中标)公告 · Award notice", "Title"),
        *_award(material),
        *_parties(material),
        *ranking(material, "三"),
        *_experts(material),
        Text("五、规则 · Rules", "Heading1"),
        *material.rules(*RULES),
    )
    return Paper(kind="成交公告", about=material.project.brief.title, parts=parts, footer=material.footer)


def _award(material: Material) -> Iterator[Part]:
    project = material.project
    chosen = next(one for one in project.ranking if one.bid_id == project.award)
    yield Text("一、结果 · Result", "Heading1")
    rows: tuple[tuple[str, Cell], ...] = (
        ("项目名称 · Title", project.brief.title),
        ("项目编号 · Project", str(project.id)),
        ("最高限价 · Ceiling", project.agreed.ceiling),
        ("成交金额 · Price", chosen.price),
        ("成交金额(大写)· In capitals", in_capitals(chosen.price)),
        ("标书编号 · Bid", str(chosen.bid_id)),
        ("名次 · Rank", chosen.rank),
        ("总分 · Total", chosen.total),
        ("服务要求 · Requirements", project.agreed.terms.requirements),
        *_dates(project.aftermath.notice),
    )
    yield Table("award", ITEMS_HEAD, rows)


def _dates(notice: Notice | None) -> tuple[tuple[str, str], ...]:
    """None under an edition that knows of no notice."""
    if notice is None:
        return ()
    return (
        ("公告时间(北京时间)· Announced at", minute_of(notice.announced_at)),
        ("公告期末日 · Last day of the notice", notice.last_day.isoformat()),
        ("质疑截止(北京时间,不含)· Objections until", minute_of(notice.objections_until)),
        ("签约截止(北京时间,不含)· To be signed until", minute_of(notice.contract_due)),
    )


def _parties(material: Material) -> Iterator[Part]:
    project = material.project
    chosen = next(one for one in project.ranking if one.bid_id == project.award)
    yield Text("二、当事人 · Parties", "Heading1")
    rows = tuple(
        (role, *material.named(id), str(id))
        for role, id in (
            ("购买方 · Funder", project.brief.funder_id),
            ("成交供应商 · Provider", chosen.bidder_id),
            ("服务所在社区 · Community", project.brief.community_id),
        )
    )
    yield Table("parties", PARTIES_HEAD, rows)


def _experts(material: Material) -> Iterator[Part]:
    """By their ids: whoever acts as a natural person is named nowhere in public."""
    yield Text("四、评审专家 · Experts", "Heading1")
    rows = tuple((str(entry.evaluator_id),) for entry in material.project.entries)
    yield Table("experts", ("专家编号 · Expert",), rows)
