"""A need: its tracking number, the way it goes, and people who overrule the rule where they know better."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Fact
from schemas.ids import BallotId, NeedId, PartyId, ProjectId
from schemas.intake import Channel, NeedTakenIn
from schemas.model import Model
from schemas.need import BallotClosed, BallotOpened, NeedChosen, NeedPosted, NeedRouted, Origin, Route
from schemas.personal import must_be_public
from schemas.refused import Refused

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no letter that is heard or read as another."""

Text = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


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


def route_need(world: World, command: RouteNeed, context: Context) -> list[Fact]:
    need = world.get(Need, command.need_id)
    context.by.must_be(need.community_id)
    if need.ballot_id is not None:
        raise Refused("need_in_ballot", need=need.tracking_number, ballot=str(need.ballot_id))
    if need.project_id is not None:
        raise Refused("need_chosen", need=need.tracking_number, project=str(need.project_id))
    must_be_public(command.reason, "reason")
    routed = NeedRouted(
        community_id=need.community_id,
        need_id=command.need_id,
        route=command.route,
        reason=command.reason,
        source="社区工作人员决定",
    )
    return [routed]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case NeedPosted():
            return (_posted(fact),)
        case NeedTakenIn():
            need = world.find(Need, fact.need_id)
            return () if need is None else (replace(need, channel=fact.channel, taken_in_on=fact.on),)
        case NeedRouted():
            need = world.find(Need, fact.need_id)
            if need is None:
                return ()
            return (replace(need, route=fact.route, reason=fact.reason, source=fact.source),)
        case BallotOpened():
            needs = [world.find(Need, item.need_id) for item in fact.items]
            return tuple(replace(need, ballot_id=fact.ballot_id) for need in needs if need is not None)
        case BallotClosed():
            needs = [world.find(Need, item.need_id) for item in fact.counted]
            return tuple(replace(need, ballot_id=None) for need in needs if need is not None)
        case NeedChosen():
            need = world.find(Need, fact.need_id)
            return () if need is None else (replace(need, project_id=fact.project_id),)
        case _:
            return ()


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
    )
