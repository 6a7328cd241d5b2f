"""What may be asked of matching: its advice, with the reasons."""

from datetime import date

from events.database import Connection
from schemas.ids import ApplicationId, PartyId, ProjectId, RoundId
from schemas.money import Money
from schemas.party import DivisionCode, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.solution import Alternative, Certificate, Chosen
from schemas.tender import RankedBid
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.matching import advice, store
from services.matching.rules.recommending import Recommended, Tender, recommend
from services.matching.rules.venture import Venture

NOTICE = (
    "按登记地远近列出,仅供参考,不作为投标资格或评分依据。Listed by distance, as advice: it neither gates nor scores."
)


class RankingAnswer(Answer):
    """The ranking with its whole arithmetic, one line per bid."""

    project_id: ProjectId
    base_price: Money
    ranking: tuple[RankedBid, ...]


class Recommendation(Answer):
    party_id: PartyId
    kind: PartyKind
    name: str | None
    """none for a natural person"""
    division: DivisionCode
    certificate_until: date | None
    reason: str

    @classmethod
    def of(cls, found: Recommended) -> "Recommendation":
        party = found.party
        return cls(
            party_id=PartyId(party.id),
            kind=party.kind,
            name=party.name,
            division=party.division,
            certificate_until=party.certificate.registered_until if party.certificate else None,
            reason=found.reason,
        )


class Recommendations(Answer):
    project_id: ProjectId
    notice: str
    providers: tuple[Recommendation, ...]


async def show_ranking(connection: Connection, asked: Asked) -> RankingAnswer:
    id = asked.id("project_id")
    found = await store.ranking(connection, id)
    if found is None:
        raise Refused("not_ranked", status=404, project=str(id))
    return RankingAnswer(project_id=ProjectId(id), base_price=found.base_price, ranking=found.ranking)


async def show_recommendations(connection: Connection, asked: Asked) -> Recommendations:
    """Near providers for an open tender, for its funder and its community."""
    id = asked.id("project_id")
    tender = await store.tender(connection, id)
    if tender is None or not tender.open:
        raise Refused("nothing_to_recommend", status=404, project=str(id))
    _must_be_concerned(tender, asked)
    near = await store.providers_near(connection, tender.brief.division, asked.limit)
    return Recommendations(
        project_id=ProjectId(id),
        notice=NOTICE,
        providers=tuple(Recommendation.of(found) for found in recommend(tender.brief, near)),
    )


def _must_be_concerned(tender: Tender, asked: Asked) -> None:
    by = asked.actor
    if by.role is not Role.AUDITOR and by.party_id not in (tender.brief.funder_id, tender.brief.community_id):
        raise Refused("not_your_party", status=403)


class SolutionAnswer(Answer):
    """What matching advises for a round, and the proof."""

    round_id: RoundId
    chosen: tuple[Chosen, ...]
    certificate: Certificate


class Alternatives(Answer):
    """Why not the others, in id order."""

    round_id: RoundId
    alternatives: tuple[Alternative, ...]
    next: ApplicationId | None


async def show_solution(connection: Connection, asked: Asked) -> SolutionAnswer:
    found, certificate = await _solved(connection, asked)
    return SolutionAnswer(round_id=found.round_id, chosen=found.chosen, certificate=certificate)


async def list_alternatives(connection: Connection, asked: Asked) -> Alternatives:
    found, _ = await _solved(connection, asked)
    candidates = await store.rejected(connection, found.id, asked.cursor, asked.limit)
    more = ApplicationId(candidates[-1].id) if len(candidates) == asked.limit else None
    weighed = tuple(one.alternative for one in candidates if one.alternative is not None)
    return Alternatives(round_id=found.round_id, alternatives=weighed, next=more)


async def _solved(connection: Connection, asked: Asked) -> tuple[Venture, Certificate]:
    id = asked.id("round_id")
    found = await store.venture(connection, id)
    if found is None or found.certificate is None:
        raise Refused("not_solved", status=404, round=str(id))
    return found, found.certificate


ROUTES = (
    Get(
        path="/v1/rounds/{round_id}/solution",
        roles=frozenset(),
        handler=show_solution,
        answer=SolutionAnswer,
        summary="整轮择优的结果与最优性证书 · The choice of a round and its certificate",
    ),
    Get(
        path="/v1/rounds/{round_id}/alternatives",
        roles=frozenset(),
        handler=list_alternatives,
        answer=Alternatives,
        summary="每份未入选申报的最近替代方案 · Why not: the nearest alternative of each rejected application",
    ),
    Get(
        path="/v1/projects/{project_id}/ranking",
        roles=frozenset(),
        handler=show_ranking,
        answer=RankingAnswer,
        summary="排名与完整算式 · The ranking and its arithmetic",
    ),
    Get(
        path="/v1/projects/{project_id}/recommendations",
        roles=frozenset({Role.FUNDER, Role.COMMUNITY, Role.AUDITOR}),
        handler=show_recommendations,
        answer=Recommendations,
        summary="招标期间附近的供应商(仅供参考) · Providers near an open tender, as advice",
    ),
    *advice.ROUTES,
)
