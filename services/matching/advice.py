"""Advice before a bid: may I, what is missing, which projects suit me, which organizations suit us. People decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from events.database import Connection
from schemas.days import day_of
from schemas.eligible import Check, Needs, bidder_kind
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.narrowing import BidderKind
from schemas.party import DivisionCode, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty
from schemas.standing import Party
from services.kit import reasons
from services.kit.asked import Answer, Asked
from services.kit.service import Get
from services.matching import store
from services.matching.rules.advising import (
    Hint,
    Record,
    Wanted,
    gates,
    hints,
    of_oneself,
    speaking_for,
    wanted_by,
)
from services.matching.rules.recommending import Tender

MOST_WEIGHED = 500
"""tenders or parties of one county that are weighed for a list, the nearest"""
NOTICE = (
    "条件按投标时的检查顺序列出;参考事项不作为资格条件或评分因素,由人决定。是否已投标、其他投标人是谁,这里不知道。"
    " Gates in the order of the bid door; hints neither gate nor score, and people decide. Who bids is not known here."
)
LISTED = (
    "仅供参考:参考事项多的在前,不作为资格条件或评分因素,由人决定。"
    " Advice only: where more speaks for it comes first; it neither gates nor scores, and people decide."
)


class GateLine(Answer):
    """One thing the bid door asks. `met` follows from `needs`, `required` and `actual`, which anybody can compare."""

    rule: str
    code: str
    """under which the door refuses"""
    needs: Needs
    required: tuple[str, ...]
    actual: tuple[str, ...]
    met: bool
    zh: str | None
    en: str | None
    """what the door would say; none where it is met"""
    source: str | None
    certainty: Certainty | None

    @classmethod
    def of(cls, check: Check) -> "GateLine":
        no, source = check.refusal, check.refusal.source
        return cls(
            rule=check.rule,
            code=no.code,
            needs=check.needs,
            required=check.required,
            actual=check.actual,
            met=check.met,
            zh=None if check.met else reasons.explain(no, "zh"),
            en=None if check.met else reasons.explain(no, "en"),
            source=source.text if source else None,
            certainty=source.certainty if source else None,
        )


class Capacity(Answer):
    """What the provider has in hand, as contracts reports it. Hours are whole."""

    workers: int
    certified: int
    running_projects: int
    named_hours: int
    visit_hours: int

    @classmethod
    def of(cls, record: Record) -> "Capacity":
        return cls(
            workers=record.workers,
            certified=record.certified,
            running_projects=record.running,
            named_hours=record.named_hours,
            visit_hours=record.visit_hours,
        )


class Eligibility(Answer):
    project_id: ProjectId
    party_id: PartyId
    bidder_kind: BidderKind | None
    eligible: bool
    missing: tuple[str, ...]
    """the codes of what is not met; the door refuses under the first"""
    gates: tuple[GateLine, ...]
    hints: tuple[Hint, ...]
    capacity: Capacity
    notice: str


class SuggestedProject(Answer):
    project_id: ProjectId
    title: str
    category: str
    division: DivisionCode
    ceiling: Money | None
    closes_at: datetime
    speaking_for: int
    hints: tuple[Hint, ...]


class SuggestedProjects(Answer):
    """Open projects for which the party may bid today."""

    notice: str
    projects: tuple[SuggestedProject, ...]
    next: ProjectId | None


class SuggestedOrganization(Answer):
    party_id: PartyId
    name: str | None
    division: DivisionCode
    speaking_for: int
    hints: tuple[Hint, ...]
    capacity: Capacity


class SuggestedOrganizations(Answer):
    notice: str
    organizations: tuple[SuggestedOrganization, ...]
    next: PartyId | None


async def show_eligibility(connection: Connection, asked: Asked) -> Eligibility:
    """For the caller's own party; the funder of the tender and auditors ask about any."""
    id = asked.id("project_id")
    tender = await store.tender(connection, id)
    if tender is None or tender.circle is None or tender.deadline is None:
        raise Refused("not_tendered", status=404, project=str(id))
    party = await _party(connection, _whom(asked, tender))
    today = day_of(asked.at)
    checked = gates(party, tender, tender.circle, tender.deadline, asked.at, today)
    record = await _record(connection, party, asked)
    return Eligibility(
        project_id=ProjectId(id),
        party_id=PartyId(party.id),
        bidder_kind=bidder_kind(party),
        eligible=all(check.met for check in checked),
        missing=tuple(check.refusal.code for check in checked if not check.met),
        gates=tuple(map(GateLine.of, checked)),
        hints=hints(party, record, wanted_by(tender)),
        capacity=Capacity.of(record),
        notice=NOTICE,
    )


def _whom(asked: Asked, tender: Tender) -> UUID:
    by, named = asked.actor, asked.query.get("party")
    if named is None:
        if by.role is not Role.PROVIDER:
            raise Refused("party_not_named", status=422, field="party")
        return by.party_id
    try:
        id = UUID(named)
    except ValueError:
        raise Refused("not_a_uuid", status=422, field="party") from None
    may_ask = {Role.AUDITOR: True, Role.FUNDER: by.party_id == tender.brief.funder_id}
    if not may_ask.get(by.role, by.party_id == id):
        raise Refused("not_your_party", status=403)
    return id


async def _party(connection: Connection, id: UUID) -> Party:
    found = await store.party(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Party", id=str(id))
    return found


async def _record(connection: Connection, party: Party, asked: Asked) -> Record:
    today = day_of(asked.at)
    return of_oneself(party, (await store.records(connection, [party.id], today))[party.id], today)


async def suggest_projects(connection: Connection, asked: Asked) -> SuggestedProjects:
    """Only one's own: what suits an organization says much of it."""
    party = await _own(connection, asked, "party_id")
    record, today = await _record(connection, party, asked), day_of(asked.at)
    found = [
        _project(tender, tender.closes_at, hints(party, record, wanted_by(tender)))
        for tender in await store.open_tenders_near(connection, party.division, asked.at, MOST_WEIGHED)
        if tender.circle is not None and tender.deadline is not None and tender.closes_at is not None
        if all(check.met for check in gates(party, tender, tender.circle, tender.deadline, asked.at, today))
    ]
    found.sort(key=lambda one: (-one.speaking_for, one.project_id))
    page, more = _page(found, [one.project_id for one in found], asked)
    return SuggestedProjects(notice=LISTED, projects=page, next=page[-1].project_id if more else None)


def _project(tender: Tender, closes_at: datetime, found: tuple[Hint, ...]) -> SuggestedProject:
    brief = tender.brief
    return SuggestedProject(
        project_id=ProjectId(tender.id),
        title=brief.title,
        category=brief.category,
        division=brief.division,
        ceiling=tender.ceiling,
        closes_at=closes_at,
        speaking_for=speaking_for(found),
        hints=found,
    )


async def suggest_organizations(connection: Connection, asked: Asked) -> SuggestedOrganizations:
    community = await _own(connection, asked, "community_id")
    wanted = Wanted(division=community.division, category=asked.query.get("category"))
    near = await store.providers_near(connection, community.division, MOST_WEIGHED)
    parties = [party for party in near if party.kind is PartyKind.ORGANIZATION and bidder_kind(party) is not None]
    records = await store.records(connection, [party.id for party in parties], day_of(asked.at))
    found = [_organization(party, records[party.id], hints(party, records[party.id], wanted)) for party in parties]
    found.sort(key=lambda one: (-one.speaking_for, one.party_id))
    page, more = _page(found, [one.party_id for one in found], asked)
    return SuggestedOrganizations(notice=LISTED, organizations=page, next=page[-1].party_id if more else None)


def _organization(party: Party, record: Record, found: tuple[Hint, ...]) -> SuggestedOrganization:
    return SuggestedOrganization(
        party_id=PartyId(party.id),
        name=party.name,
        division=party.division,
        speaking_for=speaking_for(found),
        hints=found,
        capacity=Capacity.of(record),
    )


async def _own(connection: Connection, asked: Asked, name: str) -> Party:
    """The caller's own party; an auditor sees everybody's."""
    id = asked.id(name)
    if asked.actor.role is not Role.AUDITOR:
        asked.actor.must_be(PartyId(id))
    return await _party(connection, id)


T = TypeVar("T")


def _page(found: Sequence[T], ids: Sequence[UUID], asked: Asked) -> tuple[tuple[T, ...], bool]:
    """What follows the cursor, and whether there is more. The order may change between two pages, and says so."""
    first = 0
    if asked.cursor is not None:
        if asked.cursor not in ids:
            raise Refused("list_changed", status=409, field="cursor")
        first = ids.index(asked.cursor) + 1
    return tuple(found[first : first + asked.limit]), len(found) > first + asked.limit


_PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}
ROUTES = (
    Get(
        path="/v1/projects/{project_id}/eligibility",
        roles=frozenset({Role.PROVIDER, Role.FUNDER, Role.AUDITOR}),
        handler=show_eligibility,
        answer=Eligibility,
        summary="投标前自查:能否投标、还缺什么 · Before a bid: may I, and what is missing",
        query={"party": "主体编号,购买方和审计须填 · a party's id; funder and auditors name one"},
    ),
    Get(
        path="/v1/organizations/{party_id}/suggestions",
        roles=frozenset({Role.PROVIDER, Role.AUDITOR}),
        handler=suggest_projects,
        answer=SuggestedProjects,
        summary="适合本组织的招标项目及理由(仅供参考) · Open projects that suit an organization, explained",
        query=_PAGES,
    ),
    Get(
        path="/v1/communities/{community_id}/suggestions",
        roles=frozenset({Role.COMMUNITY, Role.AUDITOR}),
        handler=suggest_organizations,
        answer=SuggestedOrganizations,
        summary="适合本社区的组织及理由(仅供参考) · Organizations that suit a community, explained",
        query=_PAGES | {"category": "服务类别 · a category of service"},
    ),
)
