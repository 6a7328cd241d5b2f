"""What may come between an award and its agreement, of a told project."""

from datetime import timedelta
from typing import Any
from uuid import uuid5

from schemas.awarding import (
    AwardAnnounced,
    AwardPassedOn,
    AwardSetAside,
    BidderBarred,
    CancelGround,
    ContractWithdrawn,
    DefaultGround,
    EvaluationReopened,
    TenderCancelled,
    TenderRerun,
    WinnerDefaulted,
)
from schemas.complaint import (
    ComplaintAccepted,
    ComplaintAnswered,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintRejected,
    ComplaintWithdrawn,
    PurchaseResumed,
    PurchaseSuspended,
    RejectionGround,
)
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.objection import (
    ObjectionAnswered,
    ObjectionAssessed,
    ObjectionGround,
    ObjectionItem,
    ObjectionRaised,
    Remedy,
    SigningResumed,
    SigningSuspended,
)
from schemas.organization import CreditList
from schemas.tender import AwardConfirmed, TenderVoided
from tests.services.audit.parts import BOOK, NOON, PRICE
from tests.services.audit.stories import Told


def objected(told: Told) -> list[Fact]:
    """Announced, objected to, suspended, answered, resumed."""
    return [announced(told), raised(told), suspended(told), assessed(told), answered(told), resumed(told)]


def complained(told: Told) -> list[Fact]:
    """Rejected on every ground, filed again, accepted, suspended, answered, decided in every way, withdrawn."""
    complaint: dict[str, Any] = {"project_id": told.project, "complaint_id": uuid5(told.project, "complaint")}
    person, authority = told.person, PartyId(uuid5(told.project, "finance department"))
    rejected: dict[str, Any] = {"text": "不予受理", "rejected_at": NOON, "rejected_by": person}
    decided: dict[str, Any] = {"text": "经审查", "source": "示例", "decided_by": person, "decided_at": NOON}
    wrong = RejectionGround.WRONG_VENUE
    return [
        ComplaintFiled(
            **complaint,
            objection_id=uuid5(told.project, "objection"),
            authority_id=authority,
            filed_at=NOON,
            review_due=NOON + timedelta(days=7),
            decision_due=NOON + timedelta(days=42),
            rulebook=BOOK,
        ),
        *(ComplaintRejected(**complaint, **rejected, ground=one, competent_id=None) for one in RejectionGround),
        ComplaintRejected(**complaint, **rejected, ground=wrong, competent_id=authority),
        ComplaintAccepted(**complaint, others=1, answers_due=NOON + timedelta(days=7), accepted_by=person),
        PurchaseSuspended(
            **complaint,
            reason="核对评分",
            suspended_at=NOON,
            until=NOON + timedelta(days=30),
            rulebook=BOOK,
            suspended_by=person,
        ),
        suspended(told).model_copy(update={"objections": ()}),
        *(ComplaintAnswered(**complaint, by_buyer=one, answered_at=NOON) for one in (True, False)),
        *(PurchaseResumed(**complaint, sooner=one, resumed_at=NOON) for one in (True, False)),
        resumed(told),
        ComplaintDecided(**complaint, **decided, upheld=False, remedy=Remedy.NONE),
        ComplaintDecided(**complaint, **decided, upheld=True, remedy=Remedy.REEVALUATE),
        ComplaintWithdrawn(**complaint, withdrawn_at=NOON),
    ]


def passed_on(told: Told) -> list[Fact]:
    """The winner gives up, and the next is chosen: here it is the same once more."""
    p, award = told.project, next(fact for fact in told.facts if isinstance(fact, AwardConfirmed))
    return [
        defaulted(told),
        AwardSetAside(project_id=p, bid_id=told.bid, provider_id=told.provider, code="winner_defaulted"),
        award,
        AwardPassedOn(project_id=p, bid_id=told.bid, instead_of=(told.bid,), reason="排名第二", chosen_by=told.person),
    ]


def after_award(told: Told) -> list[Fact]:
    """Each fact of it, in each of its kinds."""
    p = told.project
    return [
        *objected(told),
        *complained(told),
        *passed_on(told),
        BidderBarred(
            project_id=p,
            bid_id=told.bid,
            provider_id=told.provider,
            lists=tuple(CreditList),
            source="示例",
            reason="排名第二",
            decided_by=told.person,
        ),
        ContractWithdrawn(project_id=p, contract_id=told.contract),
        EvaluationReopened(project_id=p, objection_id=uuid5(p, "objection")),
        *(raised(told).model_copy(update={"item": item}) for item in ObjectionItem),
        *(raised(told).model_copy(update={"ground": ground}) for ground in ObjectionGround),
        *(answered(told).model_copy(update={"remedy": remedy, "upheld": True}) for remedy in Remedy),
        assessed(told).model_copy(update={"may_change": False}),
        *(defaulted(told).model_copy(update={"ground": ground}) for ground in DefaultGround),
        *(cancelled(told).model_copy(update={"ground": ground}) for ground in CancelGround),
        TenderVoided(project_id=p, code="tender_cancelled", source="示例"),
        TenderRerun(project_id=p, run=2, reason="重新采购", decided_by=told.person),
    ]


def announced(told: Told) -> AwardAnnounced:
    return AwardAnnounced(
        project_id=told.project,
        bid_id=told.bid,
        provider_id=told.provider,
        price=PRICE,
        announced_at=NOON,
        last_day=NOON.date(),
        objections_until=NOON + timedelta(days=9),
        contract_due=NOON + timedelta(days=30),
        holidays_known=True,
        rulebook=BOOK,
        announced_by=told.person,
    )


def raised(told: Told) -> ObjectionRaised:
    return ObjectionRaised(
        project_id=told.project,
        objection_id=uuid5(told.project, "objection"),
        item=ObjectionItem.RESULT,
        ground=ObjectionGround.SCORING,
        text="人员分计算有误",
        evidence=("c" * 64,),
        answer_due=NOON + timedelta(days=9),
    )


def suspended(told: Told) -> SigningSuspended:
    id = uuid5(told.project, "objection")
    return SigningSuspended(project_id=told.project, objections=(id,), rulebook=BOOK, suspended_at=NOON)


def assessed(told: Told) -> ObjectionAssessed:
    return ObjectionAssessed(
        project_id=told.project,
        objection_id=uuid5(told.project, "objection"),
        may_change=True,
        reason="分差小于所涉分值",
        assessed_by=told.person,
    )


def answered(told: Told) -> ObjectionAnswered:
    return ObjectionAnswered(
        project_id=told.project,
        objection_id=uuid5(told.project, "objection"),
        upheld=False,
        remedy=Remedy.NONE,
        text="经复核无误",
        answered_by=told.person,
        answered_at=NOON,
    )


def resumed(told: Told) -> SigningResumed:
    return SigningResumed(project_id=told.project, contract_due=NOON + timedelta(days=31))


def defaulted(told: Told) -> WinnerDefaulted:
    return WinnerDefaulted(
        project_id=told.project,
        bid_id=told.bid,
        provider_id=told.provider,
        ground=DefaultGround.GAVE_UP,
        reason="来函放弃",
        evidence="d" * 64,
        recorded_by=told.person,
    )


def cancelled(told: Told) -> TenderCancelled:
    return TenderCancelled(
        project_id=told.project,
        ground=CancelGround.UNLAWFUL,
        reason="评审专家与供应商有利害关系",
        drafted_by=told.person,
        approved_by=told.other,
    )
