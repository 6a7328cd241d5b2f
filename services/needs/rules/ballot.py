"""A ballot: residents choose among needs within a budget that a funder stands behind."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.deciding import Context, Ref, State, World, new_id
from schemas.fact import Command
from schemas.fund_line import FundLine
from schemas.ids import BallotId, FundAccountId, NeedId, PartyId
from schemas.in_force import A_BALLOT, in_force
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.money import Money
from schemas.need import (
    TIES,
    BallotClosed,
    BallotItem,
    BallotOpened,
    CountedItem,
    RollListed,
    Route,
    Tie,
    VoterGround,
)
from schemas.pabulib import VoteType
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party
from services.needs.rules.intake import RULEBOOK
from services.needs.rules.line import Line
from services.needs.rules.need import Need, StepsDated

LONGEST_DAYS = 366
"""A platform limit, no law: a ballot belongs to one budget year."""
MOST_ITEMS = 500
POINTED = frozenset({VoteType.CUMULATIVE, VoteType.SCORING})
"""Kinds of vote in which the voter writes points."""
ORDER = "ballot.ties"
SMALLEST = "ballot.smallest_cell"
GROUNDS = "ballot.voter_grounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The count: everybody can add it up again, and prove it with the vote rows."""

    votes: int
    digest: str
    """SHA-256 over the canonical vote rows"""
    chosen: tuple[NeedId, ...]
    """in the order they were chosen"""
    counted: tuple[CountedItem, ...]
    arithmetic: str
    papers_left: int = 0
    """entered by one person only, or differently by two, and so not counted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot(State):
    community_id: PartyId
    funder_id: PartyId
    items: tuple[BallotItem, ...]
    budget: Money
    tally_rule: str
    vote_type: VoteType
    min_choices: int
    max_choices: int
    points: int | None
    threshold: int
    closes_at: datetime
    rulebook: str
    result: Result | None
    """None while it is open"""
    fund_line: FundLine | None = None
    by_roll: bool = False
    ties: tuple[Tie, ...] = TIES
    smallest_cell: int | None = None
    """as its rulebook says; none in ballots from before it did"""
    listed: Mapping[VoterGround, int] = dataclasses.field(default_factory=dict)
    """how many stand on its roll, by ground"""

    def must_take_votes(self, at: datetime) -> None:
        if self.result is not None or at >= self.closes_at:
            raise Refused("ballot_closed", ballot=str(self.id), closes_at=self.closes_at)


class OpenBallot(Command):
    """Community staff open a ballot over needs that are routed to projects."""

    community_id: PartyId
    funder_id: PartyId
    """whose budget it is, and who receives the proposals"""
    items: Annotated[tuple[BallotItem, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    """their order breaks the last ties"""
    budget: Money
    vote_type: VoteType
    tally_rule: Annotated[str, Field(min_length=1, max_length=50)]
    """one of the rulebook's `ballot.tally_rules`, named as in Pabulib"""
    min_choices: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 1
    max_choices: Annotated[int, Field(ge=1, le=MOST_ITEMS)]
    """how many items one vote may name; the first of an ordinal vote gets as many points, the next one less"""
    points: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """cumulative: what one voter hands out at most; scoring: the best score of an item; otherwise absent"""
    threshold: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    """an item with fewer points cannot be chosen"""
    closes_at: AwareDatetime
    """exclusive; the ballot is counted then"""
    rulebook: Annotated[str, Field(min_length=1, max_length=100)] = RULEBOOK
    fund_account_id: FundAccountId | None = None
    """of the funder: what the ballot decides, it decides with this money, such as 服务群众专项经费"""
    by_roll: bool = False
    """only tokens listed at `…/roll` may vote; otherwise whoever the community gave one"""


def open_refs(command: OpenBallot, cause: UUID) -> tuple[Ref, ...]:
    needs = tuple((Need, item.need_id) for item in command.items)
    line: tuple[Ref, ...] = () if command.fund_account_id is None else ((Line, command.fund_account_id),)
    return ((Party, command.funder_id), (Ballot, new_id(cause, "ballot")), *needs, *line)


def open_ballot(world: World, command: OpenBallot, context: Context) -> list[Model]:
    context.by.must_be(command.community_id)
    rulebook = in_force(command.rulebook, A_BALLOT, context)
    _check_funder(world.find(Party, command.funder_id), command.funder_id)
    _check_terms(command, rulebook, context.at)
    for index, item in enumerate(command.items):
        _check_item(world, command, index, item)
    if command.by_roll:
        must_know(rulebook, GROUNDS)
    opened = BallotOpened(
        community_id=command.community_id,
        ballot_id=BallotId(context.new_id("ballot")),
        funder_id=command.funder_id,
        items=command.items,
        budget=command.budget,
        tally_rule=command.tally_rule,
        vote_type=command.vote_type,
        min_choices=command.min_choices,
        max_choices=command.max_choices,
        points=command.points,
        threshold=command.threshold,
        closes_at=command.closes_at,
        rulebook=rulebook.hash,
        fund_line=_line(world, command),
        by_roll=command.by_roll,
        ties=tuple(Tie(tie) for tie in rulebook.value(ORDER)) if ORDER in rulebook.rules else TIES,
        smallest_cell=rulebook.integer(SMALLEST) if SMALLEST in rulebook.rules else None,
    )
    return [opened, *(StepsDated(need_id=item.need_id, on=context.today) for item in command.items)]


def _line(world: World, command: OpenBallot) -> FundLine | None:
    if command.fund_account_id is None:
        return None
    line = world.find(Line, command.fund_account_id)
    if line is None or line.funder_id != command.funder_id:
        account = str(command.fund_account_id)
        raise Refused("fund_line_unknown", status=422, field="fund_account_id", account=account)
    must_be_public(line.name, "fund_account_id")
    return FundLine(account_id=command.fund_account_id, name=line.name)


def _check_funder(party: Party | None, id: PartyId) -> None:
    if party is None or party.kind is not PartyKind.FUNDER:
        raise Refused("not_a_funder", status=422, field="funder_id", party=str(id))
    party.must_stand()


def _check_terms(command: OpenBallot, rulebook: Rulebook, at: datetime) -> None:
    for field, path in (("tally_rule", "ballot.tally_rules"), ("vote_type", "ballot.vote_types")):
        if getattr(command, field) not in rulebook.value(path):
            known = ", ".join(rulebook.value(path))
            raise Refused(f"unknown_{field}", rulebook.source(path), status=422, field=field, known=known)
    if not at < command.closes_at <= at + timedelta(days=LONGEST_DAYS):
        raise Refused("ballot_term", status=422, field="closes_at", days=LONGEST_DAYS)
    if not command.budget:
        raise Refused("no_money", status=422, field="budget")
    if not command.min_choices <= command.max_choices <= len(command.items):
        raise Refused("choices_unclear", status=422, field="max_choices", items=len(command.items))
    if (command.points is None) == (command.vote_type in POINTED):
        raise Refused("points_unclear", status=422, field="points", vote_type=command.vote_type)


def _check_item(world: World, command: OpenBallot, index: int, item: BallotItem) -> None:
    field = f"items.{index}"
    need = world.find(Need, item.need_id)
    if need is None or need.community_id != command.community_id:
        raise Refused("need_unknown", status=422, field=f"{field}.need_id", need=str(item.need_id))
    if any(other.need_id == item.need_id for other in command.items[:index]):
        raise Refused("need_twice", status=422, field=f"{field}.need_id", need=need.tracking_number)
    if not item.cost:
        raise Refused("no_money", status=422, field=f"{field}.cost")
    if need.merged_into is not None:
        raise Refused("need_merged", field=f"{field}.need_id", need=need.tracking_number, into=str(need.merged_into))
    if need.project_id is not None:
        raise Refused("need_chosen", field=f"{field}.need_id", need=need.tracking_number, project=str(need.project_id))
    if need.ballot_id is not None:
        raise Refused("need_in_ballot", field=f"{field}.need_id", need=need.tracking_number, ballot=str(need.ballot_id))
    if need.route is not Route.PROJECT:
        raise Refused("need_not_a_project", field=f"{field}.need_id", need=need.tracking_number, route=need.route)


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case BallotOpened():
            return (_opened(fact),)
        case BallotClosed():
            ballot = world.find(Ballot, fact.ballot_id)
            if ballot is None:
                return ()
            result = Result(
                votes=fact.votes,
                digest=fact.digest,
                chosen=fact.chosen,
                counted=fact.counted,
                arithmetic=fact.arithmetic,
                papers_left=fact.papers_left,
            )
            return (replace(ballot, result=result),)
        case RollListed():
            ballot = world.find(Ballot, fact.ballot_id)
            return () if ballot is None else (replace(ballot, listed=fact.listed),)
        case _:
            return ()


def _opened(fact: BallotOpened) -> Ballot:
    return Ballot(
        id=fact.ballot_id,
        community_id=fact.community_id,
        funder_id=fact.funder_id,
        items=fact.items,
        budget=fact.budget,
        tally_rule=fact.tally_rule,
        vote_type=fact.vote_type,
        min_choices=fact.min_choices,
        max_choices=fact.max_choices,
        points=fact.points,
        threshold=fact.threshold,
        closes_at=fact.closes_at,
        rulebook=fact.rulebook,
        result=None,
        fund_line=fact.fund_line,
        by_roll=fact.by_roll,
        ties=fact.ties,
        smallest_cell=fact.smallest_cell,
    )
