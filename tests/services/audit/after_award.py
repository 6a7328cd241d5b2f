"""What may come between an award and its agreement, of a told project."""

from datetime import timedelta
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
from schemas.fact import Fact
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
