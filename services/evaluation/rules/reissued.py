"""One right to rate, and the tokens that stood for it one after the other: a lost one is void, its successor works.

What is registered, drawn by lot, counted and rated is the right, by the digest of its first token. So no reissue adds
a rater, and whoever bears the right, a milestone is rated with it once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from schemas.contract import Milestone
from schemas.deciding import Ref, State, World
from schemas.ids import ProjectId
from schemas.rating_token import RatingTokensReissued
from services.evaluation.rules.evaluation import Rating, Token, rating_id, token_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ReissuedToken(State):
    """A token that was reissued, or that was issued so; its id is `token_id`. Loading it loads the right as well."""

    project_id: ProjectId
    stands_for: str
    """digest of the first"""
    void: bool

    @property
    def right(self) -> tuple[Ref, ...]:
        """The right itself, and all that may have been rated with it."""
        token = token_id(self.project_id, self.stands_for)
        return ((Token, token), *((Rating, rating_id(token, milestone)) for milestone in Milestone))


def reissued_refs(project_id: UUID, digests: Iterable[str]) -> list[Ref]:
    return [(ReissuedToken, token_id(project_id, digest)) for digest in digests]


def rights_of(world: World, project_id: UUID, digests: Sequence[str]) -> tuple[list[str], list[int]]:
    """For each token the right that it stands for; and the places of those that are void."""
    found = [world.find(ReissuedToken, token_id(project_id, digest)) for digest in digests]
    rights = [digest if one is None else one.stands_for for digest, one in zip(digests, found, strict=True)]
    return rights, [place for place, one in enumerate(found) if one is not None and one.void]


def heard_refs(fact: RatingTokensReissued, cause: UUID) -> list[Ref]:
    return reissued_refs(fact.project_id, [digest for one in fact.reissued for digest in (one.lost, one.fresh)])


def evolve(world: World, fact: RatingTokensReissued) -> tuple[State, ...]:
    """Also before the agreement is signed and anything is registered."""
    after: dict[UUID, ReissuedToken] = {}
    for one in fact.reissued:
        lost, fresh = (token_id(fact.project_id, digest) for digest in (one.lost, one.fresh))
        before = after.get(lost) or world.find(ReissuedToken, lost)
        first = one.lost if before is None else before.stands_for
        after[lost] = ReissuedToken(id=lost, project_id=fact.project_id, stands_for=first, void=True)
        if fresh not in after and world.find(ReissuedToken, fresh) is None:
            after[fresh] = ReissuedToken(id=fresh, project_id=fact.project_id, stands_for=first, void=False)
    return tuple(after.values())
