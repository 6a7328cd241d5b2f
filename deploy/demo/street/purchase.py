"""Chapters four and five: money is reserved before anything opens; sealed bids, scores, and the buyer's choice."""

from datetime import timedelta

from deploy.demo.client import Person, Problem
from deploy.demo.stage import Stage
from deploy.demo.story import paying, tendering, whole
from deploy.demo.story.whole import Offer, Plan
from deploy.demo.street.people import Street
from deploy.demo.street.wishes import ON_THE_BALLOT
from deploy.demo.telling import ENGLISH_SOURCES, Narrator
from schemas.envelope import new_key
from schemas.fund import SourceType
from schemas.money import Money
from schemas.project import FundShare
from services.evaluation.rules import Level
from services.funds.rules.payment import SOURCE_NAMES
from services.tenders.api.answers import ProjectAnswer

CEILING = Money(96_000_00)
SOURCES = (
    (SourceType.BUDGET, "示例指标 2082001", Money(200_000_00), None, Money(56_000_00)),
    (SourceType.LOTTERY, "示例指标 2296002", Money(60_000_00), ON_THE_BALLOT[0].category, Money(30_000_00)),
    (SourceType.DONATION, "示例慈善捐赠协议", Money(20_000_00), None, Money(10_000_00)),
)
"""source, line, what arrives, its purpose when it is restricted, and its share of the ceiling"""
PRICES = (Money(90_400_00), Money(93_800_00), Money(95_000_00), Money(88_600_00))
QUALITIES = (91, 84, 78, 80)
"""of the three organizations and the social worker"""
SEALS_ITSELF = 1
"""the place of the organization that keeps the key of its bid"""


async def budget(stage: Stage, street: Street, narrator: Narrator, project: ProjectAnswer) -> Plan:
    """Two persons decide on the terms; funds sets the ceiling aside; the tender opens."""
    api, buyer, id = stage.api, street.buyer, project.project_id
    shares = []
    for source, line, amount, purpose, share in SOURCES:
        account = await paying.appropriate(api, buyer.finance, source, line, amount, restricted_to=purpose)
        shares.append(FundShare(account_id=account, amount=share))
        only = ",限用于健康养老" if purpose else ""
        narrator.step(
            f"街道财务人员登记{SOURCE_NAMES[source]} {amount} 到账{only}",
            f"Finance entered money of the {ENGLISH_SOURCES[source]}" + (" for the elderly only" if purpose else ""),
            f"/v1/funds/{account}",
            closed=True,
        )
    drafted = await tendering.draft(api, buyer.drafter, id, tuple(shares))
    path = f"/v1/projects/{id}"
    narrator.step(
        f"起草人起草采购条款,最高限价 {CEILING},三个来源",
        "One person drafted the terms over three sources",
        f"{path}/draft",
        closed=True,
    )
    try:
        await tendering.approve(api, buyer.drafter, drafted)
    except Problem as problem:
        narrator.refusal("起草人想自己批准", "The same person tried to approve them", problem)
    await tendering.approve(api, buyer.approver, drafted)
    await tendering.budgeted(api, id)
    narrator.step(
        "批准人批准,资金服务随即预留最高限价",
        "Another person approved; funds set the ceiling aside",
        f"{path}/money",
        closed=True,
    )
    await tendering.open_tender(api, buyer.drafter, id)
    narrator.step(
        f"街道发布采购公告(限额以下自行采购),投标期 {tendering.BID_DAYS} 天",
        f"The street office opened the tender for {tendering.BID_DAYS} days, under the procurement limit",
        path,
    )
    return _plan(street, project, tuple(shares))


def _plan(street: Street, project: ProjectAnswer, shares: tuple[FundShare, ...]) -> Plan:
    providers = (*street.organizations, street.worker)
    return Plan(
        project_id=project.project_id,
        buyer=street.buyer,
        community=street.communities[0],
        evaluators=street.evaluators,
        shares=shares,
        offers=tuple(
            Offer(
                provider=provider,
                price=price,
                quality=quality,
                proposal="每周送餐五次、探访一次(示例方案)",
                own_key=new_key() if place == SEALS_ITSELF else None,
            )
            for place, (provider, price, quality) in enumerate(zip(providers, PRICES, QUALITIES, strict=True))
        ),
        beneficiaries=24,
        levels=(Level.VERY_SATISFIED, Level.SATISFIED, Level.SATISFIED, Level.BASICALLY_SATISFIED),
        scores=(76, 80),
    )


async def bids(stage: Stage, narrator: Narrator, plan: Plan) -> None:
    """Three organizations and a certified social worker bid; after the deadline nobody can."""
    path = f"/v1/projects/{plan.project_id}"
    for offer in plan.offers:
        sealed = await whole.bid(stage.api, plan.project_id, offer)
        alone = offer is plan.offers[-1]
        own = (",密钥留在本方", "; its key stayed at home") if offer.own_key is not None else ("", "")
        narrator.step(
            f"{'持证社工以个人名义' if alone else '社会组织'}递交密封标书,回执是摘要 {sealed.digest[:16]}…{own[0]}",
            f"{'A certified social worker' if alone else 'An organization'} handed in a sealed bid, read by nobody yet"
            f"{own[1]}",
            path,
        )
    await stage.clock.until(await stage.clock.now() + timedelta(days=tendering.BID_DAYS))
    await whole.release(stage.api, plan)
    narrator.step(
        "截止后,自己保管密钥的投标人公布密钥;最后一把到齐,全部标书一起打开",
        "After the deadline the bidder with a key of its own released it; the last key opens all bids at once",
        f"{path}/sealing",
    )
    project = await tendering.opened(stage.api, plan.project_id)
    narrator.step(
        f"开标:{project.bids} 份标书解密,在此之前任何人都读不到",
        f"{project.bids} bids were opened; until then nobody could read them",
        path,
    )
    try:
        late = plan.offers[0]
        await tendering.bid(stage.api, late.provider, plan.project_id, Money(80_000_00), "迟到的标书")
    except Problem as problem:
        narrator.refusal("有人开标后才来投标", "Somebody came with a bid after the deadline", problem)


async def award(stage: Stage, narrator: Narrator, plan: Plan) -> Person:
    """A person signs who is qualified, three evaluators score, matching ranks, the buyer chooses."""
    api, id, buyer = stage.api, plan.project_id, plan.buyer
    path = f"/v1/projects/{id}"
    await tendering.qualify(api, buyer.drafter, id)
    narrator.step(
        "街道经办人逐份审查资格并签字",
        "A person of the buyer checked every bidder and signed",
        f"{path}/bidders",
        closed=True,
    )
    project = await tendering.opened(api, id)
    offers = {offer.provider.party_id: offer for offer in plan.offers}
    for place, evaluator in enumerate(plan.evaluators):
        marks = {b.bid_id: whole.marks(plan.terms, offers[b.bidder_id].quality - place) for b in project.opened}
        await tendering.score(api, evaluator, id, marks)
    narrator.step("三位专家各自评分,都与投标人无利害关系", "Three evaluators without a tie to any bidder scored", path)
    await tendering.close_scoring(api, buyer.drafter, id)
    first = (await tendering.ranked(api, id)).ranking[0]
    narrator.step(
        f"匹配服务按综合评分法排名并建议第一名:{first.arithmetic}",
        f"Matching ranked by the comprehensive scoring method and proposed the first, with {first.total} points",
        f"{path}/ranking",
    )
    await tendering.confirm_award(api, buyer.approver, id, first.bid_id)
    narrator.step(f"街道确定成交,价款 {first.price}", "The street office chose: people decide, matching advises", path)
    await tendering.announce_award(api, buyer.drafter, id)
    narrator.step(
        "发出成交通知书并公告结果,质疑和签约的期限从此起算",
        "The result was announced: the days to object and to sign begin",
        f"{path}/award",
    )
    return offers[first.bidder_id].provider
