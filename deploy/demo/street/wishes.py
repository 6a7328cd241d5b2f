"""What residents of the example street need, in nine categories, around words of the founding documents.

「…」 quotes a document, named behind it; the rest is what somebody might add. No real person is named.
"""

from dataclasses import dataclass

XINYANG = "信民函〔2020〕41号"
JILIN = "吉民发〔2019〕30号"
SUZHOU = "苏州市政协十三届三次会议第009号建议"
ANHUI = "安徽省民政厅对第684号代表建议的答复"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    category: str
    title: str
    english: str
    description: str
    beneficiaries: int
    cost_yuan: int = 0
    """what meeting it would cost; only where it goes to a ballot"""


ON_THE_BALLOT = (
    Wish(
        category="health_elderly",
        title="独居老人助餐与上门探访",
        english="meals and visits for elderly people who live alone",
        description=f"「走访居民，解决实际困难」（{SUZHOU}）。独居老人希望每周送餐五次、探访一次。",
        beneficiaries=60,
        cost_yuan=96_000,
    ),
    Wish(
        category="integration",
        title="新来租户融入社区",
        english="helping new tenants to settle in",
        description=f"「促进流动人口融入社区」（{XINYANG}）。希望有人带新租户认门、办事、认识邻居。",
        beneficiaries=120,
        cost_yuan=38_000,
    ),
    Wish(
        category="culture_sports",
        title="广场文体活动",
        english="culture and sports on the square",
        description=f"「开展丰富多彩、形式多样的自治和服务活动」（{XINYANG}）。希望周末有合唱、棋类和健身。",
        beneficiaries=300,
        cost_yuan=45_000,
    ),
    Wish(
        category="education",
        title="放学后课业辅导",
        english="tutoring after school",
        description=f"「向社区居民开放文化、教育、体育等活动设施」（{XINYANG}）。双职工家庭希望放学后有人辅导。",
        beneficiaries=40,
        cost_yuan=52_000,
    ),
)
"""All of one community; the residents can pay for about two of them."""

ELSEWHERE = (
    Wish(
        category="mediation",
        title="停车与噪声纠纷调解",
        english="settling quarrels about parking and noise",
        description=f"「组织社区居民协商解决」（{XINYANG}）。楼下停车、夜间噪声常起争执。",
        beneficiaries=200,
    ),
    Wish(
        category="charity",
        title="困难家庭帮扶募集",
        english="raising help for families in need",
        description=f"「引导社会资金投向城乡社区治理领域」（{XINYANG}）。希望设立帮扶专项，公开收支。",
        beneficiaries=25,
    ),
    Wish(
        category="disaster_prevention",
        title="楼道消防隐患排查与演练",
        english="fire safety in the stairways",
        description=f"「切实落实工作例会、巡查走访、情况报告」（{XINYANG}）。老楼楼道堆物，希望有人教大家排查和逃生。",
        beneficiaries=400,
    ),
    Wish(
        category="mutual_help",
        title="邻里互助志愿队",
        english="a team of neighbours who help",
        description=f"「推进社区志愿服务制度化」（{JILIN}）。希望把热心邻居组织起来，互相搭把手。",
        beneficiaries=150,
    ),
    Wish(
        category="rural_technology",
        title="城郊菜农种植技术指导",
        english="advice for growers at the edge of town",
        description=f"「农村生产技术服务等活动」（{XINYANG}）。城郊菜农希望有技术员定期来讲课。",
        beneficiaries=30,
    ),
)
"""One or two in each of the other communities."""

DEPARTMENTS_TASK = Wish(
    category="mediation",
    title="协助拆迁拆违签约",
    english="help with demolition agreements",
    description=f"某部门要求社区包干。「不得将社区作为行政执法、拆迁拆违……等事项的责任主体」（{ANHUI}）。",
    beneficiaries=80,
)
