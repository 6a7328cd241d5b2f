"""Chapters six to eight: the agreement, two milestones, three payments, ratings, the grade, the end."""

from collections.abc import Sequence
from datetime import timedelta

from deploy.demo.client import Person
from deploy.demo.stage import Stage
from deploy.demo.story import delivering, paying, rating, whole
from deploy.demo.story.whole import Plan
from deploy.demo.telling import Narrator, cny
from schemas.contract import Milestone

HALF_DAYS = 60
"""from signing to the mid-term, and from there to the end"""


async def sign(stage: Stage, narrator: Narrator, plan: Plan, winner: Person) -> None:
    """Both sign the digest of the same terms; the reservation shrinks to the price."""
    path = f"/v1/projects/{plan.project_id}/contract"
    drafted = await delivering.endorse(stage.api, plan.buyer.approver, plan.project_id)
    narrator.step(
        f"街道签署协议,条款摘要 {drafted.digest[:16]}…", "The street office signed the digest of the terms", path
    )
    await delivering.endorse(stage.api, winner, plan.project_id)
    narrator.step(
        "服务方签署同一摘要,协议生效;预留缩减为价款", "The provider signed the same; the reservation shrank", path
    )
    await pay(stage, narrator, plan, 1, "签约", "signing")


async def pay(stage: Stage, narrator: Narrator, plan: Plan, number: int, gate: str, english: str) -> None:
    """The gate opened: a payment application goes out, and its receipt line comes back."""
    payment = await paying.pay(stage.api, plan.buyer.finance, plan.project_id, number, plan.buyer.approver)
    if payment is not None:
        narrator.step(
            f"{gate}后第 {number} 期 {payment.amount}:支付申请 {payment.reference} 送出,国库回单匹配,已付",
            f"Tranche {number} after {english}: ordered by a file, paid when the treasury's receipt line matched",
            payment.file,
            closed=True,
        )


async def mid_term(stage: Stage, narrator: Narrator, plan: Plan, winner: Person) -> list[str]:
    """Two months later: delivered, confirmed, accepted, rated, paid; the residents' tokens."""
    await stage.clock.until(await stage.clock.now() + timedelta(days=HALF_DAYS))
    await _delivered(stage, narrator, plan, winner, Milestone.MID_TERM, "中期", "mid-term")
    tokens = await rating.issue_tokens(stage.api, plan.community, plan.project_id, plan.beneficiaries)
    await whole.rate(stage.api, plan, tokens, Milestone.MID_TERM)
    narrator.step(
        f"社区向 {len(tokens)} 位受益老人发放评价凭证(只存摘要),各评一次",
        f"{len(tokens)} beneficiaries got a token, kept as a digest only, and rated once each",
        f"/v1/projects/{plan.project_id}/evaluation",
    )
    await pay(stage, narrator, plan, 2, "中期验收", "the mid-term")
    return tokens


async def _delivered(
    stage: Stage, narrator: Narrator, plan: Plan, winner: Person, milestone: Milestone, zh: str, en: str
) -> None:
    await whole.deliver(stage.api, plan, winner, milestone, f"{zh}服务记录(示例)")
    narrator.step(
        f"服务方提交{zh}成果,社区确认,街道验收:三个人,三步",
        f"The provider submitted the {en}, the community confirmed it, the buyer accepted it",
        f"/v1/projects/{plan.project_id}/milestones",
    )


async def final(stage: Stage, narrator: Narrator, plan: Plan, winner: Person, tokens: Sequence[str]) -> None:
    """Two more months later the work is done; residents and parties say what they think, and the grade comes."""
    await stage.clock.until(await stage.clock.now() + timedelta(days=HALF_DAYS))
    await _delivered(stage, narrator, plan, winner, Milestone.FINAL, "末期", "final")
    narrator.step(
        "末期验收前社区邀请了服务对象,其意见载入验收书",
        "Before the final acceptance the community invited the people served; what they said stands in its report",
        f"/v1/projects/{plan.project_id}/milestones/final/report",
    )
    path = f"/v1/projects/{plan.project_id}/evaluation"
    await whole.rate(stage.api, plan, tokens, Milestone.FINAL)
    narrator.step(f"{len(tokens)} 位受益老人再评一次", f"The {len(tokens)} beneficiaries rated again", path)
    await whole.rate_each_other(stage.api, plan, winner)
    narrator.step("街道、社区与服务方双向评价", "Funder, community and provider rated each other", path)
    await stage.clock.until(await stage.clock.now() + timedelta(days=whole.RATING_DAYS))
    announced = (await rating.announced(stage.api, plan.project_id, winner)).announced
    assert announced is not None  # it was waited for
    narrator.step(
        f"评价期满,预评等级:{announced.arithmetic}",
        f"The timer announced: {announced.score} points, {announced.grade}; the provider may reply or contest it",
        f"/v1/projects/{plan.project_id}/grade",
        closed=True,
    )
    await rating.accept_grade(stage.api, winner, plan.project_id)
    narrator.step(
        f"服务方接受,等级 {announced.grade} 生效,末期款系数 {announced.factor_percent}%",
        f"The provider accepted: it is final, and the last tranche counts {announced.factor_percent} %",
        path,
    )


async def end(stage: Stage, narrator: Narrator, plan: Plan) -> None:
    """The last tranche at its factor; the rest returns to its sources; the result is public."""
    await pay(stage, narrator, plan, 3, "评级", "the grade")
    money = await paying.settled(stage.api, plan.project_id, plan.buyer.finance)
    narrator.step(
        f"结清:已付 {money.paid},按等级扣下的 {money.returned} 按比例退回各来源",
        f"Settled: what the grade took off, {cny(money.returned)}, went back to its sources in proportion",
        f"/v1/projects/{plan.project_id}/money",
        closed=True,
    )
    await delivering.published(stage.api, plan.project_id)
    narrator.step(
        "项目结果公开:价款、已付、退回、等级,人人可查",
        "The result is public, for everybody to read",
        f"/v1/projects/{plan.project_id}/contract",
    )
    narrator.step(
        "全程追溯:从需求到每一分钱",
        "The whole story, from the need to every fen",
        f"/v1/audit/projects/{plan.project_id}/trace",
    )
