"""All ratings of a project, opened when the window is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.contract import Milestone
from schemas.deciding import State
from services.evaluation.rules.dense import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingBox(State):
    """Its id is the project's. Loading it loads the rows, in order of their number, and the evaluation.

    It stands for no row of its own; the window and the grade are the evaluation's.
    """

    closes_at: datetime
    """when it is counted: the window's end, or later where the count waits for follow-ups"""
    counted: bool = False
    rows: Mapping[Milestone, tuple[Row, ...]] = field(default_factory=dict)

    def due(self) -> Mapping[str, datetime]:
        return {} if self.counted else {"grade": self.closes_at}
