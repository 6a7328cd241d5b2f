"""What a told project published before its tender opened, and that it went on with two."""

from datetime import date
from uuid import uuid5

from schemas.fact import Fact
from schemas.preparing import (
    ApprovalGiven,
    ConsultationPublished,
    IntentPublished,
    PublicOpinion,
    SingleSourceAnswered,
    SingleSourceNoticed,
    SingleSourceObjected,
    TenderContinued,
)
from tests.services.audit.stories import CEILING, NOON, Told


def prepared(told: Told) -> list[Fact]:
    p, day, objection = told.project, date(2026, 3, 2), uuid5(told.project, "objection")
    answers = (
        SingleSourceAnswered(
            project_id=p, objection_id=objection, text="理由如下", upheld=upheld, answered_by=told.person
        )
        for upheld in (False, True)
    )
    return [
        IntentPublished(
            project_id=p,
            brief=told.brief,
            content="楼道扶手",
            budget=CEILING,
            expected_on=day,
            published_on=day,
            published_by=told.person,
        ),
        ConsultationPublished(
            project_id=p,
            questions=("要几处?",),
            asked=30,
            first_day=day,
            last_day=day,
            opinions=(PublicOpinion(text="六处", answer="采纳"),),
            published_by=told.person,
        ),
        ApprovalGiven(project_id=p, draft_id=objection, number=1, needed=2, approved_by=told.evaluator),
        SingleSourceNoticed(
            project_id=p,
            supplier_id=told.provider,
            ground="unique",
            reasoning="只此一家",
            experts=3,
            original_project_id=None,
            ends_at=NOON,
            answers_due=NOON,
            holidays_known=True,
            published_by=told.person,
        ),
        SingleSourceObjected(project_id=p, objection_id=objection, objector_id=told.community, text="我们也行"),
        *answers,
        TenderContinued(
            project_id=p, qualified=2, usual=3, reason="只有两家", source="财库〔2015〕124号", signed_by=told.person
        ),
    ]
