"""All that belongs to one need, on one page: who talked it over, who chose it, and what became of it."""

from datetime import datetime
from typing import Any

from events.database import Connection
from schemas.deliberation import DeliberationId
from schemas.fund_line import FundLine
from schemas.ids import BallotId, PartyId, ProjectId
from schemas.model import Model
from services.needs.rules.ballot import Ballot
from services.needs.rules.course import Happened
from services.needs.rules.deliberation.walk import Deliberation, Walking
from services.needs.rules.need import Need
from services.needs.store import whole as store


class BallotOver(Model):
    id: BallotId
    closes_at: datetime
    fund_line: FundLine | None
    chosen: bool | None
    """none while it is open"""
    votes: int | None
    """for this need; none too where so few voted that it would show how"""


class TalkAbout(Model):
    id: DeliberationId
    name: str
    walking: Walking


class ProjectOf(Model):
    id: ProjectId
    happened: tuple[Happened, ...]
    """in order; empty until the project's own service has spoken"""
    bids: int | None
    """how many there were at the deadline; nobody is told before"""
    provider_id: PartyId | None
    grade: str | None
    """once the result is public"""


async def whole_of(connection: Connection, need: Need) -> dict[str, Any]:
    """The fields of an answer that take questions of their own."""
    ballots = await store.ballots_over(connection, need.id)
    talks = await store.deliberations_about(connection, need.id)
    return {
        "ballots": tuple(_ballot(ballot, need) for ballot in ballots),
        "deliberations": tuple(_talk(talk) for talk in talks),
        "project": None if need.project_id is None else await _project(connection, need.project_id),
    }


def _ballot(ballot: Ballot, need: Need) -> BallotOver:
    counted = next((one for one in ballot.result.counted if one.need_id == need.id), None) if ballot.result else None
    return BallotOver(
        id=BallotId(ballot.id),
        closes_at=ballot.closes_at,
        fund_line=ballot.fund_line,
        chosen=counted.chosen if counted else None,
        votes=counted.votes if counted else None,
    )


def _talk(talk: Deliberation) -> TalkAbout:
    return TalkAbout(id=talk.deliberation_id, name=talk.told.name, walking=talk.walking)


async def _project(connection: Connection, id: ProjectId) -> ProjectOf:
    course = await store.course(connection, id)
    return ProjectOf(
        id=id,
        happened=course.happened if course else (),
        bids=course.bids if course else None,
        provider_id=course.provider_id if course else None,
        grade=course.grade if course else None,
    )
