"""A token to rate a project with was lost: another is handed out, and evaluation is told which stands for which.

It is told by a timer and not by the command: nothing that tells of the two digests then leads back to the request,
which named the resident. A rating that the lost one gave stays; the new one may rate only what is not rated yet.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from schemas.contract import Milestone
from schemas.deciding import Context, Due, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.rating_token import MOST_REISSUED, RatingTokensReissued, ReissueReason, TokenReissued
from schemas.refused import Refused
from services.needs.rules.residents.register import Resident, own
from services.needs.rules.residents.token import (
    Reissue,
    TokenKey,
    TokensIssued,
    digest_of,
    forget,
    rating_purpose,
    token_of,
)

MOST_TOKENS = 20
"""of one person for one purpose, the first included"""


class ReissueRatingToken(Command):
    """The resident's token is void from now on, and another stands in its place."""

    community_id: PartyId
    project_id: ProjectId
    milestone: Milestone | None = None
    """as the token was issued; none: for every milestone"""
    resident_id: UUID
    reason: ReissueReason

    @property
    def purpose_id(self) -> UUID:
        return rating_purpose(self.community_id, self.project_id, self.milestone)


class ReissuesTold(Note):
    purpose_id: UUID


def reissue_refs(command: ReissueRatingToken, cause: UUID) -> tuple[Ref, ...]:
    return ((TokenKey, command.purpose_id), (Resident, command.resident_id))


def reissue(world: World, command: ReissueRatingToken, context: Context) -> list[Note]:
    """Whether the lost one has rated, needs does not know: evaluation lets one right be used once, whoever bears it."""
    context.by.must_be(command.community_id)
    resident = own(world, command.community_id, command.resident_id, "resident_id")
    key, number = world.find(TokenKey, command.purpose_id), resident.number_of(command.purpose_id)
    if key is None or not number:
        raise Refused("no_rating_token_held", field="resident_id", resident=str(resident.id))
    if not key.key or context.at >= key.ends_at:
        raise Refused("tokens_over", ended=key.ends_at)
    if number >= MOST_TOKENS:
        raise Refused("reissued_too_often", field="resident_id", resident=str(resident.id), most=MOST_TOKENS)
    if len(key.untold) >= MOST_REISSUED:
        raise Refused("reissues_untold", number=len(key.untold))
    lost, fresh = (digest_of(token_of(context.vault, key, resident, n)) for n in (number, number + 1))
    told = Reissue(
        project_id=command.project_id,
        milestone=command.milestone,
        lost=lost,
        fresh=fresh,
        reason=command.reason,
        by=context.by.person_id,
    )
    waiting = replace(key, untold=(*key.untold, told), tell_at=key.tell_at or context.at)
    return [TokensIssued(key=waiting, residents=(resident.holding(key.id, number + 1),), voters=())]


def ring(world: World, due: Due, context: Context) -> Sequence[Model]:
    return tell(world, due, context) if due.name == "tell" else forget(world, due, context)


def tell(world: World, due: Due, context: Context) -> list[Model]:
    key = world.find(TokenKey, due.ref[1])
    if key is None or not key.untold:
        return []
    first = key.untold[0]
    told = RatingTokensReissued(
        community_id=key.community_id,
        project_id=ProjectId(first.project_id),
        milestone=first.milestone,
        reissued=tuple(
            TokenReissued(lost=one.lost, fresh=one.fresh, reason=one.reason, reissued_by=PartyId(one.by))
            for one in key.untold
        ),
    )
    return [told, ReissuesTold(purpose_id=key.id)]


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    if not isinstance(fact, ReissuesTold):
        return ()
    return (replace(world.get(TokenKey, fact.purpose_id), untold=(), tell_at=None),)
