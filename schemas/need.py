"""Needs and ballots of a community. Votes are rows of `needs`, never facts on a stream."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from schemas.fact import NEEDS, Fact
from schemas.fund_line import FundLine
from schemas.ids import BallotId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.pabulib import VoteType
from schemas.party import DivisionCode


class Origin(StrEnum):
    RESIDENT = "resident"
    DEPARTMENT = "department"


class Route(StrEnum):
    """Where a need goes (行政、志愿、市场 S002; 项目). A resident's need is always routed, never refused."""

    PROJECT = "project"
    ADMINISTRATIVE = "administrative"
    VOLUNTEER = "volunteer"
    MARKET = "market"


class NeedFact(Fact):
    stream: ClassVar[str] = NEEDS
    key_field: ClassVar[str] = "community_id"

    community_id: PartyId


class NeedPosted(NeedFact):
    type: ClassVar[str] = "need.posted"

    need_id: NeedId
    tracking_number: str
    origin: Origin
    category: str
    """one of the rulebook's `need.categories`"""
    division: DivisionCode
    beneficiaries: int
    title: str
    description: str


class NeedRouted(NeedFact):
    """A rule, or a person overruling it, said where the need goes, and why."""

    type: ClassVar[str] = "need.routed"

    need_id: NeedId
    route: Route
    reason: str
    source: str


class BallotItem(Model):
    """One need to be voted on, and what meeting it would cost."""

    need_id: NeedId
    cost: Money


class Tie(StrEnum):
    """What goes first of two items that the tally rule finds equal."""

    VOTERS = "voters"
    """the one more voters want"""
    CHEAPER = "cheaper"
    LISTED = "listed"
    """the one listed earlier; the last resort of every order"""


TIES = (Tie.VOTERS, Tie.CHEAPER, Tie.LISTED)


class BallotOpened(NeedFact):
    type: ClassVar[str] = "ballot.opened"
    version: ClassVar[int] = 2

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
    fund_line: FundLine | None = None
    """what it decides, it decides with this money; none where the funder left that open"""
    by_roll: bool = False
    """only tokens on the ballot's roll may vote"""
    ties: tuple[Tie, ...] = TIES
    """asked one after the other"""
    smallest_cell: int | None = None
    """voters: what fewer did alike is never published; none under a rulebook that did not say"""


class VoterGround(StrEnum):
    """Why somebody stands on the roll. The rulebook's `ballot.voter_grounds` says which count, and in which words."""

    REGISTERED = "registered"
    """户籍在本社区"""
    LIVING = "living"
    """常住、户籍不在本社区"""
    NEWCOMER = "newcomer"
    """新居民,流动人口"""


class RollListed(NeedFact):
    """Tokens were issued against the roll: how many and on which ground, never which."""

    type: ClassVar[str] = "roll.listed"

    ballot_id: BallotId
    added: dict[VoterGround, int]
    listed: dict[VoterGround, int]
    """all of the ballot so far"""
    listed_by: PartyId


class CountedItem(Model):
    need_id: NeedId
    cost: Money
    votes: int | None
    """how many voters gave it a point or more; none where the ballot had fewer voters than its smallest cell"""
    points: int | None
    """none in the same ballots"""
    chosen: bool


class BallotClosed(NeedFact):
    """Counted. `digest` is the SHA-256 over the canonical vote rows, so that a recount can be proven."""

    type: ClassVar[str] = "ballot.closed"
    version: ClassVar[int] = 2

    ballot_id: BallotId
    votes: int
    digest: str
    chosen: tuple[NeedId, ...]
    """in the order they were chosen"""
    counted: tuple[CountedItem, ...]
    """every item, in the order of the ballot"""
    arithmetic: str
    papers_left: int = 0
    """entered by one person only, or differently by two, and so not counted"""


class NeedChosen(NeedFact):
    """The residents chose this need; it becomes a proposal to the funder."""

    type: ClassVar[str] = "need.chosen"
    version: ClassVar[int] = 2

    ballot_id: BallotId
    need_id: NeedId
    project_id: ProjectId
    funder_id: PartyId
    title: str
    category: str
    division: DivisionCode
    beneficiaries: int
    cost: Money
    votes: int | None
    """none where so few voted that it would show how"""
    fund_line: FundLine | None = None
    """the money the ballot was bound to"""
