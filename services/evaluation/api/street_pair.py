"""Street and residents' committee rate each other; public with the project's result."""

from decimal import Decimal
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.governance import Reason
from schemas.ids import PartyId
from schemas.role import Role
from services.evaluation import store
from services.evaluation.api.finding import visible
from services.evaluation.consumer import evaluation_of
from services.evaluation.rules.street_pair import RateStreetPair, StreetRating, StreetRatings, rate_street_pair
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class StreetRatingAnswer(Answer):
    rater_id: PartyId
    rated_id: PartyId
    score: Decimal
    reasons: tuple[Reason, ...]


class StreetRatingsAnswer(Answer):
    """Before the grade only how many rated, so that neither answers the other."""

    given: int
    ratings: tuple[StreetRatingAnswer, ...] | None


def _shown(rating: StreetRating) -> StreetRatingAnswer:
    return StreetRatingAnswer(
        rater_id=rating.rater_id, rated_id=rating.rated_id, score=rating.score, reasons=rating.reasons
    )


def _refs(command: RateStreetPair, cause: UUID) -> tuple[Ref, ...]:
    return (*evaluation_of(command, cause), _subject(command, cause))


def _subject(command: RateStreetPair, cause: UUID) -> Ref:
    return StreetRatings, command.project_id


def _after(world: World, command: RateStreetPair, cause: UUID) -> StreetRatingAnswer:
    return _shown(world.get(StreetRatings, command.project_id).given[-1])


async def get_street_ratings(tx: Connection, asked: Asked) -> StreetRatingsAnswer:
    evaluation, _ = await visible(tx, asked)
    found = await store.street_ratings_of(tx, evaluation.id)
    given = () if found is None else found.given
    ratings = None if evaluation.grade is None else tuple(_shown(rating) for rating in given)
    return StreetRatingsAnswer(given=len(given), ratings=ratings)


_PATH = "/v1/projects/{project_id}/street-ratings"
STREET_PAIR = (
    Post(
        path=_PATH,
        command=RateStreetPair,
        roles=frozenset({Role.FUNDER, Role.COMMUNITY}),
        refs=_refs,
        decide=rate_street_pair,
        subject=_subject,
        answer=_after,
        summary="街道与居委会双向评估 · Street and residents' committee rate each other",
    ),
    Get(
        path=_PATH,
        roles=frozenset(),
        handler=get_street_ratings,
        answer=StreetRatingsAnswer,
        summary="街道与居委会的互评(评级后公开) · What street and committee said of each other, public once graded",
    ),
)
