"""A vote on how to spend a budget, in whole numbers and without names: who voted what is only counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from schemas.need import TIES, Tie
from schemas.pabulib import VoteType

Ballot = tuple[tuple[int, int], ...]
"""(position of a project, points given to it), by position; an approval is one point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    cost: int


@dataclass(frozen=True, kw_only=True)
class Election:
    budget: int
    """in the smallest unit of money, as are costs: fen"""
    unit: int = 100
    """how many of those make one of the currency; the step of "add 1" """
    threshold: int = 0
    """a project with fewer points cannot be chosen"""
    vote_type: VoteType
    projects: tuple[Project, ...]
    """in the order they were listed, which breaks the last ties"""
    ballots: tuple[tuple[Ballot, int], ...]
    """each different ballot once, and how many cast it"""
    ties: tuple[Tie, ...] = TIES
    """what is asked of two projects that are equal, one after the other; the order they were listed in at the last"""

    def __post_init__(self) -> None:
        amounts = [self.budget, self.unit, *(project.cost for project in self.projects)]
        if not all(type(amount) is int and amount > 0 for amount in amounts):
            raise ValueError("budget, unit and costs are whole numbers above zero")
        if len({project.id for project in self.projects}) < len(self.projects):
            raise ValueError("two projects with one id")
        for ballot, voters in self.ballots:
            places = [place for place, _ in ballot]
            if voters < 1 or places != sorted(set(places)) or not set(places) <= set(range(len(self.projects))):
                raise ValueError("a ballot names known projects, each once and in order, and somebody cast it")
            if not all(type(points) is int for _, points in ballot):
                raise ValueError("points are whole numbers")
            if self.vote_type is VoteType.APPROVAL and any(points != 1 for _, points in ballot):
                raise ValueError("an approval is one point")

    @classmethod
    def of(
        cls,
        *,
        budget: int,
        costs: Mapping[str, int],
        votes: Iterable[Mapping[str, int]],
        vote_type: VoteType,
        unit: int = 100,
        threshold: int = 0,
    ) -> Self:
        """From costs and votes by project id, a vote giving points; KeyError for an unknown project."""
        places = {id: place for place, id in enumerate(costs)}
        ballots = Counter(tuple(sorted((places[id], points) for id, points in vote.items())) for vote in votes)
        return cls(
            budget=budget,
            unit=unit,
            threshold=threshold,
            vote_type=vote_type,
            projects=tuple(Project(id=id, cost=cost) for id, cost in costs.items()),
            ballots=tuple(sorted(ballots.items())),
        )

    @property
    def voters(self) -> int:
        return sum(voters for _, voters in self.ballots)

    @cached_property
    def casts(self) -> dict[tuple[int, int], list[int]]:
        """Each (position of a project, points given to it), and the positions of the ballots that give them."""
        casts: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for number, (ballot, _) in enumerate(self.ballots):
            for support in ballot:
                casts[support].append(number)
        return dict(casts)

    @cached_property
    def support(self) -> dict[tuple[int, int], int]:
        """How many voters gave a project (by position) so many points."""
        voters = [voters for _, voters in self.ballots]
        return {cast: sum(map(voters.__getitem__, ballots)) for cast, ballots in self.casts.items()}

    def scores(self) -> list[int]:
        """Points of each project, by position."""
        scores = [0] * len(self.projects)
        for (place, points), voters in self.support.items():
            scores[place] += points * voters
        return scores

    def supporters(self) -> list[int]:
        """How many voters gave each project a point or more, by position."""
        supporters = [0] * len(self.projects)
        for (place, points), voters in self.support.items():
            supporters[place] += voters if points > 0 else 0
        return supporters

    def precedence(self) -> list[tuple[int, ...]]:
        """Of equal projects the one with the lower numbers goes first, by position."""
        supporters = self.supporters()
        return [
            (*({Tie.VOTERS: -supporters[place], Tie.CHEAPER: project.cost}.get(tie, place) for tie in self.ties), place)
            for place, project in enumerate(self.projects)
        ]

    def eligible(self) -> list[int]:
        """Positions of what can be chosen at all: wanted by somebody, within budget, above the threshold."""
        scores, supporters = self.scores(), self.supporters()
        return [
            place
            for place, project in enumerate(self.projects)
            if supporters[place] and project.cost <= self.budget and scores[place] >= max(self.threshold, 1)
        ]


def approved(ids: Iterable[str]) -> dict[str, int]:
    """The points of an approval vote."""
    return dict.fromkeys(ids, 1)


def ranked(ids: Sequence[str], most: int) -> dict[str, int]:
    """The points of an ordinal vote, best first: `most`, `most` - 1, … (Borda; Kraków counts 3, 2, 1)."""
    return {id: most - rank for rank, id in enumerate(ids)}
