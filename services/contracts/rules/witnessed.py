"""What others saw of a delivery, for its acceptance report: visits, the people served, the supervision committee."""

from collections.abc import Iterator

from schemas.contract import Milestone
from schemas.days import minute_of
from schemas.delivery import OpinionKind
from schemas.docx import Part, Table, Text
from schemas.paper import ITEMS_HEAD, NOTHING, quoted, said
from schemas.role import Role
from services.contracts.rules.annex import DAYS_AFTER_ANSWER, OPINION_DAYS, USERS_CONSULTED
from services.contracts.rules.consultation import PURCHASES, missing
from services.contracts.rules.contract import Contract
from services.contracts.rules.opinion import SUPERVISION, Opinion
from services.contracts.rules.visit import VisitTotals
from services.contracts.rules.wording import MILESTONES

KINDS = {
    OpinionKind.PRAISE: "肯定 · praise",
    OpinionKind.CONCERN: "关注 · concern",
    OpinionKind.OBJECTION: "反对 · objection",
}
ADDRESSEES = {
    Role.PROVIDER: "乙方(承接主体)· provider",
    Role.COMMUNITY: "社区 · community",
    Role.FUNDER: "甲方(购买主体)· funder",
}


def witnessed(contract: Contract, milestone: Milestone) -> Iterator[Part]:
    yield from _visits(contract.visits.get(milestone, VisitTotals()))
    yield from _users(contract, milestone)
    yield from _opinions(contract)


def agreed_witnesses(contract: Contract) -> Iterator[Part]:
    """What the agreement says of them, under an edition that has it."""
    days, more = contract.rule(OPINION_DAYS), contract.rule(DAYS_AFTER_ANSWER)
    if days is not None and more is not None:
        yield from said(
            f"居务监督委员会对节点的关注或反对意见,被致送方在 {days.value} 个工作日内答复;答复之前甲方不验收,"
            f"也不视为验收(甲方或社区逾期不答复的,期满后仍视为验收)。答复后甲方至少有 {more.value} 日(自然日)。",
            f"What the supervision committee is concerned about or objects to is answered within {days.value} working "
            "days; until then the funder does not accept the milestone, nor does it count as accepted (where funder or "
            f"community let that time pass, it does). After the answer the funder has {more.value} calendar days.",
        )
        yield from (quoted(days.source), quoted(more.source))
    consulted = contract.rule(USERS_CONSULTED)
    if consulted is not None and contract.agreement.instrument in PURCHASES:
        yield from said(
            "末期验收由社区邀请服务对象参与,其意见载入验收书。",
            "The community invites the people served to the final acceptance; what they say stands in its report.",
        )
        yield quoted(consulted.source)


def hours_of(minutes: int) -> str:
    """`12:05`: hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _visits(totals: VisitTotals) -> Iterator[Part]:
    yield Text("四、走访 · Visits", "Heading1")
    rows = (
        ("走访次数 · Visits", str(totals.visits)),
        ("服务时长(时:分)· Hours and minutes", hours_of(totals.minutes)),
        ("服务对象(凭证数)· People served, by token", str(totals.tokens)),
        ("服务人员 · Workers", str(totals.workers)),
    )
    yield Table("visits", ITEMS_HEAD, rows)


def _users(contract: Contract, milestone: Milestone) -> Iterator[Part]:
    yield Text("五、服务对象参与 · The people served", "Heading1")
    found = contract.consultations.get(milestone)
    if found is None:
        yield from said(
            "没有邀请服务对象参与本次验收的记录。",
            "There is no record that the people served were invited to this acceptance.",
        )
        asked = missing(contract, milestone)
        if asked is not None:
            yield quoted(asked.source)
        return
    rows = (
        ("邀请方式 · How they were invited", found.invitation),
        ("邀请人数 · Invited", str(found.invited)),
        ("发表意见人数 · Said something", str(found.commented)),
        ("社区经办人编号 · Recorded by", str(found.recorded_by)),
    )
    yield Table("consultation", ITEMS_HEAD, rows)
    comments = tuple((str(number), words) for number, words in enumerate(found.comments, start=1))
    yield Table("comments", ("序号 · No.", "意见(经社区整理)· Comment, edited by the community"), comments)


def _opinions(contract: Contract) -> Iterator[Part]:
    """All of the project so far: what concerns the money concerns every milestone."""
    yield Text("六、居务监督委员会意见 · The supervision committee's opinions", "Heading1")
    if not contract.opinions:
        yield from said("监督委员会没有提出意见。", "The committee gave no opinion.")
        return
    head = (
        *("事项 · About", "性质 · Kind", "意见 · Opinion", "提出时间 · Given at"),
        *("答复方 · Addressed to", "答复 · Answer", "答复时间 · Answered at"),
    )
    yield Table("opinions", head, tuple(_row(opinion) for opinion in contract.opinions))
    yield quoted(SUPERVISION)


def _row(opinion: Opinion) -> tuple[str, ...]:
    about = "资金使用 · use of the money" if opinion.milestone is None else MILESTONES[opinion.milestone]
    unanswered = "尚未答复 · not answered" if opinion.owed else NOTHING
    return (
        about,
        KINDS[opinion.kind],
        opinion.text,
        minute_of(opinion.filed_at),
        ADDRESSEES[opinion.addressed_to],
        opinion.answer or unanswered,
        NOTHING if opinion.answered_at is None else minute_of(opinion.answered_at),
    )
