"""What is said of volunteers and of what resident units share, for stories of the audit."""

from datetime import date
from typing import Any
from uuid import uuid4

from schemas.fact import Fact
from schemas.ids import NeedId
from schemas.responsibility import (
    ResidentUnitRated,
    UnitMark,
    UnitRater,
    UnitRatingClosed,
    UnitRatingPublished,
    UnitReplied,
)
from schemas.sharing import (
    BookingCancelled,
    Hours,
    ResidentUnitEnded,
    ResidentUnitId,
    ResidentUnitKind,
    ResidentUnitRegistered,
    ResourceBooked,
    ResourceEnded,
    ResourceId,
    ResourceKind,
    ResourceShared,
)
from schemas.volunteering import (
    CertificateIssued,
    Means,
    NeedMet,
    ServiceCorrected,
    ServiceRecorded,
    TaskOffered,
    TaskWithdrawn,
    VolunteerAccepted,
    VolunteerAssigned,
    VolunteerOffered,
    VolunteerRegistered,
    VolunteerReleased,
    VolunteerWithdrawn,
)
from tests.services.audit.stories import Told

DAY, PLACE = date(2026, 3, 2), "320508001001"
NUMBER = "320508-0000-0000-0000"


def shared_by_units(told: Told) -> list[Fact]:
    unit, resource = ResidentUnitId(uuid4()), ResourceId(uuid4())
    of: dict[str, Any] = {"community_id": told.person, "on": DAY}
    booking = of | {"need_id": NeedId(uuid4()), "resource_id": resource}
    shared: dict[str, Any] = of | {"unit_id": unit, "resource_id": resource, "title": "会议室", "conditions": ""}
    hours = Hours(weekday=1, opens="09:00", closes="11:00")
    year: dict[str, Any] = of | {"unit_id": unit, "year": "2026"}
    return [
        ResidentUnitRegistered(
            **of,
            unit_id=unit,
            kind=ResidentUnitKind.OFFICE,
            name="示例学校",
            division=PLACE,
            registered_by=told.person,
        ),
        *(
            ResourceShared(**shared, kind=kind, hours=(hours,), day=DAY, places=20, shared_by=told.person)
            for kind in ResourceKind
        ),
        ResourceBooked(
            **booking, title="会议室", day=DAY, opens="09:00", closes="10:00", places=5, booked_by=told.person
        ),
        BookingCancelled(**booking, reason="下雨", cancelled_by=told.person),
        *(
            ResidentUnitRated(
                **year,
                rater=rater,
                marks=(UnitMark(criterion="affairs", weight=100, mark=80),),
                score=8000,
                text="积极参与",
                minutes=None,
                rulebook="示例",
                rated_by=told.person,
            )
            for rater in UnitRater
        ),
        UnitRatingClosed(
            **year,
            raters=tuple(UnitRater),
            score=8000,
            grade="良好",
            reply_until=DAY,
            rulebook="示例",
            closed_by=told.person,
        ),
        UnitReplied(**year, text="继续努力", entered_by=told.person),
        UnitRatingPublished(**year),
        ResourceEnded(**of, unit_id=unit, resource_id=resource, reason="装修", ended_by=told.person),
        ResidentUnitEnded(**of, unit_id=unit, reason="搬迁", ended_by=told.person),
    ]


def by_volunteers(told: Told) -> list[Fact]:
    volunteer, applicant = uuid4(), uuid4()
    of: dict[str, Any] = {"community_id": told.person, "on": DAY}
    need, one = of | {"need_id": NeedId(uuid4())}, of | {"volunteer_id": volunteer}
    both = need | one
    return [
        VolunteerRegistered(**one, division=PLACE, under_14=False, person_id=None, registered_by=told.person),
        VolunteerOffered(**one, skills=("education",), other=("英语",), minutes_a_week=240),
        TaskOffered(
            **need,
            tracking_number=NUMBER,
            skill="education",
            division=PLACE,
            day=DAY,
            wanted=1,
            minutes=60,
            offered_by=told.person,
        ),
        *(
            VolunteerAssigned(**both, skilled=skilled, minutes_left=240, levels_apart=0, assigned_by=told.person)
            for skilled in (True, False)
        ),
        VolunteerReleased(**both, reason="生病", released_by=told.person),
        VolunteerAccepted(**both, recorded_by=told.person),
        *(
            ServiceRecorded(
                **both, tracking_number=NUMBER, day=DAY, minutes=60, beneficiary_id=by, recorded_by=told.person
            )
            for by in (applicant, None)
        ),
        ServiceCorrected(**both, before=60, minutes=50, reason="早退", corrected_by=told.other),
        TaskWithdrawn(**need, reason="改期", withdrawn_by=told.person),
        *(
            NeedMet(
                **need,
                means=means,
                volunteers=1,
                minutes=60,
                resource_id=None,
                text="已借到",
                confirmed_by=told.person,
            )
            for means in Means
        ),
        CertificateIssued(
            **one,
            certificate_id=uuid4(),
            number=f"V{NUMBER}",
            services=1,
            minutes=50,
            until=DAY,
            digest="a" * 64,
            issued_by=told.person,
        ),
        VolunteerWithdrawn(**one),
    ]
