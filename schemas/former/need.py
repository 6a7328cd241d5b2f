"""Version 1 of `ballot.opened`, `ballot.closed` and `need.chosen`: before rolls, fund lines and withheld counts."""

from datetime import datetime
from typing import ClassVar

from schemas.ids import BallotId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.need import BallotItem, NeedFact
from schemas.pabulib import VoteType
from schemas.party import DivisionCode


class BallotOpened(NeedFact):
    type: ClassVar[str] = "ballot.opened"

    ballot_id: BallotId
    funder_id: PartyId
    """whose money the ballot is about, and who receives the proposals"""
    items: tuple[BallotItem, ...]
    """in the order they are listed, which breaks the last ties"""
    budget: Money
    tally_rule: str
    vote_type: VoteType
    min_choices: int
    max_choices: int
    """the first of an ordinal vote gets as many points"""
    points: int | None
    """what a voter may give: in all (cumulative), to each item (scoring)"""
    threshold: int
    """an item with fewer points cannot be chosen"""
    closes_at: datetime
    rulebook: str
    """hash of the rulebook that names the tally rule"""


class CountedItem(Model):
    need_id: NeedId
    cost: Money
    votes: int
    """how many voters gave it a point or more"""
    points: int
    chosen: bool


class BallotClosed(NeedFact):
    """Counted. `digest` is the SHA-256 over the canonical vote rows, so that a recount can be proven."""

    type: ClassVar[str] = "ballot.closed"

    ballot_id: BallotId
    votes: int
    digest: str
    chosen: tuple[NeedId, ...]
    """in the order they were chosen"""
    counted: tuple[CountedItem, ...]
    """every item, in the order of the ballot"""
    arithmetic: str


class NeedChosen(NeedFact):
    """The residents chose this need; it becomes a proposal to the funder."""

    type: ClassVar[str] = "need.chosen"

    ballot_id: BallotId
    need_id: NeedId
    project_id: ProjectId
    funder_id: PartyId
    title: str
    category: str
    division: DivisionCode
    beneficiaries: int
    cost: Money
    votes: int
