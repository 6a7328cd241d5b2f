"""Chapters four and five: money is reserved before anything opens; sealed bids, scores, and the buyer's choice."""

from datetime import timedelta

from deploy.demo.client import Problem
from deploy.demo.stage import Stage
from deploy.demo.story import paying, tendering, whole
from deploy.demo.story.whole import Offer, Plan
from deploy.demo.street.people import ORGANIZATIONS, Street
from deploy.demo.street.wishes import ON_THE_BALLOT
from deploy.demo.telling import ENGLISH_SOURCES, Narrator
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
        )
    drafted = await tendering.draft(api, buyer.drafter, id, tuple(shares))
    path = f"/v1/projects/{id}"
    narrator.step(f"起草人起草采购条款,最高限价 {CEILING},三个来源", "One person drafted the terms over three sources", f"{path}/draft")
    try:
        await tendering.approve(api, buyer.drafter, drafted)
    except Problem as problem:
        narrator.refusal("起草人想自己批准", "The same person tried to approve them", problem)
    await tendering.approve(api, buyer.approver, drafted)
    await tendering.budgeted(api, id)
    narrator.step("批准人批准,资金服务随即预留最高限价", "Another person approved; funds set the ceiling aside", f"{path}/money")
    opened = await tendering.open_tender(api, buyer.drafter, id)
    narrator.step(
        f"街道发布采购公告(限额以下自行采购),投标期 {tendering.BID_DAYS} 天",
        f"The street office opened the tender for {tendering.BID_DAYS} days, under the procurement limit",
        path,
    )
    assert opened.closes_at is not None  # it is open
    providers = (*street.organizations, street.worker)
    names = (*(name for _, name in ORGANIZATIONS), "示例社工小林")
    return Plan(
        project_id=id,
        buyer=buyer,
        community=street.communities[0],
        evaluators=street.evaluators,
        shares=tuple(shares),
        offers=tuple(
            Offer(provider=provider, price=price, quality=quality, proposal=f"{name}的服务方案:每周送餐五次、探访一次。")
            for provider, price, quality, name in zip(providers, PRICES, QUALITIES, names, strict=True)
        ),
        beneficiaries=24,
        levels=(Level.VERY_SATISFIED, Level.SATISFIED, Level.SATISFIED, Level.BASICALLY_SATISFIED),
        scores=(76, 80),
    )


async def bids(stage: Stage, narrator: Narrator, plan: Plan) -> None:
    """Four sealed bids; one who comes late is refused; the timer opens them."""
    path = f"/v1/projects/{plan.project_id}"
    *early, late = plan.offers
    for offer, who, english in zip(
        early, ("社会组织", "社会组织", "社会组织"), ("An organization",) * 3, strict=True
    ):
        sealed = await tendering.bid(stage.api, offer.provider, plan.project_id, offer.price, offer.proposal)
        narrator.step(
            f"{who}递交密封标书,回执摘要 {sealed.digest[:16]}…",
            f"{english} handed in a sealed bid; its receipt is a digest",
            path,
        )
    _ = late
    await stage.clock.until(await stage.clock.now() + timedelta(days=tendering.BID_DAYS))
