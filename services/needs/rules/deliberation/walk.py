"""A proposal on its way through a procedure: where it stands, and what each fact makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.days import end_of
from schemas.deciding import State, World
from schemas.deliberation import (
    DeliberationFact,
    DeliberationFinished,
    DeliberationId,
    DeliberationProposed,
    DeliberationStopped,
    MeetingNoticed,
    ProcedureStep,
    PublicationEnded,
    StepHeld,
    StepPublished,
    SupervisionAnswered,
    SupervisionOpined,
)
from schemas.model import Model
from schemas.refused import Refused

PUBLICATION = "publication"


class Walking(StrEnum):
    OPEN = "open"
    STOPPED = "stopped"
    FINISHED = "finished"


class Taken(Model):
    """What was done of one step, in the facts' own words."""

    step: str
    noticed: MeetingNoticed | None = None
    held: StepHeld | None = None
    published: StepPublished | None = None
    ended_on: date | None = None
    """of a publication: its days are over"""

    @property
    def day(self) -> date | None:
        """The last day something happened in it."""
        published = self.published.on if self.published else None
        held = self.held.held_on if self.held else None
        return self.ended_on or published or held

    @property
    def complete(self) -> bool:
        return self.held is not None or self.ended_on is not None


class Opinion(Model):
    opined: SupervisionOpined
    answered: SupervisionAnswered | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberation(State):
    told: DeliberationProposed
    walking: Walking = Walking.OPEN
    taken: tuple[Taken, ...] = ()
    """in order; only the last may be incomplete"""
    stopped: DeliberationStopped | None = None
    finished_on: date | None = None
    opinions: tuple[Opinion, ...] = ()

    @property
    def deliberation_id(self) -> DeliberationId:
        return DeliberationId(self.id)

    @property
    def next(self) -> ProcedureStep | None:
        """The step that is to be taken, or completed; none after the last."""
        done = sum(one.complete for one in self.taken)
        return self.told.steps[done] if done < len(self.told.steps) else None

    @property
    def current(self) -> Taken | None:
        """What was done of the next step so far."""
        return self.taken[-1] if self.taken and not self.taken[-1].complete else None

    @property
    def last_day(self) -> date:
        """Nothing is recorded for a day before."""
        return max((self.told.on, *(day for one in self.taken if (day := one.day) is not None)))

    @property
    def unanswered(self) -> tuple[Opinion, ...]:
        return tuple(one for one in self.opinions if one.answered is None)

    def must_go_on(self, step: str) -> ProcedureStep:
        """The step, when it is its turn and no opinion waits for an answer."""
        self.must_be_open()
        upcoming = self.next
        assert upcoming is not None, "an open deliberation has a step to take"
        if self.unanswered:
            opinion = str(self.unanswered[0].opined.opinion_id)
            raise Refused("opinion_first", deliberation=str(self.id), opinion=opinion)
        if step != upcoming.id:
            raise Refused("not_the_next_step", status=422, field="step", next=upcoming.id, name=upcoming.zh)
        return upcoming

    def must_be_open(self) -> None:
        if self.walking is not Walking.OPEN:
            raise Refused("deliberation_over", deliberation=str(self.id), walking=self.walking)

    def due(self) -> Mapping[str, datetime]:
        """A publication ends with its last day, and not before the committee is answered."""
        current = self.current
        if self.walking is not Walking.OPEN or current is None or current.published is None or self.unanswered:
            return {}
        return {PUBLICATION: end_of(current.published.until)}


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if isinstance(fact, DeliberationProposed):
        return (Deliberation(id=fact.deliberation_id, told=fact),)
    if not isinstance(fact, DeliberationFact):
        return ()
    known = world.find(Deliberation, fact.deliberation_id)
    return () if known is None else (_after(known, fact),)


def _after(known: Deliberation, fact: DeliberationFact) -> Deliberation:
    match fact:
        case MeetingNoticed():
            return _current(known, fact.step, noticed=fact)
        case StepHeld():
            return _current(known, fact.step, held=fact)
        case StepPublished():
            return _current(known, fact.step, published=fact)
        case PublicationEnded():
            return _current(known, fact.step, ended_on=fact.on)
        case DeliberationStopped():
            return replace(known, walking=Walking.STOPPED, stopped=fact)
        case DeliberationFinished():
            return replace(known, walking=Walking.FINISHED, finished_on=fact.on)
        case SupervisionOpined():
            return replace(known, opinions=(*known.opinions, Opinion(opined=fact)))
        case SupervisionAnswered():
            return replace(known, opinions=tuple(_answered(one, fact) for one in known.opinions))
        case _:
            return known


def _current(known: Deliberation, step: str, **done: object) -> Deliberation:
    current = known.current or Taken(step=step)
    before = known.taken[:-1] if known.current else known.taken
    return replace(known, taken=(*before, current.model_copy(update=done)))


def _answered(one: Opinion, fact: SupervisionAnswered) -> Opinion:
    return one.model_copy(update={"answered": fact}) if _id(one) == fact.opinion_id else one


def _id(one: Opinion) -> UUID:
    return one.opined.opinion_id
