"""项目协议书: the agreement as people sign and file it, from nothing but what is remembered of it.

The terms' digest is signed, and stands in the footer of every page. Chinese first; programs find the tables by caption.
"""

from collections.abc import Iterable, Iterator

from schemas.capitals import in_capitals, in_figures
from schemas.days import minute_of
from schemas.docx import Part, Table, Text, written
from schemas.ids import PartyId
from schemas.judging import Consequence
from schemas.money import sum_of
from schemas.paper import GATES, ITEMS_HEAD, NOTHING, quoted, said
from schemas.tranche import Tranche
from services.contracts.rules import annex as printed
from services.contracts.rules.annex import Annex
from services.contracts.rules.clauses_paper import clauses, instrument_rows, is_short, title_of
from services.contracts.rules.contract import Contract, endorsed_by
from services.contracts.rules.term_paper import agreed_term
from services.contracts.rules.witnessed import agreed_witnesses
from services.contracts.rules.wording import MILESTONES, PARTIES_HEAD, party_rows

VOICES = {
    "residents": "居民满意度 · residents",
    "funder": "购买方 · funder",
    "community": "社区 · community",
    "experts": "专家 · experts",
}
"""experts only where the edition has them"""
NOT_YET = "未签署 · not signed"


def agreement_paper(contract: Contract) -> bytes:
    """As it stands now: a draft (草案) until both parties have signed."""
    parts = [
        Text(title_of(contract), "Title"),
        _state(contract),
        *_parties(contract),
        *_subject(contract),
        *_price(contract),
        *clauses(contract),
        *_delivery(contract),
        *(() if is_short(contract) else _evaluation(contract.annex)),
        *_signatures(contract),
    ]
    footer = f"条款摘要 digest of the terms {contract.digest}"
    return written(f"{title_of(contract).split(' ')[0]} {contract.agreement.brief.title}", parts, footer)


def _state(contract: Contract) -> Text:
    if contract.signed:
        return Text("双方已签署 · Signed by both parties", "State")
    return Text("草案:双方尚未全部签署,不具效力 · DRAFT: not signed by both parties, without effect", "State")


def _parties(contract: Contract) -> Iterator[Part]:
    yield Text("一、当事人 · Parties", "Heading1")
    yield Table("parties", PARTIES_HEAD, party_rows(contract))


def _subject(contract: Contract) -> Iterator[Part]:
    terms = contract.agreement
    yield Text("二、项目与服务要求 · Project and requirements", "Heading1")
    rows = (
        ("项目名称 · Title", terms.brief.title),
        ("项目编号 · Project", str(contract.project_id)),
        ("协议编号 · Agreement", str(terms.contract_id)),
        ("服务地点(区划代码)· Place, division code", terms.brief.division),
        ("服务人数 · Beneficiaries", str(terms.brief.beneficiaries)),
        *instrument_rows(contract),
        ("服务要求 · Requirements", terms.requirements),
    )
    yield Table("project", ITEMS_HEAD, rows)


def _price(contract: Contract) -> Iterator[Part]:
    terms = contract.agreement
    yield Text("三、价款与付款 · Price and payment", "Heading1")
    figures = ("小写 · In figures", "大写 · In capitals")
    yield Table("price", figures, ((in_figures(terms.price), in_capitals(terms.price)),))
    total = sum_of(tranche.amount for tranche in terms.tranches)
    yield Table(
        "tranches",
        ("期次 · Tranche", *figures, "付款条件 · Gate"),
        (
            *((str(t.number), in_figures(t.amount), in_capitals(t.amount), gates_of(t)) for t in terms.tranches),
            ("合计 · Total", in_figures(total), in_capitals(total), ""),
        ),
    )
    payment = terms.clauses.payment
    if payment is not None:
        yield from said(
            f"付款条件全部成就之日起 {payment.days} 日(自然日)内付款;逾期的,每日按应付金额的万分之 "
            f"{payment.late_permyriad} 支付利息。",
            f"Payment within {payment.days} calendar days of the day on which every gate is open; each day late costs "
            f"{payment.late_permyriad}/10,000 of the amount due.",
        )


def gates_of(tranche: Tranche) -> str:
    """All of them have to be open."""
    names = [GATES[gate] for gate in tranche.gates]
    if tranche.grade_at_least is not None:
        names.append(f"等级不低于 · grade at least:{tranche.grade_at_least}")
    return ";".join(names)


def _delivery(contract: Contract) -> Iterator[Part]:
    yield Text("四、履约与验收 · Delivery and acceptance", "Heading1")
    yield from agreed_term(contract)
    confirms = () if contract.by_community else ("社区确认 · community confirms",)
    step = ("乙方提交 · provider submits", *confirms, "甲方验收 · funder accepts")
    rows = tuple((MILESTONES[milestone], *step) for milestone in contract.milestones)
    yield Table("milestones", ("节点 · Milestone", "一 · First", *("二 · Then", "三 · Then")[: len(step) - 1]), rows)
    rule = None if contract.annex is None else contract.annex.acceptance_days
    if rule is not None:
        zh, en = ("提交", "submission") if contract.by_community else ("确认", "confirmation")
        yield from said(
            f"社区{zh}后 {rule.value} 日(自然日)内,甲方既未验收也未退回的,视为验收。退回的,重新{zh}后重新起算。",
            f"What the funder neither accepts nor returns within {rule.value} calendar days of the community's "
            f"{en} counts as accepted; after a return the days run anew from the next {en}.",
        )
        yield quoted(rule.source)
    yield from agreed_witnesses(contract)
    yield from _mid_term(contract.annex)
    yield from _unjudged(contract)
    if is_short(contract):
        yield from said(
            "居民评价和等级照常进行并公开,不影响本协议的付款。",
            "Residents rate the work and its grade is published; no payment of this agreement depends on it.",
        )


def _mid_term(annex: Annex | None) -> Iterator[Part]:
    """What a failed one does, under an edition that says so."""
    failed = None if annex is None else annex.rules.get(printed.MID_TERM_FAILED)
    if annex is None or failed is None:
        return
    line = annex.rules[printed.MID_TERM_PASS_FROM]
    ends = failed.value == Consequence.ENDS
    zh = "本协议终止,未拨付的款项退回资金来源" if ends else "停止拨付,直至再次评估合格"
    en = "ends this agreement, and what was not released returns" if ends else "stops all release until it passes"
    yield from said(
        f"中期评估 {line.value} 分及以上为合格;不合格的,{zh}。",
        f"The mid-term passes from {line.value} points on; one that fails {en}.",
    )
    yield from (quoted(line.source), quoted(failed.source))


def _unjudged(contract: Contract) -> Iterator[Part]:
    """What silence does, under an edition that says so; also where only a later change makes money wait for it."""
    days = contract.rule(printed.JUDGE_DAYS)
    if days is None:
        return
    yield from said(
        f"付款以中期评估合格为条件的,中期成果验收后 {days.value} 个工作日内甲方未作评估,视为合格;协议中止期间顺延。",
        f"Where a payment waits for the mid-term to pass, what Party A does not judge within {days.value} working days "
        "of the acceptance counts as passed; while the agreement stands still no day counts.",
    )
    yield quoted(days.source)


def _evaluation(annex: Annex | None) -> Iterator[Part]:
    yield Text("五、评价与等级 · Evaluation and grade", "Heading1")
    if annex is None:
        yield from said("按规则集的评价方案执行。", "By the evaluation scheme of the rulebook.")
        return
    weights, bands = annex.rules[printed.WEIGHTS], annex.rules[printed.BANDS]
    factors, unrated = annex.rules.get(printed.FACTORS), annex.rules[printed.UNRATED]
    yield Table(
        "weights",
        ("评价方 · Voice", "权重 · Weight"),
        tuple((words, str(weights.value[voice])) for voice, words in VOICES.items() if voice in weights.value),
    )
    yield quoted(weights.source)
    yield from _experts(annex)
    yield Table(
        "bands",
        ("等级 · Grade", "得分不低于 · Score from", "末期款系数 · Factor of the last tranche"),
        tuple(
            (band["grade"], str(band["from"]), f"{100 if factors is None else factors.value[band['grade']]}%")
            for band in bands.value
        ),
    )
    yield from (quoted(rule.source) for rule in (bands, factors) if rule is not None)
    yield from said(
        f"延期后仍无任何评分的,记 {unrated.value['score']} 分、{unrated.value['grade']}。",
        f"If nobody has rated after an extension: {unrated.value['score']} points, {unrated.value['grade']}.",
    )
    yield from (quoted(unrated.source), quoted(annex.rules[printed.DECIMALS].source))
    yield from _taken_off(annex)


def _experts(annex: Annex) -> Iterator[Part]:
    """How experts score, under an edition that has them."""
    scale = annex.rules.get(printed.EXPERT_SCALE)
    if scale is None:
        return
    steps = sorted(scale.value, key=lambda step: int(step["from"].removesuffix("%")), reverse=True)
    zh = "、".join(f"达到 {step['from']} 得 {step['share']}" for step in steps)
    en = ", ".join(f"{step['share']} from {step['from']} on" for step in steps)
    yield from said(
        f"专家按指标的实际完成值 ÷ 指标值计分:{zh},其余不得分。未评价的一方,其权重由其余各方按比例分摊。",
        f"Experts score an indicator by actual ÷ planned: {en} of its points, else none. The weight of a voice that is "
        "not heard is shared by the others in proportion.",
    )
    yield quoted(scale.source)


def _taken_off(annex: Annex) -> Iterator[Part]:
    """What else moves the score, under an edition that has it."""
    points = annex.rules.get(printed.OVERDUE_POINTS)
    if points is not None:
        yield from said(
            f"整改逾期未答复的,每项从得分中扣 {points.value} 分。",
            f"Each follow-up that is not answered in time takes {points.value} points off the score.",
        )
        yield from (quoted(annex.rules[printed.FOLLOW_UPS].source), quoted(points.source))
    apart = annex.rules.get(printed.SET_APART)
    if apart is not None:
        yield from said(
            "异常集中、雷同的评价另列,不计入得分;两种得分均予列示。",
            "Ratings that came too fast and too much alike stand apart and do not count; both scores are shown.",
        )
        yield quoted(apart.source)
    yield from _objections(annex)


def _objections(annex: Annex) -> Iterator[Part]:
    """The provider's word before the grade moves money, under an edition that has it."""
    reply, again = annex.rules.get(printed.REPLY_DAYS), annex.rules.get(printed.REEVALUATION)
    if reply is None or again is None:
        return
    decide, window = again.value["decide_working_days"], again.value["window_days"]
    yield from said(
        f"预评等级公布后 {reply.value} 个工作日内,乙方可以接受、答复,或申请一次重新评价;期满未申请的,等级生效。"
        f"甲方由评分人以外的另一人在 {decide} 个工作日内决定,逾期未决定视为同意;"
        f"同意的,评价期重开 {window} 日(自然日)。",
        f"Within {reply.value} working days of the announced grade Party B may accept it, reply, or ask once to be "
        f"evaluated again; otherwise it becomes final. Another person of Party A than the one who rated decides within "
        f"{decide} working days, and a request undecided by then is granted; the window then opens once more for "
        f"{window} calendar days.",
    )
    yield from (quoted(reply.source), quoted(again.source))


def _signatures(contract: Contract) -> Iterable[Part]:
    terms = contract.agreement
    number = "五" if is_short(contract) else "六"
    yield Text(f"{number}、规则集与签署 · Rulebook and signatures", "Heading1")
    yield Table(
        "digests",
        ITEMS_HEAD,
        (
            ("规则集 · Rulebook", contract.annex.rulebook if contract.annex else NOTHING),
            ("规则集摘要 · Digest of the rulebook", terms.rulebook),
            ("条款摘要 · Digest of the terms", contract.digest),
        ),
    )
    yield from said(
        "双方签署的是条款摘要,即协议条款规范 JSON(RFC 8785)的 SHA-256;条款改动一分钱,摘要即不同,原签署不再相符。",
        "What both parties sign is the digest of the terms: SHA-256 of their canonical JSON (RFC 8785). "
        "One fen changed is another digest, which no signature matches.",
    )
    yield Table(
        "signatures",
        ("签署方 · Party", "签署人编号 · Signed by", "签署时间(北京时间)· At"),
        (
            ("甲方 · Party A", *_signed_by(contract, contract.funder_id)),
            ("乙方 · Party B", *_signed_by(contract, contract.provider_id)),
        ),
    )


def _signed_by(contract: Contract, party_id: PartyId) -> tuple[str, str]:
    """The person, by id, and when."""
    person = next((e.signed_by for e in contract.endorsements if e.party_id == party_id), None)
    if person is None:
        return NOT_YET, ""
    at = contract.dates.get(endorsed_by(party_id))
    return str(person), minute_of(at) if at else NOTHING
