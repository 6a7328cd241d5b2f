"""The agreement, its delivery and the published result."""

from schemas.announced import ContractAnnounced
from schemas.contract import (
    ContractDrafted,
    ContractEndorsed,
    ContractOverdue,
    ContractPaperMade,
    ContractSigned,
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneDeemedAccepted,
    MilestoneReportMade,
    MilestoneReturned,
    MilestoneSubmitted,
    ProjectPublished,
)
from schemas.days import minute_of
from schemas.deciding import SYSTEM
from schemas.fact import Fact
from schemas.termination import NO_GRADE
from services.audit.rules.told import Names, Stage, Told, yuan

MILESTONES = {Milestone.MID_TERM: ("中期", "mid-term"), Milestone.FINAL: ("末期", "final")}


def tell_contract(fact: Fact, names: Names) -> Told | None:
    match fact:
        case ContractDrafted():
            return Told(
                Stage.CONTRACT,
                f"拟定协议,{fact.agreement.price},条款摘要 {fact.digest[:12]}…",
                f"The agreement was drafted at {yuan(fact.agreement.price)}, digest {fact.digest[:12]}…",
                fact.agreement.price,
            )
        case ContractEndorsed():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.party_id)}签署协议(摘要 {fact.digest[:12]}…)",
                f"{names.en(fact.party_id)} signed it (digest {fact.digest[:12]}…)",
            )
        case ContractSigned():
            return Told(
                Stage.CONTRACT,
                f"协议生效:{names.zh(fact.funder_id)}与{names.zh(fact.provider_id)},{fact.price},"
                f"分 {len(fact.tranches)} 期付款",
                f"The agreement of {names.en(fact.funder_id)} and {names.en(fact.provider_id)} stands: "
                f"{yuan(fact.price)} in {len(fact.tranches)} tranches",
                fact.price,
            )
        case ContractOverdue():
            late = [MILESTONES[milestone] for milestone in fact.undelivered]
            zh, en = "、".join(zh for zh, _ in late), ", ".join(en for _, en in late)
            return Told(
                Stage.DELIVERY,
                f"协议期限到 {fact.last_day} 届满,{zh}成果尚未提交,已逾期",
                f"The term of the agreement ended on {fact.last_day}; not delivered, and overdue: {en}",
            )
        case ContractPaperMade():
            return Told(
                Stage.CONTRACT,
                f"双方签署的协议书成文(文件摘要 {fact.paper_digest[:12]}…)",
                f"The signed agreement was put on paper (digest of the file {fact.paper_digest[:12]}…)",
            )
        case ContractAnnounced():
            return Told(
                Stage.CONTRACT,
                f"购买方公告协议:{names.zh(fact.provider_id)},价款 {fact.price},条款摘要 {fact.digest[:12]}…",
                f"The buyer announced the agreement with {names.en(fact.provider_id)}, {yuan(fact.price)}",
                fact.price,
            )
        case MilestoneReportMade():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.DELIVERY,
                f"{zh}验收书成文(文件摘要 {fact.report_digest[:12]}…)",
                f"The {en} acceptance report was made (digest of the file {fact.report_digest[:12]}…)",
            )
        case MilestoneDeemedAccepted():
            zh, en = MILESTONES[fact.milestone]
            return Told(
                Stage.DELIVERY,
                f"购买方在 {minute_of(fact.acceptance_due)} 前未答复{zh}成果(约定 {fact.days} 日),按约定视为验收",
                f"The buyer had not answered on the {en} until {minute_of(fact.acceptance_due)}, "
                f"the {fact.days} days it had: by the agreement it counts as accepted",
            )
        case MilestoneSubmitted() | MilestoneConfirmed() | MilestoneAccepted() | MilestoneReturned():
            return _tell_milestone(fact)
        case ProjectPublished():
            return _tell_result(fact)
        case _:
            return None


def _tell_result(fact: ProjectPublished) -> Told:
    if fact.grade == NO_GRADE:
        return Told(
            Stage.RESULT,
            f"结果公开:协议终止,价款 {fact.price},已付 {fact.paid},退回 {fact.returned},不评等级",
            f"The result is public: terminated, price {yuan(fact.price)}, paid {yuan(fact.paid)}, "
            f"returned {yuan(fact.returned)}, no grade",
            fact.paid,
        )
    return Told(
        Stage.RESULT,
        f"结果公开:价款 {fact.price},已付 {fact.paid},退回 {fact.returned},等级{fact.grade}",
        f"The result is public: price {yuan(fact.price)}, paid {yuan(fact.paid)}, "
        f"returned {yuan(fact.returned)}, grade {fact.grade}",
        fact.paid,
    )


def _tell_milestone(
    fact: MilestoneSubmitted | MilestoneConfirmed | MilestoneAccepted | MilestoneReturned,
) -> Told:
    zh, en = MILESTONES[fact.milestone]
    match fact:
        case MilestoneSubmitted():
            done = (f"提交{zh}成果,{len(fact.evidence)} 份材料", f"The {en} was submitted, {len(fact.evidence)} files")
        case MilestoneConfirmed():
            done = (f"社区确认{zh}成果", f"The community confirmed the {en}")
        case MilestoneAccepted(accepted_by=by) if by == SYSTEM:
            done = (f"{zh}成果视为验收,由系统记录", f"The {en} counts as accepted, recorded by the program")
        case MilestoneAccepted():
            done = (f"购买方验收{zh}成果", f"The buyer accepted the {en}")
        case MilestoneReturned():
            done = (f"{zh}成果退回整改:{fact.reason}", f"The {en} was sent back: {fact.reason}")
    return Told(Stage.DELIVERY, *done)
