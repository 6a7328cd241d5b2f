"""What is said of needs at departments, of needs that are one and of patrols, for stories of the audit."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from schemas.fact import Fact
from schemas.handling import (
    Closing,
    DepartmentAssigned,
    HandoverAccepted,
    HandoverReturned,
    NeedAnswered,
    NeedAssisted,
    NeedClosed,
    NeedEscalated,
    NeedHandedOver,
    NeedReopened,
)
from schemas.ids import NeedId, PartyId
from schemas.merging import GridReported, NeedMerged, NeedSeparated, ReportId
from tests.services.audit.stories import Told

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 17)
UNTIL = datetime(2026, 3, 16, 16, tzinfo=UTC)


def at_departments(told: Told) -> list[Fact]:
    need, lead, street = NeedId(uuid4()), PartyId(uuid4()), PartyId(uuid4())
    assigned = DepartmentAssigned(
        registrar_id=street,
        division="320508001",
        kind="housing",
        department_id=lead,
        on=DAY,
        assigned_by=told.person,
    )
    handed = NeedHandedOver(
        community_id=told.person,
        need_id=need,
        tracking_number="320508-0000-0000-0000",
        kind="housing",
        lead_id=lead,
        assisting=(street,),
        on=DAY,
        workdays=10,
        until=UNTIL,
        escalates_on=NEXT,
        holidays_known=True,
        overseer_id=street,
        reason="权责清单",
        rulebook="b" * 64,
    )
    about: dict[str, Any] = {"community_id": told.person, "need_id": need, "on": DAY}
    by = about | {"department_id": lead}
    return [
        assigned,
        handed,
        HandoverReturned(**by, right="safety", reason="不属本部门"),
        HandoverAccepted(**by),
        NeedEscalated(
            **about | {"on": NEXT},
            tracking_number=handed.tracking_number,
            lead_id=lead,
            overseer_id=street,
            workdays=10,
            chase_until=UNTIL,
        ),
        NeedAssisted(**by, text="建议先停梯"),
        *(NeedAnswered(**by, text="已大修", late=late) for late in (True, False)),
        *(NeedClosed(**about, outcome=outcome, text="满意") for outcome in Closing),
        NeedReopened(**about, lead_id=lead, until=UNTIL, escalates_on=NEXT, holidays_known=True, reason="又坏了"),
    ]


def found_to_be_one(told: Told) -> list[Fact]:
    need, other = NeedId(uuid4()), NeedId(uuid4())
    report = GridReported(
        community_id=told.person,
        report_id=ReportId(uuid4()),
        grid="03",
        division="320508001001",
        patrolled_on=DAY,
        reported_by=told.person,
        finding="井盖松动",
        photos=("a" * 64,),
        need_id=need,
        joined=False,
    )
    return [
        NeedMerged(community_id=told.person, need_id=need, into=other, on=DAY, reason="同一井盖"),
        NeedSeparated(community_id=told.person, need_id=need, parted_from=other, on=DAY, reason="不是同一个"),
        report,
        report.model_copy(update={"joined": True}),
    ]
