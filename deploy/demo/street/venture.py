"""Chapter nine: a venture round of the same street, from its call to a signed agreement."""

from datetime import timedelta
from decimal import Decimal

from deploy.demo.stage import Stage
from deploy.demo.story import delivering, paying, venturing
from deploy.demo.story.venturing import Applicant
from deploy.demo.street.people import Street
from deploy.demo.telling import Narrator, cny
from schemas.fund import SourceType
from schemas.ids import ApplicationId, RoundId
from schemas.money import Money
from schemas.project import FundShare
from services.tenders.api.round_answers import RoundAnswer
from services.tenders.rules.rounds.round import RoundPhase

BUDGET = Money(100_000_00)
EXPERTS = 3
WORKS = (
    ("独居老人防诈骗讲堂", "邀请民警走进小区,用真实案例讲解保健品推销和电话诈骗套路。", "elderly", 60_000_00, 88),
    ("流动家庭亲子阅读", "每周三晚在图书角陪伴外来务工家庭共读绘本,并借书回家。", "children", 50_000_00, 84),
    ("社区花园共建", "把闲置绿地改造成居民自己设计、种植和维护的花圃。", "civic", 45_000_00, 80),
)
"""title, summary, theme, asked (fen), and how good it will be found"""


async def round(stage: Stage, street: Street, narrator: Narrator) -> None:
    round_id = await _call(stage, street, narrator)
    applicants = await _apply(stage, street, narrator, round_id)
    await _judge(stage, street, narrator, round_id, applicants)
    confirmed = await _choose(stage, street, narrator, round_id)
    await _sign(stage, street, narrator, confirmed, applicants)


async def _call(stage: Stage, street: Street, narrator: Narrator) -> RoundId:
    api, buyer = stage.api, street.buyer
    account = await paying.appropriate(api, buyer.finance, SourceType.LOTTERY, "示例指标 2296002 公益创投", BUDGET)
    shares = (FundShare(account_id=account, amount=BUDGET),)
    round_id = await venturing.call(api, buyer, shares, await stage.clock.now())
    await venturing.commit_draw(api, buyer, street.evaluators, round_id, EXPERTS)
    narrator.step(
        f"街道发布公益创投征集公告,福彩公益金 {BUDGET},起草与批准为不同的人",
        f"The street called a venture round with {cny(BUDGET)} of the welfare lottery; two persons stand behind it",
        f"/v1/rounds/{round_id}",
    )
    return round_id


async def _apply(stage: Stage, street: Street, narrator: Narrator, round_id: RoundId) -> dict[ApplicationId, Applicant]:
    applicants = {}
    for organization, community, (title, summary, theme, asked, quality) in zip(
        street.organizations, street.communities, WORKS, strict=False
    ):
        one = Applicant(
            organization=organization,
            title=title,
            summary=summary,
            theme=theme,
            asked=Money(asked),
            own_funds=Money(asked),
            quality=quality,
        )
        applicants[await venturing.apply(stage.api, round_id, one, community)] = one
    await stage.clock.until(await stage.clock.now() + timedelta(days=venturing.CALL_DAYS))
    await venturing.shown(stage.api, round_id, RoundPhase.CLOSED)
    narrator.step(
        f"{len(applicants)} 家社会组织申报;截止前谁也看不到有谁申报",
        f"{len(applicants)} organizations applied; before the deadline nobody saw who",
        f"/v1/rounds/{round_id}/applications",
    )
    return applicants


async def _judge(
    stage: Stage,
    street: Street,
    narrator: Narrator,
    round_id: RoundId,
    applicants: dict[ApplicationId, Applicant],
) -> None:
    api, buyer = stage.api, street.buyer
    drawn = await venturing.draw(api, buyer, round_id)
    await venturing.check(api, buyer, round_id, applicants)
    await venturing.score(api, buyer, street.evaluators, round_id, applicants)
    await stage.clock.quiet()
    pairs = await venturing.decide_pairs(api, buyer, round_id, "服务对象与内容不同(示例)")
    narrator.step(
        f"按事先公布的承诺值抽出 {drawn.drawn} 名专家,初审、专家与大众评审打分;比对出 {len(pairs.pairs)} 对相似申报",
        f"{drawn.drawn} experts were drawn by the published commitment; checked, scored by them and a public jury; "
        f"{len(pairs.pairs)} similar pairs were found",
        f"/v1/rounds/{round_id}/pairs",
        closed=True,
    )


async def _choose(stage: Stage, street: Street, narrator: Narrator, round_id: RoundId) -> RoundAnswer:
    api, buyer = stage.api, street.buyer
    certificate = (await venturing.solve(api, buyer, round_id)).certificate
    points, gap = (Decimal(hundredths).scaleb(-2) for hundredths in (certificate.objective, certificate.gap))
    narrator.step(
        f"整轮择优:总分 {points},与上界差距 {gap},最优性有证书;未入选的各有最近替代方案",
        f"The best choice: {points} points, {gap} below the bound, with a certificate and a why-not for the rest",
        f"/v1/rounds/{round_id}/solution",
    )
    await venturing.publicise(api, buyer, round_id)
    await stage.clock.until(await stage.clock.now() + timedelta(days=venturing.NOTICE_DAYS))
    confirmed = await venturing.confirm(api, buyer, round_id)
    narrator.step(
        f"公示期满,另一人确认资助 {len(confirmed.chosen)} 项,每项成为一个项目",
        f"After the notice another person confirmed {len(confirmed.chosen)} grants; each is a project now",
        f"/v1/rounds/{round_id}",
    )
    return confirmed


async def _sign(
    stage: Stage,
    street: Street,
    narrator: Narrator,
    confirmed: RoundAnswer,
    applicants: dict[ApplicationId, Applicant],
) -> None:
    for one in confirmed.chosen:
        work = applicants[one.choice.application_id]
        await delivering.endorse(stage.api, street.buyer.approver, one.project_id)
        await delivering.endorse(stage.api, work.organization, one.project_id)
        narrator.step(
            f"《{work.title}》签约,资助 {one.choice.amount}",
            f"The agreement on a grant of {cny(one.choice.amount)} was signed",
            f"/v1/projects/{one.project_id}/contract",
        )
