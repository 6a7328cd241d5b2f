"""The outcome of a ballot as it is published: enough to count again, and nothing that shows how a person voted.

The greedy rules are counted from the totals of each item, so no ballot is published. Equal shares needs the ballots:
they are published grouped, each different one once with how many cast it, without tokens and in an order of their own.
A group of fewer voters than the smallest cell is withheld, and more groups with it until what is withheld is itself
no small cell, because the totals would show it otherwise. Then only an auditor, who has all, can count again.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.fund_line import FundLine
from schemas.ids import BallotId, NeedId, PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.need import CountedItem, Tie
from schemas.pabulib import VoteType

Place = Annotated[int, Field(ge=0, le=499)]


class EqualBallots(Model):
    """Ballots that are alike in all that is counted."""

    places: Annotated[tuple[Place, ...], Field(min_length=1, max_length=500)]
    """positions in `items`, each once and in order"""
    points: Annotated[tuple[Annotated[int, Field(ge=0, le=1_000_000)], ...], Field(max_length=500)]
    """one for each place; an approval is one point, the first of an ordinal vote has `max_choices`"""
    voters: Annotated[int, Field(ge=1, le=10_000_000)]


class PublishedOutcome(Model):
    format: Literal["sanshe-outcome/1"] = "sanshe-outcome/1"
    ballot_id: BallotId
    community_id: PartyId
    funder_id: PartyId
    fund_line: FundLine | None
    vote_type: VoteType
    tally_rule: str
    """one of `sanshe tally --rule`"""
    budget: Money
    step: Money
    """of "add 1": one yuan, or more where a rich ballot of few voters would take too many steps"""
    threshold: int
    max_choices: int
    ties: Annotated[tuple[Tie, ...], Field(max_length=3)]
    """what is asked of two items that are equal, one after the other"""
    voters: int
    smallest_cell: int
    items: Annotated[tuple[CountedItem, ...], Field(min_length=1, max_length=500)]
    """in the order of the ballot, which breaks the last ties"""
    ballots: tuple[EqualBallots, ...]
    """empty where the totals are enough"""
    withheld: int
    """ballots of too small groups; above 0 only who has all of them can count again"""
    chosen: tuple[NeedId, ...]
    """in the order they were chosen"""
    digest: str
    """SHA-256 over the rows of the votes, tokens included, which only an auditor sees"""
    rulebook: str
