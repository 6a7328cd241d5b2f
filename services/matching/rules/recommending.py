"""Which providers are near an open tender. A grade, a local list or distance may advise; it never gates or scores."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from schemas.deciding import Context, State, World
from schemas.eligible import Circle, circle_of
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.project import Brief
from schemas.rulebook import Source
from schemas.standing import Party
from schemas.tender import TenderOpened

PROVIDERS = (PartyKind.ORGANIZATION, PartyKind.SOCIAL_WORKER)
WORKER_HOURS = "matching.worker_hours_most"


class Nearness(IntEnum):
    """How many digits of the division code agree: GB/T 2260 has 6 for a county, 9 for a street, 12 for a community."""

    COMMUNITY = 12
    STREET = 9
    COUNTY = 6


REASONS = {
    Nearness.COMMUNITY: "登记地在同一社区",
    Nearness.STREET: "登记地在同一街道(乡镇)",
    Nearness.COUNTY: "登记地在同一区县",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender(State):
    """A tender as advice needs it; `id` is the project's. What has a default is not known of tenders that opened before
    it was kept."""

    brief: Brief
    open: bool
    closes_at: datetime | None = None
    """exclusive"""
    ceiling: Money | None = None
    circle: Circle | None = None
    deadline: Source | None = None
    """where the rulebook has it from that late bids are refused"""
    worker_hours: int | None = None
    """what one social worker can give to projects in hand, by the rulebook"""

    def closed(self) -> "Tender":
        return replace(self, open=False)


class TermsRead(Note):
    """What the rulebook of an opened tender says of its bidders."""

    project_id: ProjectId
    circle: Circle
    deadline: Source
    worker_hours: int | None


def read_terms(world: World, fact: TenderOpened, context: Context) -> list[Note]:
    rulebook = context.rulebooks.by_hash(fact.rulebook)
    return [
        TermsRead(
            project_id=fact.project_id,
            circle=circle_of(fact.brief.funder_id, rulebook),
            deadline=rulebook.source("tender.deadline"),
            worker_hours=rulebook.integer(WORKER_HOURS) if WORKER_HOURS in rulebook.rules else None,
        )
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    party: Party
    nearness: Nearness

    @property
    def reason(self) -> str:
        return f"{REASONS[self.nearness]}(区划代码前 {self.nearness.value} 位相同)"


def recommend(brief: Brief, parties: Iterable[Party]) -> list[Recommended]:
    """Providers that may act, nearest first; equally near ones by id, so nobody can buy a place."""
    found = []
    for party in parties:
        near = nearness(brief.division, party.division)
        if near is not None and party.kind in PROVIDERS and party.verified and not party.suspended:
            found.append(Recommended(party=party, nearness=near))
    return sorted(found, key=lambda one: (-one.nearness, one.party.id))


def nearness(place: str, other: str) -> Nearness | None:
    """None when even the county differs. A code that stops at the street is at best in the same street."""
    for near in Nearness:
        if len(place) >= near and place[:near] == other[:near]:
            return near
    return None
