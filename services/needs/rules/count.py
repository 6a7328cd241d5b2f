"""The count: when a ballot's time is up, its box is opened, counted by the ballot's rule, and closed for good."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

from schemas.deciding import Context, Due, State, World
from schemas.ids import BallotId, NeedId, project_of
from schemas.model import Model
from schemas.money import Money
from schemas.need import BallotClosed, BallotOpened, CountedItem, NeedChosen
from services.needs.rules.ballot import Ballot
from services.needs.rules.election import Row, election_of
from services.needs.rules.need import Need, StepsDated
from services.needs.tally import Election, Outcome, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotBox(State):
    """All votes of one ballot, in the order of their tokens; its id is the ballot's. Loading it loads them.

    It stands for no row of its own: votes are written one by one as `Vote`, and what it was closed by is the ballot.
    """

    closes_at: datetime
    closed: bool
    rows: tuple[Row, ...]
    papers_left: int = 0

    def due(self) -> Mapping[str, datetime]:
        return {} if self.closed else {"close": self.closes_at}


def close_ballot(world: World, due: Due, context: Context) -> list[Model]:
    """Counts what was cast before the close; a ring for a ballot that is closed, or not yet due, changes nothing."""
    box = world.find(BallotBox, due.ref[1])
    ballot = world.find(Ballot, due.ref[1])
    if box is None or ballot is None or box.closed or context.at < box.closes_at:
        return []
    election = election_of(ballot, box.rows)
    chosen, arithmetic = _outcome(election, ballot)
    few = 0 < len(box.rows) < (ballot.smallest_cell or 1)
    counted = tuple(
        CountedItem(
            need_id=item.need_id,
            cost=item.cost,
            votes=None if few else votes,
            points=None if few else points,
            chosen=item.need_id in chosen,
        )
        for item, votes, points in zip(ballot.items, election.supporters(), election.scores(), strict=True)
    )
    closed = BallotClosed(
        community_id=ballot.community_id,
        ballot_id=BallotId(ballot.id),
        votes=len(box.rows),
        digest=digest_of(ballot, box.rows),
        chosen=chosen,
        counted=counted,
        arithmetic=arithmetic,
        papers_left=box.papers_left,
    )
    of = {item.need_id: item for item in counted}
    dated = [StepsDated(need_id=item.need_id, on=context.today) for item in counted]
    told = [_chosen(ballot, world.get(Need, id), of[id]) for id in chosen]
    return [closed, *dated, *told, *(one for one in dated if one.need_id in chosen)]


@lru_cache(maxsize=1)
def _tallied(election: Election, rule: str) -> Outcome:
    """Equal shares of tens of thousands of votes take a minute: counted once, and the same votes not again."""
    return tally(election, rule)


def _outcome(election: Election, ballot: Ballot) -> tuple[tuple[NeedId, ...], str]:
    """What is chosen, in order, and how in one sentence."""
    of = {str(item.need_id): item for item in ballot.items}
    outcome = _tallied(election, ballot.tally_rule)
    chosen = tuple(of[id].need_id for id in outcome.chosen)
    arithmetic = (
        f"规则 {outcome.rule},共 {election.voters} 票;预算 {ballot.budget},选中 {len(chosen)} 项合计 "
        f"{Money(outcome.cost)},剩余 {Money(election.budget - outcome.cost)}"
    )
    if outcome.rule.startswith("equalshares"):
        share, step = Money(election.budget // max(1, election.voters)), Money(election.unit)
        arithmetic += f";每人均分 {share},“加一”每步 {step}"
    return chosen, arithmetic


def _chosen(ballot: Ballot, need: Need, item: CountedItem) -> NeedChosen:
    return NeedChosen(
        community_id=ballot.community_id,
        ballot_id=BallotId(ballot.id),
        need_id=item.need_id,
        project_id=project_of(BallotId(ballot.id), item.need_id),
        funder_id=ballot.funder_id,
        title=need.title,
        category=need.category,
        division=need.division,
        beneficiaries=need.beneficiaries,
        cost=item.cost,
        votes=item.votes,
        fund_line=ballot.fund_line,
    )


def digest_of(ballot: Ballot, rows: Iterable[Row]) -> str:
    """SHA-256 over one line per vote, sorted by token: `token;need,need,…;points,points,…` and a line feed, UTF-8.

    Anyone with the rows of `GET /v1/ballots/{id}/votes` can compute it again.
    """
    needs = [str(item.need_id) for item in ballot.items]
    digest = sha256()
    for token, places, points in rows:
        line = f"{token};{','.join([needs[place] for place in places])};{','.join(map(str, points))}\n"
        digest.update(line.encode())
    return digest.hexdigest()


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case BallotOpened():
            return (BallotBox(id=fact.ballot_id, closes_at=fact.closes_at, closed=False, rows=()),)
        case BallotClosed():
            box = world.find(BallotBox, fact.ballot_id)
            return () if box is None else (replace(box, closed=True),)
        case _:
            return ()
