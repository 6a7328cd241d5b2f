"""The steps of one milestone and of the signing, as they are remembered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.contract import Evidence
from schemas.ids import PartyId


class Stage(StrEnum):
    """How far one milestone is; each follows from the one before."""

    AWAITED = "awaited"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"


BEFORE_THE_BUYER = frozenset({Stage.SUBMITTED, Stage.CONFIRMED})
"""A delivery with an `acceptance_due` waits for the buyer: confirmed, or submitted by the community that performed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One milestone. `submitted_by`, `confirmed_by` are persons; `returned` is why it last came back.

    `acceptance_due`, exclusive, is there from the community's confirmation on, or from its own submission.
    """

    stage: Stage = Stage.AWAITED
    evidence: tuple[Evidence, ...] = ()
    submitted_by: PartyId | None = None
    confirmed_by: PartyId | None = None
    accepted_by: PartyId | None = None
    acceptance_due: datetime | None = None
    deemed: bool = False
    """accepted because the window passed unanswered"""
    report_digest: str | None = None
    """SHA-256 of the acceptance report (验收书)"""
    returned: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """The person `signed_by` signed for the party."""

    party_id: PartyId
    signed_by: PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """The people served were invited to the acceptance: how, how many, how many said something, and their words."""

    invitation: str
    invited: int
    commented: int
    comments: tuple[str, ...]
    recorded_by: PartyId
