"""Needs, and the residents' choice among them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.demo.client import Client, Person
from schemas.ids import BallotId, NeedId, PartyId, project_of
from schemas.money import Money
from schemas.need import BallotItem
from schemas.pabulib import VoteType
from services.needs.api.intake import BallotAnswer, NeedAnswer, PostedNeeds, VotesTaken
from services.needs.rules.intake import NeedDraft
from services.tenders.api.answers import ProjectAnswer

VOTES_PER_REQUEST = 5000
NEEDS_PER_REQUEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotTerms:
    """What a ballot is held under; `items` in the order that breaks the last ties."""

    funder_id: PartyId
    items: tuple[BallotItem, ...]
    budget: Money
    closes_at: datetime
    vote_type: VoteType = VoteType.APPROVAL
    tally_rule: str = "greedy"
    min_choices: int = 1
    max_choices: int
    points: int | None = None
    threshold: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """One vote: the voter's secret, and what it names, in an ordinal vote the best first."""

    voter: str
    choices: tuple[NeedId, ...]
    points: tuple[int, ...] | None = None


async def post_need(api: Client, staff: Person, draft: NeedDraft) -> NeedAnswer:
    """It has its tracking number and its way when this answers."""
    return await api.post(f"/v1/communities/{staff.party_id}/needs", NeedAnswer, draft, staff)


async def post_needs(
    api: Client, staff: Person, drafts: Sequence[NeedDraft], *, key: str | None = None
) -> list[NeedId]:
    """Many, in their order; every request all or none."""
    ids: list[NeedId] = []
    path = f"/v1/communities/{staff.party_id}/needs/batch"
    for start in range(0, len(drafts), NEEDS_PER_REQUEST):
        body = {"needs": drafts[start : start + NEEDS_PER_REQUEST]}
        posted = await api.post(path, PostedNeeds, body, staff, key=key and f"{key}.needs.{start}")
        ids += [need.id for need in posted.needs]
    return ids


async def open_ballot(api: Client, staff: Person, terms: BallotTerms, *, key: str | None = None) -> BallotAnswer:
    return await api.post(f"/v1/communities/{staff.party_id}/ballots", BallotAnswer, terms, staff, key=key)


async def cast_votes(
    api: Client, staff: Person, ballot_id: BallotId, votes: Iterable[Cast], *, key: str | None = None
) -> int:
    """One batch of votes, all or none."""
    body = {"votes": [{"token": _token(v.voter), "choices": v.choices, "points": v.points} for v in votes]}
    taken = await api.post(f"/v1/ballots/{ballot_id}/votes", VotesTaken, body, staff, key=key)
    return taken.taken


def _token(voter: str) -> str:
    return hashlib.sha256(voter.encode()).hexdigest()


async def ballot(api: Client, ballot_id: BallotId) -> BallotAnswer:
    return await api.get(f"/v1/ballots/{ballot_id}", BallotAnswer)


async def counted(api: Client, ballot_id: BallotId) -> BallotAnswer:
    """The ballot with its result, once its timer has rung."""
    return await api.until(f"/v1/ballots/{ballot_id}", BallotAnswer, lambda ballot: ballot.result is not None)


async def proposed(api: Client, ballot_id: BallotId, need_id: NeedId) -> ProjectAnswer:
    """The proposal that became of a chosen need."""
    project_id = project_of(ballot_id, need_id)
    return await api.until(f"/v1/projects/{project_id}", ProjectAnswer, lambda project: True)
