"""What is shown of complaints. Everybody sees that there is one, its dates and what was decided; the words of the
parties only they, the finance department and auditors."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from events.database import Connection
from schemas.deciding import Rulebooks
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty
from services.kit import adopted, reasons
from services.kit.asked import MOST_PER_PAGE, Answer, Asked
from services.tenders import store
from services.tenders.api.after_award import TermAnswer
from services.tenders.rules.complaints.complaint import (
    DECISION,
    REVIEW,
    UNFOUNDED,
    Complaint,
    ComplaintStatus,
    Decision,
    GivenAnswer,
    Rejection,
    Stay,
)
from services.tenders.rules.project import Phase, Project


class ComplaintWords(Answer):
    """For the parties, the finance department and auditors. `complainant_id`: for the buyer once the bids are open."""

    complainant_id: PartyId | None
    others: tuple[PartyId, ...]
    facts: str
    request: str
    evidence: tuple[str, ...]
    answers_due: datetime | None
    answers: tuple[GivenAnswer, ...]


class DecisionEffect(StrEnum):
    """On the agreement: all but the first say why it stands."""

    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    ORDERED = "ordered"
    OVER = "over"


class EffectAnswer(Answer):
    """What a decision after signing did to the agreement: cancelled, or it stands, and by which rule.

    None while contracts and funds have not told, and where nothing was signed.
    """

    code: DecisionEffect
    zh: str
    en: str
    source: str


class ComplaintAnswer(Answer):
    """`suspended`: the purchase stands still because of it just now. `own`: the caller's party complained."""

    complaint_id: UUID
    objection_id: UUID
    run: int
    authority_id: PartyId
    status: ComplaintStatus
    filed_at: datetime
    review: TermAnswer
    decision_due: TermAnswer
    rejection: Rejection | None
    suspended: bool
    suspension: Stay | None
    decision: Decision | None
    agreement: EffectAnswer | None = None
    withdrawn_at: datetime | None
    own: bool
    words: ComplaintWords | None


class ComplaintsAnswer(Answer):
    """`more`: there is more than what is shown."""

    complaints: tuple[ComplaintAnswer, ...]
    more: bool


class UnfoundedComplaint(Answer):
    project_id: ProjectId
    complaint_id: UUID
    decided_at: datetime


class UnfoundedAnswer(Answer):
    """Of the twelve months up to now. `listed_from`: from how many on the rule, by its source, speaks of a list; what
    follows of it people decide, elsewhere."""

    complainant_id: PartyId
    count: int
    unfounded: tuple[UnfoundedComplaint, ...]
    listed_from: int
    source: str
    certainty: Certainty


async def list_complaints(connection: Connection, asked: Asked) -> ComplaintsAnswer:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    kept = await store.complaints_about(connection, id, MOST_PER_PAGE + 1)
    rulebooks = await adopted.shelf(connection)
    shown = tuple(_shown(one, found[0], rulebooks, asked) for one in kept[:MOST_PER_PAGE])
    return ComplaintsAnswer(complaints=shown, more=len(kept) > MOST_PER_PAGE)


def _shown(one: Complaint, project: Project, rulebooks: Rulebooks, asked: Asked) -> ComplaintAnswer:
    return ComplaintAnswer(
        complaint_id=one.id,
        objection_id=one.objection_id,
        run=one.run,
        authority_id=one.authority_id,
        status=one.status,
        filed_at=one.filed_at,
        review=_term(one, one.review_due, REVIEW, one.status is ComplaintStatus.FILED, rulebooks, asked),
        decision_due=_term(one, one.decision_due, DECISION, one.is_open, rulebooks, asked),
        rejection=one.rejection,
        suspended=one.stay is not None and asked.at < one.stay.until,
        suspension=one.stay,
        decision=one.decision,
        agreement=_effect(one),
        withdrawn_at=one.withdrawn_at,
        own=asked.by is not None and asked.by.party_id == one.complainant_id,
        words=_words(one, project, asked),
    )


def _effect(one: Complaint) -> EffectAnswer | None:
    if one.effect is None:
        return None
    performed = one.effect.performed
    code = DecisionEffect.CANCELLED if performed is None else DecisionEffect(performed)
    zh, en = (reasons.sentence(f"DecisionEffect.{code}", language, {}) for language in reasons.LANGUAGES)
    return EffectAnswer(code=code, zh=zh, en=en, source=one.effect.source)


def _term(one: Complaint, until: datetime, path: str, running: bool, rulebooks: Rulebooks, asked: Asked) -> TermAnswer:
    source = rulebooks.by_hash(one.rulebook).source(path)
    overdue = running and asked.at >= until
    return TermAnswer(until=until, overdue=overdue, source=source.text, certainty=source.certainty)


def _words(one: Complaint, project: Project, asked: Asked) -> ComplaintWords | None:
    """A bidder that was asked sees them too; who else was asked, and answered, only who decides and audits."""
    by = asked.by
    if by is None or not (by.role is Role.AUDITOR or by.party_id in (*one.parties, *one.others)):
        return None
    deciding = by.role is Role.AUDITOR or by.party_id == one.authority_id
    sealed = project.run == one.run and project.phase in (Phase.OPEN, Phase.LOCKED)
    told = deciding or by.party_id == one.complainant_id or not sealed
    return ComplaintWords(
        complainant_id=one.complainant_id if told else None,
        others=one.others if deciding else tuple(id for id in one.others if id == by.party_id),
        facts=one.facts,
        request=one.request,
        evidence=one.evidence,
        answers_due=one.answers_due,
        answers=tuple(given for given in one.answers if deciding or given.party_id == by.party_id),
    )


async def show_unfounded(connection: Connection, asked: Asked) -> UnfoundedAnswer:
    """Of whoever filed this complaint, for the finance department that decides it, and auditors."""
    project_id, id = asked.id("project_id"), asked.id("complaint_id")
    found = await store.complaint(connection, id)
    if found is None or found.project_id != project_id:
        raise Refused("no_such_complaint", status=404, complaint=str(id))
    assert asked.by is not None
    if asked.by.role is not Role.AUDITOR:
        asked.by.must_be(found.authority_id)
    rulebook = (await adopted.shelf(connection)).by_hash(found.rulebook)
    source = rulebook.source(UNFOUNDED)
    counted = await store.unfounded(connection, found.complainant_id, asked.at, MOST_PER_PAGE)
    decided = [(one, one.decision) for one in counted]
    return UnfoundedAnswer(
        complainant_id=found.complainant_id,
        count=len(counted),
        unfounded=tuple(
            UnfoundedComplaint(project_id=one.project_id, complaint_id=one.id, decided_at=decision.decided_at)
            for one, decision in decided
            if decision is not None
        ),
        listed_from=rulebook.integer(UNFOUNDED),
        source=source.text,
        certainty=source.certainty,
    )
