"""评审报告: who was qualified and why, what each expert gave, and the ranking with its arithmetic."""

from collections.abc import Iterator

from schemas.docx import Part, Table, Text
from schemas.ids import PartyId
from schemas.paper import ITEMS_HEAD, NOTHING, Paper
from services.tenders.rules.papers.material import YES_NO, Material

RULES = ("tender.qualified_least", "tender.evaluators_least", "tender.award_order", "ranking.qualified_least")


def evaluation_report(material: Material) -> Paper:
    """For the buyer, the experts who scored and auditors: it tells what each expert gave."""
    parts = (
        Text("评审报告 · Evaluation report", "Title"),
        *_project(material),
        *_qualification(material),
        *_scores(material),
        *ranking(material),
        Text("五、规则 · Rules", "Heading1"),
        *material.rules(*RULES),
    )
    return Paper(kind="评审报告", about=material.project.brief.title, parts=parts, footer=material.footer)


def _project(material: Material) -> Iterator[Part]:
    project = material.project
    yield Text("一、项目 · Project", "Heading1")
    rows = (
        ("项目名称 · Title", project.brief.title),
        ("项目编号 · Project", str(project.id)),
        ("最高限价 · Ceiling", project.agreed.ceiling),
        ("评审专家人数 · Experts", len(project.entries)),
    )
    yield Table("project", ITEMS_HEAD, rows)


def _qualification(material: Material) -> Iterator[Part]:
    yield Text("二、资格审查 · Qualification", "Heading1")
    rows = tuple(
        (
            str(bid.id),
            material.named(bid.bidder_id)[0],
            str(bid.bidder_id),
            NOTHING if bid.verdict is None else YES_NO[bid.verdict.qualified],
            NOTHING if bid.verdict is None else bid.verdict.reason,
        )
        for bid in material.opened
    )
    head = ("标书编号 · Bid", "投标人 · Bidder", "投标人编号 · Bidder id", "合格 · Qualified", "理由 · Reason")
    yield Table("qualification", head, rows)
    yield Text(f"签字人编号 Signed by:{_person(material.project.signed_by)}")


def _scores(material: Material) -> Iterator[Part]:
    """One row for each expert, bid and criterion."""
    yield Text("三、专家评分 · Scores", "Heading1")
    criteria = material.project.agreed.terms.criteria
    rows = tuple(
        (
            str(entry.evaluator_id),
            str(score.bid_id),
            material.named(material.bidder_of(score.bid_id))[0],
            criterion.name,
            criterion.points,
            score.points[criterion.id],
        )
        for entry in material.project.entries
        for score in entry.scores
        for criterion in criteria
    )
    head = (
        *("专家编号 · Expert", "标书编号 · Bid", "投标人 · Bidder"),
        *("评分项 · Criterion", "满分 · Most", "得分 · Points"),
    )
    yield Table("scores", head, rows)


def ranking(material: Material, number: str = "四") -> Iterator[Part]:
    yield Text(f"{number}、排名 · Ranking", "Heading1")
    rows = tuple(
        (
            one.rank,
            material.named(one.bidder_id)[0],
            str(one.bid_id),
            one.price,
            one.price_points,
            one.quality_points,
            one.total,
            one.arithmetic,
        )
        for one in material.project.ranking
    )
    head = (
        *("名次 · Rank", "投标人 · Bidder", "标书编号 · Bid", "报价 · Price", "价格分 · Price points"),
        *("质量分 · Quality points", "总分 · Total", "算式 · Arithmetic"),
    )
    yield Table("ranking", head, rows)


def _person(id: PartyId | None) -> str:
    return NOTHING if id is None else str(id)
