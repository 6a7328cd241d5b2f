"""May I bid, what is missing, and what speaks for it. Gates decide at the bid door; hints only advise, and stand apart.

A grade, a local list or distance is a hint and never a gate: 政府采购法实施条例 第二十条, as commonly understood.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from schemas.eligible import Check, Circle, Needs, standing, within
from schemas.model import Model
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.rulebook import Source
from schemas.standing import Party
from services.matching.rules.recommending import REASONS, Tender, nearness


class Phase(StrEnum):
    """Of a project as far as a bidder is concerned; where tenders has more phases, bids are taken in one of them."""

    OPEN = "open"
    CLOSED = "closed"
    """to bids: its time is over, or it was voided"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one provider has in hand and has done. Hours are whole."""

    projects: Mapping[str, int] = field(default_factory=dict)
    """running and done, by service category"""
    running: int = 0
    graded: int = 0
    upper: int = 0
    """of those graded, with one of the two highest grades"""
    workers: int = 0
    """social workers it employs, as declared, who may act"""
    certified: int = 0
    """of these, whose registration is valid on the day"""
    named_hours: int = 0
    """promised by name in projects now running"""
    visit_hours: int = 0
    """of visits recorded in projects now running"""


class About(StrEnum):
    CATEGORY = "category"
    AREA = "area"
    CAPACITY = "capacity"
    GRADES = "grades"


class Hint(Model):
    """Advice with its reason; it neither gates nor scores."""

    about: About
    speaks_for: bool
    zh: str
    en: str


def gates(bidder: Party, tender: Tender, circle: Circle, deadline: Source, at: datetime, today: date) -> list[Check]:
    """As the bid door asks them, in its order: standing, time, and who may bid."""
    return [*standing(bidder, circle), *_in_time(tender, deadline, at), *within(bidder, circle, today)]


def _in_time(tender: Tender, deadline: Source, at: datetime) -> Iterator[Check]:
    if tender.closes_at is not None:
        yield Check(
            rule="tender.deadline",
            needs=Needs.BEFORE,
            required=(tender.closes_at.isoformat(),),
            actual=(at.isoformat(),),
            refusal=Refused("bid_after_deadline", deadline, closes_at=tender.closes_at),
        )
    phase = Phase.OPEN if tender.open else Phase.CLOSED
    yield Check(
        rule="tender.phase",
        needs=Needs.IS,
        required=(Phase.OPEN,),
        actual=(phase,),
        refusal=Refused("wrong_phase", project=str(tender.id), phase=phase, needed=(Phase.OPEN,)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a provider is looked at for: a tender, or a community without one."""

    division: str
    category: str | None = None
    """none: of any"""
    worker_hours: int | None = None


def wanted_by(tender: Tender) -> Wanted:
    return Wanted(division=tender.brief.division, category=tender.brief.category, worker_hours=tender.worker_hours)


def hints(party: Party, record: Record, wanted: Wanted) -> tuple[Hint, ...]:
    return (_category(record, wanted), _area(party, wanted), _capacity(record, wanted), _grades(record))


def speaking_for(found: tuple[Hint, ...]) -> int:
    return sum(hint.speaks_for for hint in found)


def _category(record: Record, wanted: Wanted) -> Hint:
    if wanted.category is None:
        count = sum(record.projects.values())
        zh, en = f"在办和完成的项目 {count} 个", f"{count} projects running or done"
    else:
        count = record.projects.get(wanted.category, 0)
        zh = f"同类服务({wanted.category})在办和完成的项目 {count} 个"
        en = f"{count} projects of the same category ({wanted.category}) running or done"
    return Hint(about=About.CATEGORY, speaks_for=count > 0, zh=zh, en=en)


def _area(party: Party, wanted: Wanted) -> Hint:
    near = nearness(wanted.division, party.division)
    if near is None:
        return Hint(about=About.AREA, speaks_for=False, zh="登记地不在同一区县", en="registered in another county")
    en = f"registered in the same {near.name.lower()}"
    return Hint(about=About.AREA, speaks_for=True, zh=REASONS[near], en=en)


def _capacity(record: Record, wanted: Wanted) -> Hint:
    """Certified social workers × what one can give, less what running projects were promised by name."""
    zh = f"持证社工 {record.certified} 名(共 {record.workers} 名),在办项目 {record.running} 个"
    en = f"{record.certified} certified social workers of {record.workers}, {record.running} projects running"
    if wanted.worker_hours is None:
        return Hint(about=About.CAPACITY, speaks_for=record.certified > 0, zh=zh, en=en)
    free = record.certified * wanted.worker_hours - record.named_hours
    zh += f",尚余 {record.certified} × {wanted.worker_hours} - {record.named_hours} = {free} 小时"
    en += f", {record.certified} × {wanted.worker_hours} - {record.named_hours} = {free} hours left"
    return Hint(about=About.CAPACITY, speaks_for=free > 0, zh=zh, en=en)


def _grades(record: Record) -> Hint:
    return Hint(
        about=About.GRADES,
        speaks_for=record.upper * 2 > record.graded,
        zh=f"已评级项目 {record.graded} 个,其中前两等 {record.upper} 个",
        en=f"{record.graded} projects graded, {record.upper} of them with one of the two highest grades",
    )


def of_oneself(party: Party, record: Record, today: date) -> Record:
    """A social worker that bids for itself is the one worker it has."""
    if party.kind is not PartyKind.SOCIAL_WORKER or party.certificate is None:
        return record
    return replace(record, workers=1, certified=int(party.certificate.registered_until >= today))
