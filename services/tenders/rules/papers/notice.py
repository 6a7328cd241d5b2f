"""采购公告: what is bought, until when one may bid, how bids are compared and how it is paid."""

from collections.abc import Iterator

from schemas.capitals import in_capitals
from schemas.days import minute_of
from schemas.docx import Part, Table, Text
from schemas.paper import GATES, GROUNDS, ITEMS_HEAD, NOTHING, Paper, said
from schemas.tender import Terms
from services.tenders.rules.papers.material import PARTIES_HEAD, Material

RULES = ("tender.deadline", "tender.bids_least", "tender.qualified_least", "tender.ceiling", "tender.bidder_standing")


def notice(material: Material) -> Paper:
    """By the terms as they are now: what was amended is listed."""
    terms = material.project.agreed.terms
    parts = (
        Text("采购公告 · Tender notice", "Title"),
        *_project(material),
        *_criteria(terms),
        *_payment(terms),
        *_clauses(terms),
        *_amendments(material),
        Text("六、规则 · Rules", "Heading1"),
        *material.rules(*RULES),
    )
    return Paper(kind="采购公告", about=material.project.brief.title, parts=parts, footer=material.footer)


def _project(material: Material) -> Iterator[Part]:
    project = material.project
    brief, draft = project.brief, project.agreed
    yield Text("一、项目 · Project", "Heading1")
    rows = (
        ("项目名称 · Title", brief.title),
        ("项目编号 · Project", str(project.id)),
        ("类别 · Category", brief.category),
        ("区划 · Division", brief.division),
        ("服务人数 · Beneficiaries", brief.beneficiaries),
        ("最高限价 · Ceiling", draft.ceiling),
        ("最高限价(大写)· In capitals", in_capitals(draft.ceiling)),
        ("投标截止(北京时间,不含)· Bids until", _closes(material)),
        ("服务要求 · Requirements", draft.terms.requirements),
        ("规则集 · Rulebook", f"{material.rulebook.title} {material.rulebook.name}"),
    )
    yield Table("project", ITEMS_HEAD, rows)
    parties = (
        ("购买方 · Funder", *material.named(brief.funder_id), str(brief.funder_id)),
        ("服务所在社区 · Community", *material.named(brief.community_id), str(brief.community_id)),
    )
    yield Table("parties", PARTIES_HEAD, parties)
    yield from said(
        "请在截止时间前经投标接口或门户递交密封标书;开标前任何人都读不到标书内容。",
        "Hand in a sealed bid before the deadline, over the API or the portal; nobody can read it before the opening.",
    )


def _closes(material: Material) -> str:
    closes_at = material.project.closes_at
    assert closes_at is not None, f"project {material.project.id} has a notice and was never opened"
    return minute_of(closes_at)


def _criteria(terms: Terms) -> Iterator[Part]:
    yield Text("二、评分办法 · How bids are compared", "Heading1")
    rows = (
        ("price", "价格分 · price", terms.price_points),
        *((criterion.id, criterion.name, criterion.points) for criterion in terms.criteria),
    )
    yield Table("criteria", ("编号 · Id", "评分项 · Criterion", "满分 · Most points"), rows)


def _payment(terms: Terms) -> Iterator[Part]:
    yield Text("三、付款计划 · Payment", "Heading1")
    rows = tuple(
        (number, tranche.share_percent, ";".join(GATES[gate] for gate in tranche.gates), tranche.grade_at_least or "")
        for number, tranche in enumerate(terms.tranche_plan.tranches, start=1)
    )
    head = ("期次 · No.", "比例 % · Share", "支付条件 · Gates", "最低等级 · Least grade")
    yield Table("tranches", head, rows)
    if (payment := terms.clauses.payment) is not None:
        text = (
            f"支付条件成就后 {payment.days} 日内付款,逾期每日万分之 {payment.late_permyriad}。",
            f"Paid within {payment.days} days of the gate; each day late costs {payment.late_permyriad} per myriad.",
        )
        yield from said(*text)


def _clauses(terms: Terms) -> Iterator[Part]:
    yield Text("四、期限与其他条款 · Term and further clauses", "Heading1")
    if (term := terms.term) is not None:
        ends = NOTHING if term.ends_by is None else term.ends_by.isoformat()
        grounds = ";".join(GROUNDS[ground] for ground in term.grounds) or NOTHING
        head = ("履行期限(月)· Months", "最迟结束日 · Ends by", "超过一年的理由 · Why longer than a year")
        yield Table("term", head, ((term.months, ends, grounds),))
    clauses = terms.clauses
    if clauses.indicators:
        rows = tuple((one.id, one.name, one.planned, one.unit, one.points) for one in clauses.indicators)
        columns = ("编号 · Id", "指标 · Indicator", "计划 · Planned", "单位 · Unit", "分值 · Points")
        yield Table("indicators", columns, rows)
    if clauses.cost_limits:
        limits = tuple((one.head, one.name, one.most_percent) for one in clauses.cost_limits)
        yield Table("cost_limits", ("科目 · Head", "名称 · Name", "上限 % · Most"), limits)


def _amendments(material: Material) -> Iterator[Part]:
    yield Text("五、修改 · Amendments", "Heading1")
    rows = tuple(
        (one.number, one.reason, minute_of(one.amended_at), minute_of(one.closed_at_before), minute_of(one.closes_at))
        for one in material.project.amendments
    )
    if not rows:
        yield from said("没有修改。", "The documents were not amended.")
        return
    head = ("序号 · No.", "原因 · Reason", "时间 · At", "原截止 · Deadline before", "现截止 · Deadline now")
    yield Table("amendments", head, rows)
