"""What the residents need and chose."""

from schemas.fact import Fact
from schemas.intake import ApplicantErased, Channel, NeedTakenIn
from schemas.need import (
    BallotClosed,
    BallotOpened,
    NeedChosen,
    NeedPosted,
    NeedRouted,
    RollListed,
    Route,
    VoterGround,
)
from services.audit.rules.told import Names, Stage, Told, yuan

_CHANNELS = {
    Channel.COUNTER: "窗口",
    Channel.PHONE: "电话",
    Channel.ONLINE: "网上",
    Channel.RECEPTION_DAY: "接待日",
    Channel.DEPUTY: "代表联系",
    Channel.PARTY_MEMBER: "在职党员报到",
    Channel.GRID_PATROL: "网格员巡查",
}
_ROUTES = {
    Route.PROJECT: "项目",
    Route.ADMINISTRATIVE: "行政办理",
    Route.VOLUNTEER: "志愿互助",
    Route.MARKET: "市场服务",
}


_GROUNDS = {
    VoterGround.REGISTERED: ("户籍居民", "registered here"),
    VoterGround.LIVING: ("常住居民", "living here"),
    VoterGround.NEWCOMER: ("新居民", "newcomers"),
}


def tell_need(fact: Fact, names: Names) -> Told | None:
    match fact:
        case NeedPosted():
            return Told(
                Stage.NEED,
                f"{names.zh(fact.community_id)}发布需求《{fact.title}》,受益 {fact.beneficiaries} 人,"
                f"查询号 {fact.tracking_number}",
                f"{names.en(fact.community_id)} posted the need “{fact.title}” for {fact.beneficiaries} people, "
                f"tracking number {fact.tracking_number}",
            )
        case NeedTakenIn():
            zh = f"{fact.on} 经{_CHANNELS[fact.channel]}受理"
            return Told(Stage.NEED, zh, f"Taken in on {fact.on} by {fact.channel.replace('_', ' ')}")
        case ApplicantErased():
            zh = f"{fact.on} 删除一名申请人的个人信息,需求和编号保留"
            return Told(Stage.NEED, zh, f"An applicant's personal data were erased on {fact.on}; the needs stay")
        case NeedRouted():
            return Told(
                Stage.NEED,
                f"需求分流到{_ROUTES[fact.route]}:{fact.reason}({fact.source})",
                f"The need was routed to {fact.route}: {fact.reason} ({fact.source})",
            )
        case BallotOpened():
            line = fact.fund_line
            zh, en = (f",资金为“{line.name}”", f" from “{line.name}”") if line else ("", "")
            return Told(
                Stage.NEED,
                f"{names.zh(fact.community_id)}就 {len(fact.items)} 项需求发起居民投票,预算 {fact.budget}{zh}",
                f"{names.en(fact.community_id)} opened a ballot over {len(fact.items)} needs "
                f"with a budget of {yuan(fact.budget)}{en}",
                fact.budget,
            )
        case RollListed():
            total = sum(fact.listed.values())
            zh = ",".join(f"{_GROUNDS[ground][0]} {n} 人" for ground, n in fact.listed.items())
            en = ", ".join(f"{n} {_GROUNDS[ground][1]}" for ground, n in fact.listed.items())
            return Told(Stage.NEED, f"选民名册共 {total} 人:{zh}", f"{total} voters are on the roll: {en}")
        case BallotClosed():
            return Told(
                Stage.NEED,
                f"投票截止,{fact.votes} 票,选出 {len(fact.chosen)} 项",
                f"The ballot closed with {fact.votes} votes and chose {len(fact.chosen)} needs",
            )
        case NeedChosen():
            zh, en = (
                (",票数过少不公布", "")
                if fact.votes is None
                else (f",{fact.votes} 票支持", f" with {fact.votes} votes")
            )
            return Told(
                Stage.NEED,
                f"居民选中《{fact.title}》{zh},估算 {fact.cost}",
                f"The residents chose “{fact.title}”{en}, at {yuan(fact.cost)}",
                fact.cost,
            )
        case _:
            return None
