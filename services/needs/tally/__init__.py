"""Counting a vote on a budget: pure, exact, the same years later. A rule is named as in Pabulib's files."""

from collections.abc import Callable
from dataclasses import dataclass

from services.needs.tally.election import Ballot, Election, Project, approved, ranked
from services.needs.tally.greedy import greedy
from services.needs.tally.shares import Purchase, Satisfaction, add_one, equal_shares, usual

__all__ = [
    "RULES",
    "Ballot",
    "Election",
    "Outcome",
    "Project",
    "Purchase",
    "Satisfaction",
    "add_one",
    "approved",
    "equal_shares",
    "greedy",
    "ranked",
    "tally",
    "usual",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    rule: str
    chosen: tuple[str, ...]
    """project ids in the order they were chosen"""
    cost: int


def _bought(election: Election) -> tuple[int, ...]:
    return tuple(purchase.place for purchase in equal_shares(election, usual(election.vote_type)))


def _added(election: Election) -> tuple[int, ...]:
    purchases, _ = add_one(election, usual(election.vote_type))
    return tuple(purchase.place for purchase in purchases)


RULES: dict[str, Callable[[Election], tuple[int, ...]]] = {
    "greedy": greedy,
    "greedy-no-skip": lambda election: greedy(election, skip=False),
    "equalshares": _bought,
    "equalshares/add1": _added,
    "equalshares/add1u": lambda election: greedy(election, already=_added(election)),
}
"""Each gives the positions of what is chosen. `add1u` spends what add 1 leaves over by the greedy rule."""


def tally(election: Election, rule: str) -> Outcome:
    """The outcome under a rule of RULES; LookupError when there is no such rule."""
    if rule not in RULES:
        raise LookupError(f"no rule {rule!r}; there are {', '.join(RULES)}")
    chosen = [election.projects[place] for place in RULES[rule](election)]
    return Outcome(rule=rule, chosen=tuple(p.id for p in chosen), cost=sum(p.cost for p in chosen))
