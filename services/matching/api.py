"""What may be asked of matching: its advice, with the reasons."""

from datetime import date

from events.database import Connection
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.party import DivisionCode, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.tender import RankedBid
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.matching import store
from services.matching.rules.recommending import Recommended, Tender, recommend

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


ROUTES = (
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
)
