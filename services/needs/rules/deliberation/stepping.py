"""The steps: noticed, held with quorum and majority, published for their days; a failed one stops the walk."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Due, Ref, World
from schemas.deliberation import (
    AgreeOf,
    DeliberationFinished,
    DeliberationId,
    DeliberationStopped,
    MeetingNoticed,
    Minutes,
    ProcedureStep,
    PublicationEnded,
    Shortfall,
    StepHeld,
    StepKind,
    StepPublished,
)
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.needs.rules.deliberation.walk import Deliberation

LONGEST_NOTICE_DAYS = 366
People = Annotated[int, Field(ge=0, le=1_000_000)]
StepId = Annotated[str, Field(min_length=1, max_length=50)]


class NoticeMeeting(Command):
    deliberation_id: DeliberationId
    step: StepId
    meets_on: date


class RecordStep(Command):
    """A meeting that was held, or opinions that were asked (due: asked, present: answered)."""

    deliberation_id: DeliberationId
    step: StepId
    held_on: date
    due: Annotated[int, Field(ge=1, le=1_000_000)]
    present: People
    in_favour: People
    against: People
    minutes: Minutes


class PublishStep(Command):
    """On notice from today."""

    deliberation_id: DeliberationId
    step: StepId
    document: Minutes


def walk_refs(command: NoticeMeeting | RecordStep | PublishStep, cause: UUID) -> tuple[Ref, ...]:
    return ((Deliberation, command.deliberation_id),)


def notice_meeting(world: World, command: NoticeMeeting, context: Context) -> list[Fact]:
    """Again, when it is put off."""
    walk, step = _turn(world, command, context)
    if step.kind is StepKind.PUBLICATION:
        raise Refused("step_is_published", status=422, field="step", step=step.zh)
    earliest = context.today + timedelta(days=step.notice_days)
    if not earliest <= command.meets_on <= context.today + timedelta(days=LONGEST_NOTICE_DAYS):
        source = source_of(walk)
        raise Refused(
            "notice_too_short", source, status=422, field="meets_on", days=step.notice_days, earliest=earliest
        )
    return [
        MeetingNoticed(
            community_id=walk.told.community_id,
            deliberation_id=walk.deliberation_id,
            step=step.id,
            on=context.today,
            meets_on=command.meets_on,
            noticed_by=PartyId(context.by.person_id),
        )
    ]


def record_step(world: World, command: RecordStep, context: Context) -> list[Fact]:
    walk, step = _turn(world, command, context)
    if step.kind is StepKind.PUBLICATION:
        raise Refused("step_is_published", status=422, field="step", step=step.zh)
    _check_day(walk, step, command.held_on, context)
    if not command.in_favour + command.against <= command.present <= command.due:
        raise Refused("numbers_do_not_fit", status=422, field="present", due=command.due, present=command.present)
    held = StepHeld(
        community_id=walk.told.community_id,
        deliberation_id=walk.deliberation_id,
        step=step.id,
        held_on=command.held_on,
        due=command.due,
        present=command.present,
        in_favour=command.in_favour,
        against=command.against,
        minutes=command.minutes,
        recorded_by=PartyId(context.by.person_id),
    )
    short = shortfall_of(step, held)
    if short is not None:
        return [held, _stopped(walk, held, *short)]
    return [held, *_finished(walk, step, command.held_on)]


def shortfall_of(step: ProcedureStep, held: StepHeld) -> tuple[Shortfall, int, int] | None:
    """Which, how many would have been enough, and how many there were. At least the quorum, more than the majority.

    Shares are exact: of 10 due, 2/3 are 7 people, and more than 1/2 are 6.
    """
    if step.attend is not None:
        needed = -(-held.due * Fraction(step.attend) // 1)
        if held.present < needed:
            return Shortfall.QUORUM, int(needed), held.present
    if step.agree is not None:
        of = held.due if step.agree_of is AgreeOf.DUE else held.present
        more_than = of * Fraction(step.agree)
        if not held.in_favour > more_than:
            return Shortfall.MAJORITY, int(more_than // 1) + 1, held.in_favour
    return None


def publish_step(world: World, command: PublishStep, context: Context) -> list[Fact]:
    walk, step = _turn(world, command, context)
    if step.kind is not StepKind.PUBLICATION:
        raise Refused("step_is_held", status=422, field="step", step=step.zh)
    if walk.current is not None and walk.current.published is not None:
        raise Refused("publication_stands", step=step.zh, until=walk.current.published.until)
    return [
        StepPublished(
            community_id=walk.told.community_id,
            deliberation_id=walk.deliberation_id,
            step=step.id,
            on=context.today,
            until=context.today + timedelta(days=step.public_days),
            document=command.document,
            published_by=PartyId(context.by.person_id),
        )
    ]


def end_publication(world: World, due: Due, context: Context) -> list[Fact]:
    """A ring before its time, or while the committee waits for an answer, changes nothing."""
    walk = world.find(Deliberation, due.ref[1])
    wanted = None if walk is None else walk.due().get(due.name)
    if walk is None or wanted is None or context.at < wanted:
        return []
    current, step = walk.current, walk.next
    assert current is not None  # asked by `due`
    assert current.published is not None
    assert step is not None
    ended = PublicationEnded(
        community_id=walk.told.community_id,
        deliberation_id=walk.deliberation_id,
        step=step.id,
        on=current.published.until,
    )
    return [ended, *_finished(walk, step, current.published.until)]


def source_of(walk: Deliberation) -> Source:
    """Where the procedure comes from, as its rulebook said when the proposal was made."""
    return Source(walk.told.source, Certainty(walk.told.certainty))


def _turn(
    world: World, command: NoticeMeeting | RecordStep | PublishStep, context: Context
) -> tuple[Deliberation, ProcedureStep]:
    walk = world.get(Deliberation, command.deliberation_id)
    context.by.must_be(walk.told.community_id)
    return walk, walk.must_go_on(command.step)


def _check_day(walk: Deliberation, step: ProcedureStep, held_on: date, context: Context) -> None:
    noticed = walk.current.noticed if walk.current is not None else None
    if step.notice_days and noticed is None:
        raise Refused("notice_first", source_of(walk), field="step", step=step.zh, days=step.notice_days)
    if noticed is not None and held_on != noticed.meets_on:
        raise Refused("not_the_noticed_day", status=422, field="held_on", meets_on=noticed.meets_on)
    if not walk.last_day <= held_on <= context.today:
        raise Refused("step_day", status=422, field="held_on", since=walk.last_day, today=context.today)


def _stopped(walk: Deliberation, held: StepHeld, short: Shortfall, needed: int, had: int) -> DeliberationStopped:
    return DeliberationStopped(
        community_id=walk.told.community_id,
        deliberation_id=walk.deliberation_id,
        step=held.step,
        shortfall=short,
        needed=needed,
        had=had,
        source=walk.told.source,
    )


def _finished(walk: Deliberation, step: ProcedureStep, on: date) -> list[Fact]:
    if step != walk.told.steps[-1]:
        return []
    told = walk.told
    return [DeliberationFinished(community_id=told.community_id, deliberation_id=walk.deliberation_id, on=on)]
