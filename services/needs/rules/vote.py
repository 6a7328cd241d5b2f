"""Votes: rows of this service, counted once per token, never told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import BallotId, NeedId
from schemas.model import Model
from schemas.pabulib import VoteType
from schemas.refused import Refused
from services.needs.rules.ballot import MOST_ITEMS, POINTED, Ballot
from services.needs.rules.voter import Token, Voter, vote_id

BadVote = dict[str, Any]
MOST_BAD_LINES = 20
"""named in one refusal"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(State):
    """The last vote of one token in one ballot. The id derives from both, so a later vote replaces an earlier."""

    ballot_id: UUID
    token: str
    places: tuple[int, ...]
    """positions in the ballot's items, in the voter's order"""
    points: tuple[int, ...]
    """one for each place; empty for approval and ordinal votes"""


class VoteCast(Model):
    token: Token
    choices: Annotated[tuple[NeedId, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    """needs; in an ordinal vote the best first"""
    points: Annotated[tuple[Annotated[int, Field(ge=0, le=1_000_000)], ...], Field(max_length=MOST_ITEMS)] | None = None
    """one for each choice, in cumulative and scoring votes"""


class CastVotes(Command):
    """Votes of many voters: all of them or none. A token that voted before replaces its vote until the close."""

    ballot_id: BallotId
    votes: Annotated[tuple[VoteCast, ...], Field(min_length=1, max_length=5000)]


class VotesCast(Note):
    votes: tuple[Vote, ...]


def cast_refs(command: CastVotes, cause: UUID) -> tuple[Ref, ...]:
    """The ballot and its roll: an earlier vote need not be read to be replaced."""
    return ((Ballot, command.ballot_id), *voter_refs(command.ballot_id, command.votes))


def voter_refs(ballot_id: BallotId, votes: Sequence[VoteCast]) -> Iterator[Ref]:
    return ((Voter, vote_id(ballot_id, vote.token)) for vote in votes)


def cast_votes(world: World, command: CastVotes, context: Context) -> list[Note]:
    ballot = world.get(Ballot, command.ballot_id)
    context.by.must_be(ballot.community_id)
    ballot.must_take_votes(context.at)
    return [VotesCast(votes=votes_of(world, ballot, command.votes))]


def votes_of(world: World, ballot: Ballot, votes: Sequence[VoteCast]) -> tuple[Vote, ...]:
    """As the ballot's terms and its roll allow them, or the first that fits neither is named."""
    places = {item.need_id: place for place, item in enumerate(ballot.items)}
    refuse_bad(_bad_lines(world, votes, ballot, places))
    return tuple(
        Vote(
            id=vote_id(ballot.id, vote.token),
            ballot_id=ballot.id,
            token=vote.token,
            places=tuple(places[choice] for choice in vote.choices),
            points=vote.points or (),
        )
        for vote in votes
    )


def refuse_bad(lines: Iterator[BadVote]) -> None:
    bad = [line for _, line in zip(range(MOST_BAD_LINES), lines, strict=False)]
    if bad:
        raise Refused("bad_votes", status=422, errors=bad, **bad[0])


def _bad_lines(world: World, votes: Sequence[VoteCast], ballot: Ballot, places: dict[NeedId, int]) -> Iterator[BadVote]:
    """Each with the name of a sentence, and what it is filled with."""
    first_of: dict[str, int] = {}
    for index, vote in enumerate(votes):
        first = first_of.setdefault(vote.token, index)
        if first != index:
            yield {"field": f"votes.{index}.token", "problem": "repeats_a_token", "first": f"votes.{first}"}
        elif ballot.by_roll and not _on_roll(world.find(Voter, vote_id(ballot.id, vote.token))):
            yield {"field": f"votes.{index}.token", "problem": "not_on_the_roll"}
        elif fault := _fault(vote, ballot, places):
            yield fault | {"field": f"votes.{index}.{fault['field']}"}


def _on_roll(voter: Voter | None) -> bool:
    return voter is not None and not voter.void


def _fault(vote: VoteCast, ballot: Ballot, places: dict[NeedId, int]) -> BadVote | None:
    """What the ballot's terms say against one vote, and about which of its fields."""
    if not all(choice in places for choice in vote.choices):
        return {"field": "choices", "problem": "no_such_choice"}
    if len(set(vote.choices)) < len(vote.choices):
        return {"field": "choices", "problem": "same_choice_twice"}
    if not ballot.min_choices <= len(vote.choices) <= ballot.max_choices:
        bounds = {"least": ballot.min_choices, "most": ballot.max_choices}
        return {"field": "choices", "problem": "number_of_choices"} | bounds
    return _points_fault(vote.points, ballot, len(vote.choices))


def _points_fault(points: tuple[int, ...] | None, ballot: Ballot, choices: int) -> BadVote | None:
    problem = None
    if ballot.vote_type not in POINTED or ballot.points is None:
        problem = None if points is None else "points_not_asked"
    elif points is None or len(points) != choices:
        problem = "points_not_matching"
    elif ballot.vote_type is VoteType.CUMULATIVE and sum(points) > ballot.points:
        problem = "points_in_all"
    elif ballot.vote_type is VoteType.SCORING and max(points) > ballot.points:
        problem = "points_for_one"
    if problem is None:
        return None
    return {"field": "points", "problem": problem, "vote_type": ballot.vote_type, "points": ballot.points}


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    return fact.votes if isinstance(fact, VotesCast) else ()
