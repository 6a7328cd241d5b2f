"""The deadlines of a tender in their order: what is due when, under which rule, how it was counted, open or ended.

They are the obligations of `GET /v1/me/due`, the deadline for bids, and until when both parties conclude.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from events.database import Connection
from schemas.days import day_of
from schemas.deciding import Rulebooks
from schemas.ids import PartyId, ProjectId
from schemas.obligation import Duty, Obligation
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Source
from services.kit import adopted, obligations, reasons
from services.kit.asked import MOST_PER_PAGE, Answer, Asked
from services.kit.due import INSTANT, source_of
from services.kit.service import Get
from services.tenders import store
from services.tenders.rules.aftermath import CONTRACT
from services.tenders.rules.project import Phase, Project
from services.tenders.rules.timeline import Counting, counting_of

DEADLINE = "tender.deadline"
IN_OFFICE = frozenset(
    {Role.FUNDER, Role.FINANCE, Role.COMMUNITY, Role.REGISTRAR, Role.AUDITOR, Role.PROCUREMENT_SUPERVISOR}
)
"""whose deadlines are public; who bids and who scores is told to nobody by its deadlines"""


class Moment(StrEnum):
    BIDS_CLOSE = "bids_close"


class DeadlineState(StrEnum):
    OPEN = "open"
    OVERDUE = "overdue"
    ENDED = "ended"
    """done, or nobody owes it any more"""


class Deadline(Answer):
    """`on` is the last day in China on which it is in time, `until` exclusive. `party_id`: who owes it, if any.

    `ended_at`: when it was done or no longer owed; `late`: that was, or it still is owed, after the deadline.
    `counting`: as the rule says it; none where the rule is no number.
    """

    what: Duty | Moment
    zh: str
    en: str
    party_id: PartyId | None
    role: Role | None
    on: date
    until: datetime
    state: DeadlineState
    state_zh: str
    state_en: str
    ended_at: datetime | None
    late: bool
    source: str | None
    certainty: Certainty | None
    counting: Counting | None
    counting_zh: str | None
    counting_en: str | None


class Timeline(Answer):
    """`more`: there is more than what is shown."""

    project_id: ProjectId
    deadlines: tuple[Deadline, ...]
    more: bool


async def get_timeline(connection: Connection, asked: Asked) -> Timeline:
    id = asked.id("project_id")
    found = await store.project(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Project", id=str(id))
    project = found[0]
    public = obligations.Public(roles=IN_OFFICE, parties=(project.brief.funder_id, project.brief.community_id))
    kept = await obligations.of_project(connection, id, public, asked.by, MOST_PER_PAGE + 1)
    rulebooks = await adopted.shelf(connection)
    shown = (*_both(project, rulebooks, asked.at), *(_owed(one, rulebooks, asked.at) for one in kept))
    deadlines = sorted(shown, key=lambda one: (one.until, one.what))
    return Timeline(
        project_id=project.project_id,
        deadlines=tuple(deadlines[:MOST_PER_PAGE]),
        more=len(deadlines) > MOST_PER_PAGE,
    )


def _both(project: Project, rulebooks: Rulebooks, at: datetime) -> Iterator[Deadline]:
    """What is nobody's alone. Both as last put off; the timer of the bids may be a moment late."""
    nobodys: dict[str, Any] = dict.fromkeys(("party_id", "role", "counting", "counting_zh", "counting_en"))
    if (until := project.closes_at) is not None:
        ended = project.phase is not Phase.OPEN or at >= until
        state = DeadlineState.ENDED if ended else DeadlineState.OPEN
        source = rulebooks.by_hash(project.agreed.rulebook).source(DEADLINE)
        when = _when(until, state, min(until, at) if ended else None)
        yield Deadline(**when, **_why(Moment.BIDS_CLOSE, source), **nobodys, late=False)
    if (notice := project.aftermath.notice) is not None:
        late = not project.aftermath.signed and at >= notice.contract_due
        state = DeadlineState.OVERDUE if late else DeadlineState.OPEN
        when = _when(notice.contract_due, DeadlineState.ENDED if project.aftermath.signed else state, None)
        source = rulebooks.by_hash(project.agreed.rulebook).source(CONTRACT)
        yield Deadline(**when, **_why(Duty.CONCLUDE, source), **nobodys, late=late)


def _owed(kept: obligations.Kept, rulebooks: Rulebooks, at: datetime) -> Deadline:
    owed = kept.obligation
    late = (kept.ended_at or at) >= owed.until
    state = DeadlineState.ENDED if kept.ended_at is not None else DeadlineState.OVERDUE if late else DeadlineState.OPEN
    counting = _counting(owed, rulebooks)
    return Deadline(
        **_when(owed.until, state, kept.ended_at),
        **_why(owed.duty, source_of(owed, rulebooks)),
        party_id=owed.party_id,
        role=owed.role,
        late=late,
        counting=counting,
        counting_zh=_counted(counting, "zh"),
        counting_en=_counted(counting, "en"),
    )


def _why(what: Duty | Moment, source: Source | None) -> dict[str, Any]:
    return {
        "what": what,
        "zh": reasons.said(what, "zh"),
        "en": reasons.said(what, "en"),
        "source": None if source is None else source.text,
        "certainty": None if source is None else source.certainty,
    }


def _when(until: datetime, state: DeadlineState, ended_at: datetime | None) -> dict[str, Any]:
    return {
        "on": day_of(until - INSTANT),
        "until": until,
        "state": state,
        "state_zh": reasons.said(state, "zh"),
        "state_en": reasons.said(state, "en"),
        "ended_at": ended_at,
    }


def _counting(owed: Obligation, rulebooks: Rulebooks) -> Counting | None:
    if owed.rulebook is None or owed.rule is None:
        return None
    value = rulebooks.by_hash(owed.rulebook).value(owed.rule)
    return counting_of(owed.rule, value, day_of(owed.until - INSTANT))


def _counted(counting: Counting | None, language: str) -> str | None:
    return None if counting is None else f"{counting.count} {reasons.said(counting.unit, language)}"


TIMELINE = (
    Get(
        path="/v1/projects/{project_id}/timeline",
        roles=frozenset(),
        handler=get_timeline,
        answer=Timeline,
        summary="采购的各项期限:何时到期、依据、如何计算、是否办结 · The deadlines of a tender, in their order",
    ),
)
