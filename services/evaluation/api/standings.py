"""What residents said of each provider over all its graded projects: public, and no ranking of too few voices.

It advises; in a statutory purchase it neither admits nor scores anybody.
"""

from decimal import Decimal
from uuid import UUID

from events.database import Connection
from schemas.ids import PartyId
from services.evaluation import rules, store
from services.evaluation.rules.scheme import percent
from services.kit.asked import Answer, Asked
from services.kit.service import Get

TOO_FEW = "计入的评价不足 {few} 份,样本小,不参与比较 · Fewer than {few} ratings count: too few to rank"
NONE_YET = "还没有可比较的评价 · No ratings to compare by yet"


class StandingAnswer(Answer):
    """`satisfied_at_least_percent` is the lower bound of the Wilson interval: compare by it, never by the share.

    Few voices shrink it. Where they are too few to rank it is missing, and `too_few_to_rank` says why.
    """

    provider_id: PartyId
    projects: int
    ratings_counted: int
    satisfied_percent: Decimal | None
    satisfied_at_least_percent: Decimal | None
    too_few_to_rank: str | None


class StandingsAnswer(Answer):
    providers: tuple[StandingAnswer, ...]
    next: UUID | None


def _shown(standing: store.Standing) -> StandingAnswer:
    counted, few, z = standing.counted, standing.too_few_below, standing.z
    share = at_least = None
    if few is None or z is None:
        why: str | None = NONE_YET
    elif counted < few:
        why = TOO_FEW.format(few=few)
    else:
        why = None
        share = percent(standing.satisfied, counted)
        at_least = rules.wilson(standing.satisfied, counted, Decimal(z)).lower
    return StandingAnswer(
        provider_id=PartyId(standing.provider_id),
        projects=standing.projects,
        ratings_counted=counted,
        satisfied_percent=share,
        satisfied_at_least_percent=at_least,
        too_few_to_rank=why,
    )


async def get_standings(tx: Connection, asked: Asked) -> StandingsAnswer:
    rows = await store.standings(tx, asked.cursor, asked.limit)
    return StandingsAnswer(
        providers=tuple(_shown(row) for row in rows),
        next=rows[-1].provider_id if len(rows) == asked.limit else None,
    )


STANDINGS = (
    Get(
        path="/v1/provider-standings",
        roles=frozenset(),
        handler=get_standings,
        answer=StandingsAnswer,
        summary="各承接方的居民满意度(样本小的不比较) · Residents' satisfaction with each provider",
    ),
)
