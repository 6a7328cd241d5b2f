"""An election as a city published it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class VoteType(StrEnum):
    APPROVAL = "approval"
    """the projects a voter approves"""
    ORDINAL = "ordinal"
    """the same, best first"""
    CUMULATIVE = "cumulative"
    """points handed out from a fixed sum"""
    SCORING = "scoring"
    """a score for each project"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    id: str
    name: str
    cost: int
    """in units of `Pabulib.unit` to one of the currency"""
    selected: bool | None
    """what the city published; none where the file does not say"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    voter_id: str
    projects: tuple[str, ...]
    """ids in the voter's order"""
    points: tuple[int, ...]
    """one for each project; empty for approval and ordinal votes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pabulib:
    meta: Mapping[str, str]
    vote_type: VoteType
    rule: str
    """as the city names it; empty where the file does not say"""
    budget: int
    unit: int
    """how many of the integers of `budget` and `cost` make one of the currency: 1, 10, 100, …"""
    max_length: int
    """the most projects one vote may name"""
    threshold: int
    """min_project_score_threshold: a project with fewer points cannot be chosen"""
    projects: tuple[Project, ...]
    votes: tuple[Vote, ...]

    @property
    def selected(self) -> frozenset[str] | None:
        """The ids the city published as chosen; none where the file does not say."""
        if any(project.selected is None for project in self.projects):
            return None
        return frozenset(project.id for project in self.projects if project.selected)
