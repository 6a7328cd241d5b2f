"""Taking needs in at one window (一口受理): by which channel one came, and of whom, by a number and nothing else."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.ids import NeedId
from schemas.need import NeedFact


class Channel(StrEnum):
    """How a need reached the community."""

    COUNTER = "counter"
    PHONE = "phone"
    ONLINE = "online"
    RECEPTION_DAY = "reception_day"
    """接待日"""
    DEPUTY = "deputy"
    """代表联系"""
    PARTY_MEMBER = "party_member"
    """在职党员报到"""
    GRID_PATROL = "grid_patrol"
    """网格员"""


class NeedTakenIn(NeedFact):
    """Beside `need.posted`. Who asked is a random number; name, telephone and words stay in rows of needs, sealed."""

    type: ClassVar[str] = "need.taken_in"

    need_id: NeedId
    channel: Channel
    on: date
    applicant_id: UUID | None
    """none: nobody in particular, as when a patrol found it"""


class ApplicantErased(NeedFact):
    """What was kept of a person is gone, with the key to it; the needs and their tracking numbers stay."""

    type: ClassVar[str] = "applicant.erased"

    applicant_id: UUID
    on: date
