"""What happened to a need, step by step, as the resident reads it: when, what, by which office, and why."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from events.database import Connection
from schemas.handling import Closing
from schemas.ids import NeedId, PartyId
from services.kit import reasons
from services.kit.asked import Answer
from services.needs.rules.handling import Handling, HandlingPhase
from services.needs.rules.need import Need, StepKind
from services.needs.store import handling as store


class StepAnswer(Answer):
    """`on`: the day in China, where it was recorded. `office`: the name of `by`, which is never a person."""

    number: str
    """tracking number of the need it happened to: of one that was merged, also of the need it joined"""
    what: StepKind
    zh: str
    en: str
    on: date | None
    by: PartyId | None
    office: str | None
    text: str


class HandlingAnswer(Answer):
    """A need at a department. Public. `until` is exclusive."""

    version: int | None
    need_id: NeedId
    tracking_number: str
    division: str
    phase: HandlingPhase
    kind: str
    lead_id: PartyId
    assisting: tuple[PartyId, ...]
    reason: str
    handed_over_on: date
    workdays: int
    until: datetime
    escalates_on: date
    escalated_on: date | None
    overseer_id: PartyId
    answered_on: date | None
    late: bool
    outcome: Closing | None
    reopened: bool
    holidays_known: bool
    rulebook: str
    """hash of the edition whose authority matrix it was handed over by"""


def handling_answer(handling: Handling, version: int | None = None) -> HandlingAnswer:
    told = handling.told
    return HandlingAnswer(
        version=version,
        need_id=NeedId(handling.id),
        tracking_number=told.tracking_number,
        division=handling.division,
        phase=handling.phase,
        kind=told.kind,
        lead_id=told.lead_id,
        assisting=told.assisting,
        reason=told.reason,
        handed_over_on=told.on,
        workdays=told.workdays,
        until=handling.until,
        escalates_on=handling.escalates_on,
        escalated_on=handling.escalated_on,
        overseer_id=told.overseer_id,
        answered_on=handling.answered_on,
        late=handling.late,
        outcome=handling.outcome,
        reopened=handling.reopened,
        holidays_known=told.holidays_known,
        rulebook=told.rulebook,
    )


async def steps_of(connection: Connection, need: Need) -> tuple[StepAnswer, ...]:
    """Its own, and after them those of the need it was merged into."""
    other = None if need.merged_into is None else await store.need(connection, need.merged_into)
    needs = [need] if other is None else [need, other]
    offices = {step.by for one in needs for step in one.steps if step.by is not None}
    names = await store.names_of(connection, offices)
    return tuple(_steps(needs, names))


def _steps(needs: list[Need], names: dict[UUID, str]) -> Iterable[StepAnswer]:
    for need in needs:
        for step in need.steps:
            yield StepAnswer(
                number=need.tracking_number,
                what=step.what,
                zh=reasons.said(step.what, "zh"),
                en=reasons.said(step.what, "en"),
                on=step.on,
                by=step.by,
                office=None if step.by is None else names.get(step.by),
                text=step.text,
            )
