"""A project's story as three chapters of facts, each in the order of its log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from schemas.fact import Fact
from schemas.project import Brief, ProjectProposed

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    needs: tuple[Fact, ...]
    """its need's, and the opening and closing of the ballot it was chosen in; or its application's, and its round's"""
    funds: tuple[Fact, ...]
    """what arrived on the accounts it was paid from"""
    project: tuple[Fact, ...]

    def __iter__(self) -> Iterator[Fact]:
        yield from self.needs
        yield from self.funds
        yield from self.project

    def all(self, kind: type[F]) -> list[F]:
        return [fact for fact in self if isinstance(fact, kind)]

    def last(self, kind: type[F]) -> F | None:
        return next(reversed(self.all(kind)), None)

    @property
    def brief(self) -> Brief | None:
        proposed = self.last(ProjectProposed)
        return None if proposed is None else proposed.brief
