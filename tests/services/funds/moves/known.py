"""What a player knows, and what a move then means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

from schemas.ids import FundAccountId, ProjectId
from tests.services.funds.model.books import Model
from tests.services.funds.model.projects import AProject, ATranche

Step = Callable[[Model], list[str]]
"""what the move does to the model, and what should be said"""
Meant = tuple[Any, Step]
"""the body of a command or a fact, and its step"""
Line = tuple[ProjectId, int, int, int, str, date]
"""project, number of the tranche, place of its order, fen, reference, day"""


@dataclass
class Known:
    model: Model = field(default_factory=Model)
    accounts: list[FundAccountId] = field(default_factory=list)
    projects: list[ProjectId] = field(default_factory=lambda: [ProjectId(UUID(int=7))])
    lines: list[Line] = field(default_factory=list)
    refunds: int = 0
    sent_back: int = 0
    settlements: dict[ProjectId, Fraction] = field(default_factory=dict)
    """what part of the price is due: an agreement is terminated once, however often that is heard"""

    def project(self, a: int, *, maybe_new: bool) -> ProjectId:
        """Mostly the newest, or the one before; a new one when there is none to approve."""
        if maybe_new and a > 2:
            self.projects.append(ProjectId(uuid5(UUID(int=7), str(len(self.projects)))))
        return self.projects[-1 - (a == 4 and len(self.projects) > 1)]

    def found(self, project: ProjectId) -> AProject:
        """As the model has it; without anything where it has none."""
        return self.model.projects.get(project) or AProject({})

    def last(self, fits: Callable[[AProject], bool], otherwise: ProjectId) -> ProjectId:
        """The last project that fits."""
        found = (id for id in reversed(self.projects) if id in self.model.projects and fits(self.found(id)))
        return next(found, otherwise)

    def with_one(self, step: str, otherwise: ProjectId) -> ProjectId:
        """The last project with a tranche in this step."""
        return self.last(lambda p: any(t.step == step for t in p.tranches), otherwise)

    def in_phase(self, phase: str, otherwise: ProjectId, n: int) -> ProjectId:
        """The last project in this phase, mostly."""
        return otherwise if n % 6 == 5 else self.last(lambda p: p.phase == phase, otherwise)

    def number(self, project: ProjectId, step: str, b: int) -> int:
        """Of the first tranche in this step, mostly."""
        numbers = [i for i, t in enumerate(self.found(project).tranches, start=1) if t.step == step]
        return numbers[0] if numbers and b < 5 else b % 4 + 1

    @property
    def today(self) -> date:
        return self.model.periods.today

    def tranche(self, project: ProjectId, number: int) -> ATranche:
        tranches = self.found(project).tranches
        return tranches[number - 1] if number <= len(tranches) else ATranche(1, "signed")
