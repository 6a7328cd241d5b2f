"""Version 1 of `application.submitted`: before a group on record could be named by its registration."""

from typing import Annotated, ClassVar

from pydantic import Field

from schemas.clauses import Code
from schemas.ids import ApplicationId, PartyId
from schemas.model import Model
from schemas.money import ZERO, Money, Positive
from schemas.party import DivisionCode
from schemas.round import RoundFact, WorkerHours


class Proposal(Model):
    """What an organization would do, and with how much. Public once the round is closed."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    summary: Annotated[str, Field(min_length=1, max_length=2000)]
    theme: Code
    community_id: PartyId
    """where it is to work"""
    beneficiaries: Annotated[int, Field(ge=1, le=1_000_000)]
    asked: Positive
    least: Positive | None = None
    """with less than this it cannot be done; absent: with less than was asked"""
    own_funds: Money = ZERO
    """what does not come from the round"""
    workers: Annotated[tuple[WorkerHours, ...], Field(max_length=20)] = ()
    group: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """a group on record (备案) that delivers; the organization is its hub, the applicant, and liable"""


class ApplicationSubmitted(RoundFact):
    type: ClassVar[str] = "application.submitted"

    application_id: ApplicationId
    organization_id: PartyId
    division: DivisionCode
    """of its community"""
    proposal: Proposal
