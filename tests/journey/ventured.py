"""A venture round through the public doors: called, applied to, checked, scored, compared and solved."""

from deploy.demo.story import venturing
from deploy.demo.story.venturing import Applicant
from schemas.ids import ApplicationId, RoundId
from schemas.project import FundShare
from services.tenders.rules.rounds.round import RoundPhase
from tests.journey.town import Players, Town, yuan

WORKS = (
    ("独居老人助餐", "为高龄独居老人每周上门送餐五次,并查看身体状况。", "elderly", 60_000, 85),
    ("独居老人助餐服务", "为高龄独居老人每周上门送餐三次,并陪伴聊天、查看身体状况。", "elderly", 50_000, 80),
    ("儿童阅读角", "每周三晚陪伴外来务工家庭的孩子共读绘本。", "children", 40_000, 75),
)


async def applied(town: Town, of: Players, round_id: RoundId) -> dict[ApplicationId, Applicant]:
    found = {}
    for title, summary, theme, asked, quality in WORKS:
        one = Applicant(
            organization=await town.organization(),
            title=title,
            summary=summary,
            theme=theme,
            asked=yuan(asked),
            own_funds=yuan(asked),
            quality=quality,
        )
        found[await venturing.apply(town.api, round_id, one, of.community)] = one
    return found


async def solved(town: Town, of: Players) -> tuple[RoundId, dict[ApplicationId, Applicant]]:
    api, buyer = town.api, of.buyer
    budget, lottery = of.accounts
    shares = (FundShare(account_id=budget, amount=yuan(80_000)), FundShare(account_id=lottery, amount=yuan(40_000)))
    round_id = await venturing.call(api, buyer, shares, await town.now())
    await venturing.commit_draw(api, buyer, of.evaluators, round_id, len(of.evaluators))
    applicants = await applied(town, of, round_id)
    await town.days(venturing.CALL_DAYS)
    await venturing.shown(api, round_id, RoundPhase.CLOSED)
    await venturing.draw(api, buyer, round_id)
    await venturing.check(api, buyer, round_id, applicants)
    await venturing.score(api, buyer, of.evaluators, round_id, applicants)
    await town.clock.quiet()
    await venturing.decide_pairs(api, buyer, round_id, "服务的楼栋不同")
    await venturing.solve(api, buyer, round_id)
    return round_id, applicants
