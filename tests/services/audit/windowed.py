"""What is said of taking needs in, for stories of the audit."""

from datetime import date
from uuid import uuid4

from schemas.fact import Fact
from schemas.ids import NeedId
from schemas.intake import ApplicantErased, Channel, NeedTakenIn
from tests.services.audit.stories import Told

DAY = date(2026, 3, 2)


def at_the_window(told: Told) -> list[Fact]:
    """Every channel, and an applicant erased."""
    applicant = uuid4()
    taken_in: list[Fact] = [
        NeedTakenIn(community_id=told.person, need_id=NeedId(uuid4()), channel=channel, on=DAY, applicant_id=applicant)
        for channel in Channel
    ]
    return [*taken_in, ApplicantErased(community_id=told.person, applicant_id=applicant, on=DAY)]
