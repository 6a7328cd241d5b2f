"""What is published of a closed ballot; see `schemas.outcome`."""

from collections.abc import Mapping, Sequence

from schemas.ids import BallotId
from schemas.money import Money
from schemas.outcome import EqualBallots, PublishedOutcome
from schemas.pabulib import Pabulib, Project, Vote, VoteType
from schemas.refused import Refused
from services.needs.rules.ballot import POINTED, Ballot, Result
from services.needs.rules.election import YUAN, Cell, election_of_cells
from services.needs.tally.recount import FROM_TOTALS

UNSAID = 5
"""the smallest cell of ballots from before a rulebook said; their totals were told, their groups were not"""
Group = tuple[tuple[tuple[int, int], ...], int]
"""(place, points) of each, and how many voted so"""


def outcome_of(ballot: Ballot, cells: Mapping[Cell, int], *, whole: bool) -> PublishedOutcome:
    """`whole`: with every group, for those who may see each vote."""
    result = counted(ballot)
    election = election_of_cells(ballot, cells)
    needed: Sequence[Group] = () if ballot.tally_rule in FROM_TOTALS else election.ballots
    if any(item.votes is None for item in result.counted):
        needed = election.ballots  # without totals no rule can be counted: then the ballots are what is withheld
    shown = needed if whole else _large_enough(needed, least_of(ballot))
    totals = zip(election.supporters(), election.scores(), strict=True) if whole else ()
    items = (
        tuple(
            item.model_copy(update={"votes": votes, "points": points})
            for item, (votes, points) in zip(result.counted, totals, strict=True)
        )
        if whole
        else result.counted
    )
    return PublishedOutcome(
        ballot_id=BallotId(ballot.id),
        community_id=ballot.community_id,
        funder_id=ballot.funder_id,
        fund_line=ballot.fund_line,
        vote_type=ballot.vote_type,
        tally_rule=ballot.tally_rule,
        budget=ballot.budget,
        step=Money(election.unit),
        threshold=ballot.threshold,
        max_choices=ballot.max_choices,
        ties=ballot.ties,
        voters=result.votes,
        smallest_cell=least_of(ballot),
        items=items,
        ballots=tuple(
            EqualBallots(places=tuple(p for p, _ in one), points=tuple(p for _, p in one), voters=voters)
            for one, voters in shown
        ),
        withheld=sum(voters for _, voters in needed) - sum(voters for _, voters in shown),
        chosen=result.chosen,
        digest=result.digest,
        rulebook=ballot.rulebook,
    )


def least_of(ballot: Ballot) -> int:
    return UNSAID if ballot.smallest_cell is None else ballot.smallest_cell


def counted(ballot: Ballot) -> Result:
    if ballot.result is None:
        raise Refused("ballot_still_open", ballot=str(ballot.id), closes_at=ballot.closes_at)
    return ballot.result


def _large_enough(groups: Sequence[Group], least: int) -> list[Group]:
    """Groups that are no small cell; the smallest of them go too while those left out would be one together."""
    large = sorted((group for group in groups if group[1] >= least), key=lambda group: (group[1], group[0]))
    withheld = sum(voters for _, voters in groups) - sum(voters for _, voters in large)
    while large and 0 < withheld < least:
        withheld += large.pop(0)[1]
    return sorted(large)


def exported(ballot: Ballot, titles: Mapping[str, str], cells: Mapping[Cell, int], *, whole: bool) -> Pabulib:
    """As an election in Pabulib's format, which has every ballot, or a refusal that says how many are withheld.

    Voters are numbered in the order of what they chose, so that a number says nothing of who it was.
    """
    result = counted(ballot)
    groups = election_of_cells(ballot, cells).ballots
    if not whole:
        shown = _large_enough(groups, least_of(ballot))
        left = result.votes - sum(voters for _, voters in shown)
        if left:
            raise Refused("ballots_withheld", ballot=str(ballot.id), withheld=left, least=least_of(ballot))
    ids = [str(item.need_id) for item in ballot.items]
    votes = [_vote(ballot, ids, group) for group, voters in groups for _ in range(voters)]
    amounts = [ballot.budget.fen, *(item.cost.fen for item in ballot.items)]
    unit = next(unit for unit in (1, 10, YUAN) if all(fen * unit % YUAN == 0 for fen in amounts))
    return Pabulib(
        meta=_meta(ballot, len(votes)),
        vote_type=ballot.vote_type,
        rule=ballot.tally_rule,
        budget=ballot.budget.fen * unit // YUAN,
        unit=unit,
        max_length=ballot.max_choices,
        threshold=ballot.threshold,
        projects=tuple(
            Project(id=id, name=titles.get(id, ""), cost=i.cost.fen * unit // YUAN, selected=i.need_id in result.chosen)
            for id, i in zip(ids, ballot.items, strict=True)
        ),
        votes=tuple(Vote(voter_id=str(n), projects=p, points=s) for n, (p, s) in enumerate(votes, start=1)),
    )


def _vote(
    ballot: Ballot, ids: list[str], group: tuple[tuple[int, int], ...]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    if ballot.vote_type is VoteType.ORDINAL:
        return tuple(ids[place] for place, _ in sorted(group, key=lambda one: -one[1])), ()
    points = tuple(points for _, points in group) if ballot.vote_type in POINTED else ()
    return tuple(ids[place] for place, _ in group), points


def _meta(ballot: Ballot, votes: int) -> dict[str, str]:
    limits = {VoteType.CUMULATIVE: "max_sum_points", VoteType.SCORING: "max_points"}
    meta = {
        "description": f"Sanshe 三社 ballot {ballot.id}",
        "num_projects": str(len(ballot.items)),
        "num_votes": str(votes),
        "budget": yuan_of(ballot.budget),
        "vote_type": ballot.vote_type.value,
        "rule": ballot.tally_rule,
        "ties": ",".join(ballot.ties),
        "min_length": str(ballot.min_choices),
        "max_length": str(ballot.max_choices),
        "min_project_score_threshold": str(ballot.threshold),
    }
    if ballot.vote_type in limits:
        meta[limits[ballot.vote_type]] = str(ballot.points)
    return meta


def yuan_of(amount: Money) -> str:
    yuan, fen = divmod(amount.fen, YUAN)
    return f"{yuan}.{fen:02}" if fen else str(yuan)
