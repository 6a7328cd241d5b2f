"""What the paper prints of the further terms: instrument and ground, indicators, cost limits, unit prices."""

from collections.abc import Iterator

from schemas.arranging import Basis
from schemas.capitals import in_capitals, in_figures
from schemas.clauses import Instrument, Work
from schemas.docx import Part, Table
from schemas.paper import said
from schemas.tranche import Gate
from services.contracts.rules.contract import Contract

TITLES = {
    Instrument.PURCHASE: "项目协议书 · Project agreement",
    Instrument.COMMISSION: "委托协议 · Commission agreement",
    Instrument.PROJECT_GRANT: "资助协议 · Grant agreement",
    Instrument.SUBSIDY: "资助协议 · Grant agreement",
    Instrument.REWARD: "奖补协议 · Reward agreement",
    Instrument.RESIDENTS_FUND: "资助协议 · Grant agreement",
}
INSTRUMENTS = {
    Instrument.PURCHASE: "政府购买服务 · purchased service",
    Instrument.COMMISSION: "委托社区协助(按工作量付费)· commission, paid by workload",
    Instrument.PROJECT_GRANT: "项目资金 · project grant",
    Instrument.SUBSIDY: "活动经费补贴 · subsidy for an activity",
    Instrument.REWARD: "以奖代补(结果验收后支付)· reward, paid after the result",
    Instrument.RESIDENTS_FUND: "服务群众专项经费 · residents' fund",
}
BASES = {
    Basis.COMMUNITY_ASSISTANCE: "确需社区协助 · community assistance needed",
    Basis.SMALL_ACTIVITY: "小额社区活动 · small activity",
    Basis.AFTER_RESULT: "先办后补 · paid after the result",
    Basis.RESIDENTS_DECIDED: "居民议事决定 · decided by residents",
    Basis.OPEN_CALL: "公开征集评审确定 · found by an open call",
}


def is_short(contract: Contract) -> bool:
    """A smaller instrument without money behind the grade: its paper has no section on the grade."""
    terms = contract.agreement
    graded = any(Gate.FINAL_GRADED in tranche.gates for tranche in terms.tranches)
    return terms.instrument is not Instrument.PURCHASE and not graded


def title_of(contract: Contract) -> str:
    return TITLES[contract.agreement.instrument]


def instrument_rows(contract: Contract) -> tuple[tuple[str, str], ...]:
    """What the agreement came of: the winning bid, or the ground to arrange it directly."""
    terms, ground = contract.agreement, None if contract.annex is None else contract.annex.ground
    if terms.instrument is Instrument.PURCHASE:
        return (("乙方投标文件摘要 · Digest of the winning bid", terms.proposal_digest),)
    rows = [("资金方式 · Instrument", INSTRUMENTS[terms.instrument])]
    if ground is not None:
        rows += [("直接协商的理由 · Ground", BASES[ground.code]), ("理由说明 · In words", ground.reason)]
    return (*rows, ("理由摘要 · Digest of the ground", terms.proposal_digest))


def clauses(contract: Contract) -> Iterator[Part]:
    """The tables of what this agreement has."""
    terms = contract.agreement.clauses
    if terms.indicators:
        total = sum(indicator.points for indicator in terms.indicators)
        yield from said(
            "绩效指标:按实际完成 ÷ 计划量计分。", "Indicators: judged by what was reached ÷ what was planned."
        )
        yield Table(
            "indicators",
            ("指标 · Indicator", "计划量 · Planned", "单位 · Unit", "分值 · Points"),
            (
                *((f"{i.name}({i.id})", str(i.planned), i.unit, str(i.points)) for i in terms.indicators),
                ("合计 · Total", "", "", str(total)),
            ),
        )
    if terms.cost_limits:
        yield from said(
            "费用科目:各科目支出不超过价款的下列比例。", "Cost heads: the most of the price that each may take."
        )
        yield Table(
            "cost_limits",
            ("费用科目 · Cost head", "价款的上限 · At most of the price"),
            tuple((f"{one.name}({one.head})", f"{one.most_percent}%") for one in terms.cost_limits),
        )
    yield from _work(contract)


def _work(contract: Contract) -> Iterator[Part]:
    terms = contract.agreement
    if terms.work is None:
        return
    yield from said(
        "按工作量付费:应付 = Σ 核定数量(不超过数量上限)× 单价,不超过价款;"
        "甲方在末期验收前逐项核定乙方报送的数量,视为验收的按报送数量计。已预付的从中扣除。",
        "Paid by workload: Σ accepted units (up to the most of each) × unit price, at most the price. Party A accepts "
        "the units reported by Party B item by item before the final acceptance; where the delivery is deemed accepted "
        "they count as reported. An advance is taken off.",
    )
    yield work_table("work", terms.work)


def work_table(caption: str, work: Work) -> Table:
    """Each kind of work with its unit price and the most of it."""
    return Table(
        caption,
        (
            "工作项目 · Work",
            "单位 · Unit",
            "单价 · Unit price",
            "大写 · In capitals",
            "数量上限 · Most units",
            "小计 · Most",
        ),
        (
            *(
                (
                    f"{item.name}({item.id})",
                    item.unit,
                    in_figures(item.unit_price),
                    in_capitals(item.unit_price),
                    str(item.most_units),
                    in_figures(item.fee(item.most_units)),
                )
                for item in work.items
            ),
            ("合计 · Total", "", "", "", "", in_figures(work.most)),
        ),
    )


def work_done(contract: Contract) -> Iterator[Part]:
    """For the acceptance report: units reported and accepted, and the fee."""
    terms, done = contract.agreement, contract.work
    if terms.work is None or done.fee is None:
        return
    reported = {one.item: one.units for one in done.reported}
    accepted = {one.item: one.units for one in done.accepted}
    yield Table(
        "work_done",
        ("工作项目 · Work", "单位 · Unit", "报送 · Reported", "核定 · Accepted", "单价 · Unit price", "应付 · Fee"),
        (
            *(
                (
                    f"{item.name}({item.id})",
                    item.unit,
                    str(reported[item.id]),
                    str(accepted[item.id]),
                    in_figures(item.unit_price),
                    in_figures(item.fee(accepted[item.id])),
                )
                for item in terms.work.items
            ),
            ("应付合计(不超过价款)· Fee", "", "", "", "", in_figures(done.fee)),
        ),
    )
    yield from said(f"核算:{done.arithmetic}。", f"The fee is {in_figures(done.fee)}, worked out above.")
