"""责任评价 of resident units: marks by criteria of the rulebook, closed by a second person, replied to, published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field

from schemas import division
from schemas.days import end_of
from schemas.deciding import Context, Due, Ref, State, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId
from schemas.judging import Digest
from schemas.model import Model
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.responsibility import (
    ResidentUnitRated,
    UnitMark,
    UnitRater,
    UnitRatingClosed,
    UnitRatingPublished,
    UnitReplied,
    Year,
)
from schemas.role import Role
from schemas.rulebook import Rulebook
from schemas.sharing import ResidentUnitId
from schemas.standing import Party
from services.needs.rules.gate.lists import lists_of
from services.needs.rules.volunteers.resident_unit import ResidentUnit, Text

CRITERIA, BANDS, REPLY_DAYS = "sharing.criteria", "sharing.bands", "sharing.reply_days"
PUBLISHES = "publish"
MOST_CRITERIA = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRating(State):
    """Of one unit in one year. Who entered marks does not close."""

    unit_id: ResidentUnitId
    year: str
    rated: tuple[ResidentUnitRated, ...] = ()
    """the last marks of each rater"""
    entered_by: frozenset[UUID] = frozenset()
    closed: UnitRatingClosed | None = None
    reply: str | None = None
    published_on: date | None = None

    def due(self) -> Mapping[str, datetime]:
        if self.closed is None or self.published_on is not None:
            return {}
        return {PUBLISHES: end_of(self.closed.reply_until)}


class OfUnitRating(Command):
    unit_id: ResidentUnitId
    year: Year


class RateUnit(OfUnitRating):
    rater_id: PartyId
    """the caller's own party: the community, or the street it lies in"""
    marks: Annotated[dict[str, Annotated[int, Field(ge=0, le=100)]], Field(max_length=MOST_CRITERIA)]
    """by criterion, each of the rulebook's"""
    text: Text
    """public"""
    minutes: Digest | None = None
    """of the residents' assembly whose marks the community enters; none: its own"""


class CloseUnitRating(OfUnitRating):
    pass


class ReplyToRating(OfUnitRating):
    text: Text
    """the unit's words, public"""


def rating_id(command: OfUnitRating) -> UUID:
    return uuid5(command.unit_id, f"rating/{command.year}")


def rating_refs(command: OfUnitRating, cause: UUID) -> tuple[Ref, ...]:
    return ((ResidentUnit, command.unit_id), (UnitRating, rating_id(command)))


def rate_refs(command: RateUnit, cause: UUID) -> tuple[Ref, ...]:
    return (*rating_refs(command, cause), (Party, command.rater_id))


def rate(world: World, command: RateUnit, context: Context) -> list[Fact]:
    unit = world.get(ResidentUnit, command.unit_id)
    context.by.must_be(command.rater_id)
    rater = _rater(world, unit, command, context)
    if not unit.told.on.year <= int(command.year) <= context.today.year:
        raise Refused("unit_year", status=422, field="year", first=unit.told.on.year, last=context.today.year)
    _open(world, command)
    must_be_public(command.text, "text")
    book = _criteria_of(unit, context)
    weights: dict[str, int] = book.value(CRITERIA)
    if command.marks.keys() != weights.keys():
        known = ", ".join(weights)
        raise Refused("marks_of_the_criteria", book.source(CRITERIA), status=422, field="marks", known=known)
    marks = tuple(UnitMark(criterion=name, weight=weight, mark=command.marks[name]) for name, weight in weights.items())
    return [
        ResidentUnitRated(
            community_id=unit.told.community_id,
            unit_id=command.unit_id,
            year=command.year,
            on=context.today,
            rater=rater,
            marks=marks,
            score=sum(one.weight * one.mark for one in marks),
            text=command.text,
            minutes=command.minutes,
            rulebook=book.hash,
            rated_by=PartyId(context.by.person_id),
        )
    ]


def _rater(world: World, unit: ResidentUnit, command: RateUnit, context: Context) -> UnitRater:
    if context.by.role is Role.COMMUNITY:
        context.by.must_be(unit.told.community_id)
        return UnitRater.COMMUNITY if command.minutes is None else UnitRater.RESIDENTS
    street = world.get(Party, command.rater_id)
    seated = division.level(street.division) is division.Level.STREET
    if street.kind is not PartyKind.FUNDER or not seated or not division.covers(street.division, unit.told.division):
        raise Refused("not_its_street", status=403, field="rater_id", unit=unit.told.name, division=street.division)
    if command.minutes is not None:
        raise Refused("minutes_of_the_residents", status=422, field="minutes")
    return UnitRater.STREET


def _criteria_of(unit: ResidentUnit, context: Context) -> Rulebook:
    book = lists_of(unit.told.division, context)
    if not {CRITERIA, BANDS, REPLY_DAYS} <= book.rules.keys():
        raise Refused("no_unit_criteria", rulebook=book.name)
    return book


def _open(world: World, command: OfUnitRating) -> UnitRating | None:
    rating = world.find(UnitRating, rating_id(command))
    if rating is not None and rating.closed is not None:
        raise Refused("unit_rating_closed", year=command.year, on=rating.closed.on)
    return rating


def close(world: World, command: CloseUnitRating, context: Context) -> list[Fact]:
    """By a person of the community who entered none of the marks."""
    unit = world.get(ResidentUnit, command.unit_id)
    context.by.must_be(unit.told.community_id)
    rating = _open(world, command)
    if rating is None:
        raise Refused("not_found", status=404, what="UnitRating", id=f"{command.unit_id} {command.year}")
    if context.by.person_id in rating.entered_by:
        raise Refused("own_marks", status=403)
    book = _criteria_of(unit, context)
    scores = {one.rater: one.score for one in rating.rated}
    score = sum(scores.values()) // len(scores)
    return [
        UnitRatingClosed(
            community_id=unit.told.community_id,
            unit_id=command.unit_id,
            year=command.year,
            on=context.today,
            raters=tuple(sorted(scores)),
            score=score,
            grade=next(band["grade"] for band in book.value(BANDS) if score >= band["from"] * 100),
            reply_until=context.today + timedelta(days=book.integer(REPLY_DAYS)),
            rulebook=book.hash,
            closed_by=PartyId(context.by.person_id),
        )
    ]


def reply(world: World, command: ReplyToRating, context: Context) -> list[Fact]:
    """Entered by the community for the unit; with it the rating is published."""
    unit = world.get(ResidentUnit, command.unit_id)
    context.by.must_be(unit.told.community_id)
    rating = world.get(UnitRating, rating_id(command))
    if rating.closed is None or rating.published_on is not None:
        raise Refused("no_reply_now", year=command.year)
    must_be_public(command.text, "text")
    of = _published(unit.told.community_id, rating, context.today)
    told = UnitReplied(**dict(of), text=command.text, entered_by=PartyId(context.by.person_id))
    return [told, of]


def publish(world: World, due: Due, context: Context) -> list[Fact]:
    """The days for a reply are over."""
    rating = world.find(UnitRating, due.ref[1])
    if rating is None or rating.closed is None or rating.due().get(due.name) != due.at:
        return []
    return [_published(rating.closed.community_id, rating, context.today)]


def _published(community_id: PartyId, rating: UnitRating, on: date) -> UnitRatingPublished:
    return UnitRatingPublished(community_id=community_id, unit_id=rating.unit_id, year=rating.year, on=on)


def evolve(world: World, fact: Model) -> Iterable[State]:
    match fact:
        case ResidentUnitRated():
            id = uuid5(fact.unit_id, f"rating/{fact.year}")
            rating = world.find(UnitRating, id) or UnitRating(id=id, unit_id=fact.unit_id, year=fact.year)
            others = tuple(one for one in rating.rated if one.rater is not fact.rater)
            rated = tuple(sorted((*others, fact), key=lambda one: one.rater))
            return (replace(rating, rated=rated, entered_by=rating.entered_by | {fact.rated_by}),)
        case UnitRatingClosed():
            return (replace(_of(world, fact), closed=fact),)
        case UnitReplied():
            return (replace(_of(world, fact), reply=fact.text),)
        case UnitRatingPublished():
            return (replace(_of(world, fact), published_on=fact.on),)
        case _:
            return ()


def _of(world: World, fact: UnitRatingClosed | UnitReplied | UnitRatingPublished) -> UnitRating:
    return world.get(UnitRating, uuid5(fact.unit_id, f"rating/{fact.year}"))
