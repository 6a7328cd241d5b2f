"""A need: its tracking number, the way it goes, and people who overrule the rule where they know better."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.handling import (
    HandoverAccepted,
    HandoverReturned,
    NeedAnswered,
    NeedAssisted,
    NeedClosed,
    NeedEscalated,
    NeedHandedOver,
    NeedReopened,
)
from schemas.ids import BallotId, NeedId, PartyId, ProjectId
from schemas.intake import Channel, NeedTakenIn
from schemas.merging import GridReported, NeedMerged, NeedSeparated
from schemas.model import Model
from schemas.need import BallotClosed, BallotOpened, NeedChosen, NeedFact, NeedPosted, NeedRouted, Origin, Route
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.sharing import BookingCancelled, ResourceBooked
from schemas.volunteering import (
    NeedMet,
    ServiceRecorded,
    TaskOffered,
    TaskWithdrawn,
    VolunteerAssigned,
    VolunteerReleased,
)

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no letter that is heard or read as another."""

Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]

MOST_STEPS = 100
"""of one need; what a department owes goes on all the same"""


class StepKind(StrEnum):
    """What can happen to a need, as the resident reads it."""

    POSTED = "posted"
    TAKEN_IN = "taken_in"
    ROUTED = "routed"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    ASSISTED = "assisted"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    SEPARATED = "separated"
    FOUND_AGAIN = "found_again"
    """by a patrol"""
    IN_BALLOT = "in_ballot"
    COUNTED = "counted"
    CHOSEN = "chosen"
    TASK_OFFERED = "task_offered"
    VOLUNTEER_FOUND = "volunteer_found"
    VOLUNTEER_LEFT = "volunteer_left"
    SERVED = "served"
    TASK_WITHDRAWN = "task_withdrawn"
    BOOKED = "booked"
    BOOKING_CANCELLED = "booking_cancelled"
    MET = "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`by` is an office and never a person."""

    what: StepKind
    on: date | None
    """none where nobody recorded it"""
    by: PartyId | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(State):
    community_id: PartyId
    tracking_number: str
    origin: Origin
    category: str
    division: str
    beneficiaries: int
    title: str
    description: str
    route: Route | None
    reason: str
    source: str
    ballot_id: BallotId | None
    """the ballot it stands in while that is open"""
    project_id: ProjectId | None
    """once it was chosen"""
    channel: Channel | None = None
    """none of one that came in a batch or before channels were recorded"""
    taken_in_on: date | None = None
    steps: tuple[Step, ...] = ()
    """of one from before steps were kept, only what came since"""
    at_department: PartyId | None = None
    """which leads, from the hand-over until it is closed or given back"""
    merged_into: NeedId | None = None
    closed_on: date | None = None
    """when the community confirmed an answer with the resident, or that it was met"""
    joined: tuple[NeedId, ...] = ()
    """needs that are the same as this one"""
    in_hand: bool = False
    """volunteers were asked, or something is booked for it"""
    met_on: date | None = None

    def must_be_free(self) -> None:
        """To go another way: not with a department, not one with another need, not without end."""
        if self.at_department is not None:
            raise Refused("need_at_department", need=self.tracking_number, department=str(self.at_department))
        if self.merged_into is not None:
            raise Refused("need_merged", need=self.tracking_number, into=str(self.merged_into))
        if self.ballot_id is not None:
            raise Refused("need_in_ballot", need=self.tracking_number, ballot=str(self.ballot_id))
        if self.project_id is not None:
            raise Refused("need_chosen", need=self.tracking_number, project=str(self.project_id))
        if self.in_hand:
            raise Refused("need_in_hand", need=self.tracking_number)
        if self.met_on is not None:
            raise Refused("need_met", need=self.tracking_number, on=self.met_on)
        if len(self.steps) >= MOST_STEPS:
            raise Refused("too_many_steps", need=self.tracking_number, most=MOST_STEPS)


class StepsDated(Note):
    """The day of what happened last, or of its beginning, where those facts do not say it."""

    need_id: NeedId
    on: date


class RouteNeed(Command):
    """Staff send a need another way than the rule did, and say why."""

    need_id: NeedId
    route: Route
    reason: Text
    """public"""


def tracking_number(division_code: str, need_id: UUID) -> str:
    """For people to write down and read out: county, then 60 bits of the need's id, e.g. 320508-7K3Q-ZM8D-04FA."""
    bits = need_id.int >> 68
    digits = "".join(_BASE32[bits >> shift & 31] for shift in range(55, -1, -5))
    return "-".join((division_code[:6], digits[:4], digits[4:8], digits[8:]))


def route_refs(command: RouteNeed, cause: UUID) -> tuple[Ref, ...]:
    return ((Need, command.need_id),)


def route_need(world: World, command: RouteNeed, context: Context) -> list[Model]:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    need.must_be_free()
    must_be_public(command.reason, "reason")
    routed = NeedRouted(
        community_id=need.community_id,
        need_id=command.need_id,
        route=command.route,
        reason=command.reason,
        source="社区工作人员决定",
    )
    return [routed, StepsDated(need_id=command.need_id, on=context.today)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case NeedPosted():
            return (_posted(fact),)
        case BallotOpened():
            needs = [world.find(Need, item.need_id) for item in fact.items]
            told = _step(StepKind.IN_BALLOT, None, fact.community_id)
            return tuple(_after(replace(need, ballot_id=fact.ballot_id), told) for need in needs if need is not None)
        case BallotClosed():
            needs = [world.find(Need, item.need_id) for item in fact.counted]
            told = _step(StepKind.COUNTED, None, fact.community_id)
            return tuple(_after(replace(need, ballot_id=None), told) for need in needs if need is not None)
        case NeedMerged() | NeedSeparated():
            return _joined(world, fact)
    id = getattr(fact, "need_id", None)
    need = None if id is None or not isinstance(fact, NeedFact | StepsDated) else world.find(Need, id)
    return () if need is None else (_changed(need, fact),)


def _changed(need: Need, fact: Model) -> Need:
    match fact:
        case StepsDated():
            undated = {StepKind.POSTED, StepKind.ROUTED}
            steps = tuple(
                replace(one, on=fact.on) if one.on is None and (one.what in undated or one is need.steps[-1]) else one
                for one in need.steps
            )
            return replace(need, steps=steps)
        case NeedTakenIn():
            need = replace(need, channel=fact.channel, taken_in_on=fact.on)
            return _after(need, _step(StepKind.TAKEN_IN, fact.on, fact.community_id, fact.channel))
        case NeedRouted():
            need = replace(need, route=fact.route, reason=fact.reason, source=fact.source)
            return _after(need, _step(StepKind.ROUTED, None, fact.community_id, f"{fact.reason}({fact.source})"))
        case NeedChosen():
            return _after(replace(need, project_id=fact.project_id), _step(StepKind.CHOSEN, None, fact.community_id))
        case GridReported(joined=True):
            told = _step(StepKind.FOUND_AGAIN, fact.patrolled_on, fact.community_id, fact.finding)
            return _after(need, told)
        case _:
            return _handled(need, fact)


def _handled(need: Need, fact: Model) -> Need:
    match fact:
        case NeedHandedOver():
            told = _step(StepKind.HANDED_OVER, fact.on, fact.lead_id, fact.reason)
            return _after(replace(need, at_department=fact.lead_id), told)
        case HandoverAccepted():
            return _after(need, _step(StepKind.ACCEPTED, fact.on, fact.department_id))
        case HandoverReturned():
            told = _step(StepKind.RETURNED, fact.on, fact.department_id, fact.reason)
            return _after(replace(need, at_department=None), told)
        case NeedAssisted():
            return _after(need, _step(StepKind.ASSISTED, fact.on, fact.department_id, fact.text))
        case NeedAnswered():
            return _after(need, _step(StepKind.ANSWERED, fact.on, fact.department_id, fact.text))
        case NeedEscalated():
            return _after(need, _step(StepKind.ESCALATED, fact.on, fact.overseer_id))
        case NeedClosed():
            told = _step(StepKind.CLOSED, fact.on, fact.community_id, fact.text)
            return _after(replace(need, at_department=None, closed_on=fact.on), told)
        case NeedReopened():
            told = _step(StepKind.REOPENED, fact.on, fact.community_id, fact.reason)
            return _after(replace(need, at_department=fact.lead_id, closed_on=None), told)
        case _:
            return _without_money(need, fact)


def _without_money(need: Need, fact: Model) -> Need:
    """By volunteers, of whom none is named, or by what a resident unit shares."""
    match fact:
        case TaskOffered():
            told = _step(StepKind.TASK_OFFERED, fact.on, fact.community_id, f"{fact.day} × {fact.wanted}")
            return _after(replace(need, in_hand=True), told)
        case VolunteerAssigned():
            return _after(need, _step(StepKind.VOLUNTEER_FOUND, fact.on, fact.community_id))
        case VolunteerReleased():
            return _after(need, _step(StepKind.VOLUNTEER_LEFT, fact.on, fact.community_id, fact.reason))
        case ServiceRecorded():
            return _after(need, _step(StepKind.SERVED, fact.on, fact.community_id, f"{fact.minutes} min"))
        case ResourceBooked():
            text = f"{fact.title} {fact.day} {fact.opens}-{fact.closes}"
            return _after(replace(need, in_hand=True), _step(StepKind.BOOKED, fact.on, fact.community_id, text))
        case TaskWithdrawn() | BookingCancelled():
            what = StepKind.TASK_WITHDRAWN if isinstance(fact, TaskWithdrawn) else StepKind.BOOKING_CANCELLED
            return _after(replace(need, in_hand=False), _step(what, fact.on, fact.community_id, fact.reason))
        case NeedMet():
            met = replace(need, in_hand=False, closed_on=fact.on, met_on=fact.on)
            return _after(met, _step(StepKind.MET, fact.on, fact.community_id, fact.text))
        case _:
            return need


def _joined(world: World, fact: NeedMerged | NeedSeparated) -> tuple[State, ...]:
    other_id = fact.into if isinstance(fact, NeedMerged) else fact.parted_from
    need, other = world.find(Need, fact.need_id), world.find(Need, other_id)
    if need is None or other is None:
        return ()
    rest = tuple(id for id in other.joined if id != fact.need_id)
    if isinstance(fact, NeedMerged):
        told = _step(StepKind.MERGED, fact.on, fact.community_id, fact.reason)
        return _after(replace(need, merged_into=fact.into), told), replace(other, joined=(*rest, fact.need_id))
    told = _step(StepKind.SEPARATED, fact.on, fact.community_id, fact.reason)
    return _after(replace(need, merged_into=None), told), replace(other, joined=rest)


def _step(what: StepKind, on: date | None, by: PartyId, text: str = "") -> Step:
    return Step(what=what, on=on, by=by, text=text)


def _after(need: Need, told: Step) -> Need:
    return replace(need, steps=(*need.steps, told))


def _posted(fact: NeedPosted) -> Need:
    return Need(
        id=fact.need_id,
        community_id=fact.community_id,
        tracking_number=fact.tracking_number,
        origin=fact.origin,
        category=fact.category,
        division=fact.division,
        beneficiaries=fact.beneficiaries,
        title=fact.title,
        description=fact.description,
        route=None,
        reason="",
        source="",
        ballot_id=None,
        project_id=None,
        steps=(_step(StepKind.POSTED, None, fact.community_id),),
    )
