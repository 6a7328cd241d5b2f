"""Questions and amendments of the story, and of the street."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.model import Model
from schemas.role import Actor
from schemas.tender import Criterion, Terms
from services.tenders.rules import amendment, clarification
from tests.services.tenders.market import Market
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered, some_terms
from tests.support.system import Person

REASON = "写明送达时间"


class Clarifying(Tendered):
    def ask(self, by: Actor, text: str = "午餐须几点送到?", **changes: Any) -> list[Model]:
        fields: dict[str, Any] = {"project_id": PROJECT, "asker_id": by.party_id, "text": text}
        return self.do(clarification.ask, clarification.AskQuestion(**fields | changes), by)

    def answer(self, by: Actor = DRAFTER, question: UUID | None = None, changes: bool = False) -> list[Model]:
        command = clarification.AnswerQuestion(
            project_id=PROJECT,
            question_id=question or self.project.questions[-1].id,
            text="十一点半以前。",
            changes_documents=changes,
        )
        return self.do(clarification.answer, command, by)

    def draft_amendment(
        self, by: Actor = DRAFTER, terms: Terms | None = None, closes_at: datetime | None = None
    ) -> list[Model]:
        command = amendment.DraftAmendment(project_id=PROJECT, terms=terms, closes_at=closes_at, reason=REASON)
        return self.do(amendment.draft_amendment, command, by)

    def approve_amendment(self, by: Actor = APPROVER, draft_id: UUID | None = None) -> list[Model]:
        waiting = self.project.amendment
        id = draft_id or (waiting.id if waiting else uuid4())
        return self.do(amendment.approve_amendment, amendment.ApproveAmendment(project_id=PROJECT, draft_id=id), by)

    def amend(self, terms: Terms | None = None, closes_at: datetime | None = None) -> list[Model]:
        self.draft_amendment(terms=terms or (other_terms() if closes_at is None else None), closes_at=closes_at)
        return self.approve_amendment()


def other_terms(**changes: Any) -> Terms:
    """Ten points of the price go to the plan, and the hour is said."""
    criteria = (
        Criterion(id="plan", name="plan", points=Decimal(50)),
        Criterion(id="team", name="team", points=Decimal(30)),
    )
    said = {"price_points": Decimal(20), "criteria": criteria, "requirements": "每周五次送餐,十一点半以前送到"}
    return some_terms().model_copy(update=said | changes)


def a_question(by: Person, text: str = "午餐须几点送到?") -> dict[str, Any]:
    return {"asker_id": str(by.party_id), "text": text}


def an_amendment(**changes: Any) -> dict[str, Any]:
    return {"terms": other_terms().model_dump(mode="json"), "reason": REASON} | changes


async def amend(market: Market, **changes: Any) -> Any:
    """Drafted by one, approved by another; the list of amendments after it."""
    drafted = await market.must("amendments", an_amendment(**changes), market.drafter)
    await market.must(f"amendments/{drafted['draft_id']}/approval", {}, market.approver)
    return (await market.get("/amendments")).json
