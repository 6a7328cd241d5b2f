"""What each fact before the opening leaves behind."""

from typing import Any

from schemas.model import Model
from schemas.preparing import (
    ApprovalGiven,
    ConsultationPublished,
    IntentPublished,
    SingleSourceAnswered,
    SingleSourceNoticed,
    SingleSourceObjected,
)
from services.tenders.rules.prepared import Consultation, Intent, Notice, NoticeObjection, Preparation

Prepares = (
    IntentPublished
    | ConsultationPublished
    | ApprovalGiven
    | SingleSourceNoticed
    | SingleSourceObjected
    | SingleSourceAnswered
)


def prepared(before: Preparation, fact: Prepares) -> Preparation:
    match fact:
        case IntentPublished():
            return before.model_copy(update={"intent": Intent(**_same(fact, Intent))})
        case ConsultationPublished():
            return before.model_copy(update={"consultation": Consultation(**_same(fact, Consultation))})
        case ApprovalGiven():
            return before.model_copy(update={"approvals": (*before.approvals, fact.approved_by)})
        case SingleSourceNoticed():
            return before.model_copy(update={"notice": Notice(**_same(fact, Notice)), "objections": ()})
        case SingleSourceObjected():
            one = NoticeObjection(id=fact.objection_id, objector_id=fact.objector_id, text=fact.text)
            return before.model_copy(update={"objections": (*before.objections, one)})
        case SingleSourceAnswered():
            answered = (
                one.model_copy(update={"answer": fact.text, "upheld": fact.upheld})
                if one.id == fact.objection_id
                else one
                for one in before.objections
            )
            return before.model_copy(update={"objections": tuple(answered)})


def _same(fact: Model, kept: type[Model]) -> dict[str, Any]:
    """What is kept of a fact under the same names."""
    return {name: getattr(fact, name) for name in kept.model_fields}
