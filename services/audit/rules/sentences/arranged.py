"""What was arranged directly, and work paid by the unit."""

from schemas.arranging import AwardArranged, Basis
from schemas.clauses import Instrument
from schemas.deciding import SYSTEM
from schemas.fact import Fact
from schemas.work import UnitsDone, WorkAccepted, WorkReported
from services.audit.rules.told import Names, Stage, Told, yuan

INSTRUMENTS = {
    Instrument.PURCHASE: ("政府购买服务", "a purchased service"),
    Instrument.COMMISSION: ("委托社区协助", "a commission"),
    Instrument.PROJECT_GRANT: ("项目资金", "a project grant"),
    Instrument.SUBSIDY: ("活动经费补贴", "a subsidy"),
    Instrument.REWARD: ("以奖代补", "a reward after the result"),
    Instrument.RESIDENTS_FUND: ("服务群众专项经费", "the residents' fund"),
}
BASES = {
    Basis.COMMUNITY_ASSISTANCE: ("确需社区协助", "the community's help is needed"),
    Basis.SMALL_ACTIVITY: ("小额社区活动", "a small activity"),
    Basis.AFTER_RESULT: ("先办后补", "paid after the result"),
    Basis.RESIDENTS_DECIDED: ("居民议事决定", "decided by residents"),
    Basis.OPEN_CALL: ("公开征集评审确定", "found by an open call"),
}


def tell_arranged(fact: Fact, names: Names) -> Told | None:
    match fact:
        case AwardArranged():
            zh, en = INSTRUMENTS[fact.instrument]
            why_zh, why_en = BASES[fact.ground.code]
            return Told(
                Stage.AWARD,
                f"{names.zh(fact.brief.funder_id)}与{names.zh(fact.provider_id)}直接协商,{zh} {fact.price};"
                f"不经采购的理由:{why_zh}({fact.ground.reason}),起草与批准为不同的人",
                f"{names.en(fact.brief.funder_id)} arranged {en} of {yuan(fact.price)} with "
                f"{names.en(fact.provider_id)} without a tender: {why_en}; another person had drafted it",
                fact.price,
            )
        case WorkReported():
            return Told(Stage.DELIVERY, f"报送工作量:{_units(fact.units)}", f"Work was reported: {_units(fact.units)}")
        case WorkAccepted():
            deemed_zh, deemed_en = ("(视为验收,按报送计)", " as reported, by default") if _silent(fact) else ("", "")
            return Told(
                Stage.DELIVERY,
                f"核定工作量{deemed_zh}:{_units(fact.units)};{fact.arithmetic},应付 {fact.fee}",
                f"Work was accepted{deemed_en}: {_units(fact.units)}; the fee is {yuan(fact.fee)}",
                fact.fee,
            )
        case _:
            return None


def _silent(fact: WorkAccepted) -> bool:
    return fact.accepted_by == SYSTEM


def _units(units: tuple[UnitsDone, ...]) -> str:
    return ", ".join(f"{one.item} {one.units}" for one in units)
