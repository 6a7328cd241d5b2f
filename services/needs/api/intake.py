"""What people may ask of needs and ballots. Needs and results are public; single votes are the auditor's."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.fund_line import FundLine
from schemas.ids import BallotId, NeedId, PartyId, ProjectId
from schemas.intake import Channel
from schemas.money import Money
from schemas.need import TIES, BallotItem, Origin, Route, Tie, VoterGround
from schemas.pabulib import VoteType
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs import store
from services.needs.api.steps import HandlingAnswer, StepAnswer, handling_answer, steps_of
from services.needs.api.whole import BallotOver, ProjectOf, TalkAbout, whole_of
from services.needs.rules import ballot, intake, need, vote
from services.needs.store import handling as handlings

COMMUNITY = frozenset({Role.COMMUNITY})
AUDITOR = frozenset({Role.AUDITOR})
PUBLIC: frozenset[Role] = frozenset()
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}
LARGEST_VOTES = 8 * 1024 * 1024
LARGEST_NEEDS = 8 * 1024 * 1024


class NeedAnswer(Answer):
    """A need with the way it goes, and why. Public."""

    version: int | None
    id: NeedId
    community_id: PartyId
    tracking_number: str
    origin: Origin
    category: str
    division: str
    beneficiaries: int
    title: str
    description: str
    route: Route | None
    route_reason: str
    route_source: str
    ballot_id: BallotId | None
    """the open ballot it stands in"""
    project_id: ProjectId | None
    """what became of it, once it was chosen"""
    channel: Channel | None
    """how it reached the community, where that was recorded"""
    taken_in_on: date | None
    merged_into: NeedId | None = None
    """which answers for it since"""
    joined: tuple[NeedId, ...] = ()
    """needs that were found to be the same as this one"""
    met_on: date | None = None
    """by volunteers, or by what a resident unit shares"""
    handling: HandlingAnswer | None = None
    """at a department; of a merged need that of the one it joined. Shown of a single need, like `steps`"""
    steps: tuple[StepAnswer, ...] = ()
    deliberations: tuple[TalkAbout, ...] = ()
    """shown, as the next two, of a single need"""
    ballots: tuple[BallotOver, ...] = ()
    project: ProjectOf | None = None
    """bids, provider, accepted milestones and grade, as they become public"""


class PostedNeed(Answer):
    id: NeedId
    tracking_number: str
    route: Route | None


class PostedNeeds(Answer):
    """In the order they were sent."""

    needs: tuple[PostedNeed, ...]


class NeedsPage(Answer):
    needs: tuple[NeedAnswer, ...]
    next: UUID | None


class BallotAnswer(Answer):
    """A ballot; `result` appears when it is closed. Public."""

    version: int | None
    id: BallotId
    community_id: PartyId
    funder_id: PartyId
    items: tuple[BallotItem, ...]
    budget: Money
    vote_type: VoteType
    tally_rule: str
    min_choices: int
    max_choices: int
    points: int | None
    threshold: int
    closes_at: datetime
    rulebook: str
    """its hash"""
    result: ballot.Result | None
    fund_line: FundLine | None = None
    """the money it decides about"""
    ties: tuple[Tie, ...] = TIES
    """what is asked of two needs that are equal, one after the other"""
    by_roll: bool = False
    """only tokens on its roll may vote"""
    listed: Mapping[VoterGround, int] = {}
    """how many stand on the roll, by ground"""
    smallest_cell: int | None = None
    """voters: what fewer did alike is not published"""


class BallotsPage(Answer):
    ballots: tuple[BallotAnswer, ...]
    next: UUID | None


class VotesTaken(Answer):
    ballot_id: BallotId
    taken: int


class VoteAnswer(Answer):
    token: str
    """SHA-256 of the voter's token"""
    choices: tuple[NeedId, ...]
    points: tuple[int, ...]


class VotesPage(Answer):
    votes: tuple[VoteAnswer, ...]
    next: UUID | None


def _need_answer(state: need.Need, version: int | None = None) -> NeedAnswer:
    return NeedAnswer(
        version=version,
        id=NeedId(state.id),
        community_id=state.community_id,
        tracking_number=state.tracking_number,
        origin=state.origin,
        category=state.category,
        division=state.division,
        beneficiaries=state.beneficiaries,
        title=state.title,
        description=state.description,
        route=state.route,
        route_reason=state.reason,
        route_source=state.source,
        ballot_id=state.ballot_id,
        project_id=state.project_id,
        channel=state.channel,
        taken_in_on=state.taken_in_on,
        merged_into=state.merged_into,
        joined=state.joined,
        met_on=state.met_on,
    )


def _ballot_answer(state: ballot.Ballot, version: int | None = None) -> BallotAnswer:
    return BallotAnswer(
        version=version,
        id=BallotId(state.id),
        community_id=state.community_id,
        funder_id=state.funder_id,
        items=state.items,
        budget=state.budget,
        vote_type=state.vote_type,
        tally_rule=state.tally_rule,
        min_choices=state.min_choices,
        max_choices=state.max_choices,
        points=state.points,
        threshold=state.threshold,
        closes_at=state.closes_at,
        rulebook=state.rulebook,
        result=state.result,
        fund_line=state.fund_line,
        ties=state.ties,
        by_roll=state.by_roll,
        listed=state.listed,
        smallest_cell=state.smallest_cell,
    )


def _posted(world: World, command: intake.PostNeed, cause: UUID) -> NeedAnswer:
    return _need_answer(world.get(need.Need, new_id(cause, "need")))


def _batch_posted(world: World, command: intake.PostNeeds, cause: UUID) -> PostedNeeds:
    states = [world.get(need.Need, intake.batch_id(cause, index)) for index in range(len(command.needs))]
    return PostedNeeds(needs=tuple(_short(state) for state in states))


def _short(state: need.Need) -> PostedNeed:
    return PostedNeed(id=NeedId(state.id), tracking_number=state.tracking_number, route=state.route)


def _routed(world: World, command: need.RouteNeed, cause: UUID) -> NeedAnswer:
    return _need_answer(world.get(need.Need, command.need_id))


def _opened(world: World, command: ballot.OpenBallot, cause: UUID) -> BallotAnswer:
    return _ballot_answer(world.get(ballot.Ballot, new_id(cause, "ballot")))


def _taken(world: World, command: vote.CastVotes, cause: UUID) -> VotesTaken:
    return VotesTaken(ballot_id=command.ballot_id, taken=len(command.votes))


async def _needs_of(connection: Connection, asked: Asked) -> NeedsPage:
    states = await store.needs_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return NeedsPage(
        needs=tuple(_need_answer(state) for state in states),
        next=states[-1].id if len(states) == asked.limit else None,
    )


async def _tracked(connection: Connection, asked: Asked) -> NeedAnswer:
    number = asked.path["tracking_number"].upper()
    well_formed = re.fullmatch(r"\d{6}(-[0-9A-Z]{4}){3}", number, re.ASCII)
    found = await store.need_tracked_by(connection, number) if well_formed else None
    if found is None:
        raise Refused("not_tracked", status=404)
    state, version = found
    handling = await handlings.handling(connection, state.merged_into or state.id)
    shown = {
        "handling": None if handling is None else handling_answer(*handling),
        "steps": await steps_of(connection, state),
        **await whole_of(connection, state),
    }
    return _need_answer(state, version).model_copy(update=shown)


async def _ballots_of(connection: Connection, asked: Asked) -> BallotsPage:
    states = await store.ballots_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return BallotsPage(
        ballots=tuple(_ballot_answer(state) for state in states),
        next=states[-1].id if len(states) == asked.limit else None,
    )


async def _ballot(connection: Connection, asked: Asked) -> BallotAnswer:
    return _ballot_answer(*await _known_ballot(connection, asked.id("ballot_id")))


async def _known_ballot(connection: Connection, id: UUID) -> tuple[ballot.Ballot, int]:
    found = await store.ballot(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Ballot", id=str(id))
    return found


async def _votes(connection: Connection, asked: Asked) -> VotesPage:
    """While a ballot is open nobody sees how it stands."""
    state, _ = await _known_ballot(connection, asked.id("ballot_id"))
    if state.result is None:
        raise Refused("ballot_still_open", ballot=str(state.id), closes_at=state.closes_at)
    votes = await store.votes_of(connection, state.id, asked.cursor, asked.limit)
    needs = [item.need_id for item in state.items]
    return VotesPage(
        votes=tuple(
            VoteAnswer(token=v.token, choices=tuple(needs[place] for place in v.places), points=v.points) for v in votes
        ),
        next=votes[-1].id if len(votes) == asked.limit else None,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/needs",
        command=intake.PostNeed,
        roles=COMMUNITY,
        refs=intake.post_refs,
        decide=intake.post_need,
        subject=lambda command, cause: (need.Need, new_id(cause, "need")),
        answer=_posted,
        summary="登记需求(得到查询编号和办理途径) · Post a need",
    ),
    Post(
        path="/v1/communities/{community_id}/needs/batch",
        command=intake.PostNeeds,
        roles=COMMUNITY,
        refs=intake.batch_refs,
        decide=intake.post_needs,
        subject=lambda command, cause: (need.Need, intake.batch_id(cause, 0)),
        answer=_batch_posted,
        summary="批量登记需求(至多 500 条,全部写入或全不写入) · Post needs, all or none",
        largest_body=LARGEST_NEEDS,
    ),
    Post(
        path="/v1/needs/{need_id}/routings",
        command=need.RouteNeed,
        roles=COMMUNITY,
        refs=need.route_refs,
        decide=need.route_need,
        subject=lambda command, cause: (need.Need, command.need_id),
        answer=_routed,
        summary="改变需求的办理途径(须说明理由) · Send a need another way, with a reason",
    ),
    Post(
        path="/v1/communities/{community_id}/ballots",
        command=ballot.OpenBallot,
        roles=COMMUNITY,
        refs=ballot.open_refs,
        decide=ballot.open_ballot,
        subject=lambda command, cause: (ballot.Ballot, new_id(cause, "ballot")),
        answer=_opened,
        summary="对若干需求发起投票,附预算 · Open a ballot over needs, with a budget",
    ),
    Post(
        path="/v1/ballots/{ballot_id}/votes",
        command=vote.CastVotes,
        roles=COMMUNITY,
        refs=vote.cast_refs,
        decide=vote.cast_votes,
        subject=lambda command, cause: (ballot.Ballot, command.ballot_id),
        answer=_taken,
        summary="批量投票(至多 5000 张,后投的取代先投的) · Cast votes, all or none; a later one replaces its earlier",
        largest_body=LARGEST_VOTES,
        shares=True,
    ),
    Get(
        path="/v1/communities/{community_id}/needs",
        roles=PUBLIC,
        handler=_needs_of,
        answer=NeedsPage,
        summary="社区的需求 · The needs of a community",
        query=PAGES,
    ),
    Get(
        path="/v1/communities/{community_id}/ballots",
        roles=PUBLIC,
        handler=_ballots_of,
        answer=BallotsPage,
        summary="社区的投票(进行中和已截止) · The ballots of a community",
        query=PAGES,
    ),
    Get(
        path="/v1/needs/{tracking_number}",
        roles=PUBLIC,
        handler=_tracked,
        answer=NeedAnswer,
        summary="凭查询编号查需求的去向 · What became of a need, by its tracking number",
    ),
    Get(
        path="/v1/ballots/{ballot_id}",
        roles=PUBLIC,
        handler=_ballot,
        answer=BallotAnswer,
        summary="一次投票,截止后附结果 · A ballot, and when it is closed its result",
    ),
    Get(
        path="/v1/ballots/{ballot_id}/votes",
        roles=AUDITOR,
        handler=_votes,
        answer=VotesPage,
        summary="已截止投票的全部选票,可供重新计票 · The votes of a closed ballot, for a recount",
        query=PAGES,
    ),
)
