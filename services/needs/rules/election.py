"""A ballot and its votes as an election that `services.needs.tally` can count."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from schemas.pabulib import VoteType
from services.needs.rules.ballot import Ballot
from services.needs.tally import Election, Project

Row = tuple[str, tuple[int, ...], tuple[int, ...]]
"""One vote: token, places in the ballot, points (empty for approval and ordinal votes)."""

YUAN = 100
"""in fen: the step of "add 1", one of the currency"""
MOST_STEPS = 10_000
"""of "add 1" in a count, which runs while others wait: some milliseconds each"""


Cell = tuple[tuple[int, ...], tuple[int, ...]]
"""What several voters may have cast alike: places and points."""


def election_of(ballot: Ballot, rows: Iterable[Row]) -> Election:
    return election_of_cells(ballot, Counter(row[1:] for row in rows))


def election_of_cells(ballot: Ballot, cells: Mapping[Cell, int]) -> Election:
    """The votes with points on each, every different one once; ordinal votes give `max_choices`, one less, …"""
    different: Counter[tuple[tuple[int, int], ...]] = Counter()
    for (places, points), voters in cells.items():
        different[tuple(sorted(zip(places, _points(ballot, places, points), strict=True)))] += voters
    election = Election(
        budget=ballot.budget.fen,
        unit=YUAN,
        threshold=ballot.threshold,
        vote_type=ballot.vote_type,
        ties=ballot.ties,
        projects=tuple(Project(id=str(item.need_id), cost=item.cost.fen) for item in ballot.items),
        ballots=tuple(sorted(different.items())),
    )
    step = _step(election) if "add1" in ballot.tally_rule else YUAN
    return election if step == YUAN else replace(election, unit=step)


def _points(ballot: Ballot, places: Sequence[int], points: tuple[int, ...]) -> Sequence[int]:
    match ballot.vote_type:
        case VoteType.APPROVAL:
            return (1,) * len(places)
        case VoteType.ORDINAL:
            return range(ballot.max_choices, ballot.max_choices - len(places), -1)
        case VoteType.CUMULATIVE | VoteType.SCORING:
            return points


def _step(election: Election) -> int:
    """One yuan; more, where even the share at which everything wanted is bought lies over 10,000 yuan away.

    With that share nobody runs out: a voter pays cost × own points ÷ all points for each project named. "Add 1"
    ends there at the latest, so the count of a rich ballot with few voters ends too.
    """
    scores, costs = election.scores(), [project.cost for project in election.projects]
    wanted = set(election.eligible())
    enough = 0
    for ballot, _ in election.ballots:
        pays = (-(-costs[place] * points // scores[place]) for place, points in ballot if place in wanted)
        enough = max(enough, sum(pays))
    missing = enough - election.budget // max(1, election.voters)
    return YUAN * max(1, -(-missing // (YUAN * MOST_STEPS)))
