"""What is on record of a social worker: the registration (登记) of its certificate renewed, and whom it works for.

A renewal is kept as an organization's records are (schemas.organization). A worker appears by id only.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import Digest, EndCause, Words
from schemas.party import Certificate, CertificateLevel, PartyFact


class RenewalRecord(Model):
    """The certificate was registered again, until the record's last day."""

    kind: Literal["renewal"]
    level: CertificateLevel
    education_hours: Annotated[int, Field(ge=0, le=10_000)]
    """继续教育 in the period before"""
    before: Certificate
    """as it stood until then; stands again if the renewal was a mistake"""

    @property
    def subject(self) -> str:
        return self.kind


class CertificateRenewed(PartyFact):
    """Entered by one registrar and confirmed by another. How long the worker studied stays in registry."""

    type: ClassVar[str] = "certificate.renewed"

    record_id: UUID
    certificate: Certificate
    valid_from: date
    ground: Words
    document: Digest
    entered_by: PartyId
    confirmed_by: PartyId


class CertificateRenewalEnded(PartyFact):
    """The renewal was a mistake: the certificate is again what it was before."""

    type: ClassVar[str] = "certificate.renewal_ended"

    record_id: UUID
    certificate: Certificate
    """as it stands from here on"""
    on: date
    cause: EndCause
    reason: Words
    entered_by: PartyId
    confirmed_by: PartyId


class EmploymentConfirmed(PartyFact):
    """The worker (`party_id`) agrees that it works for this organization, as the organization stated."""

    type: ClassVar[str] = "employment.confirmed"

    employment_id: UUID
    employer_id: PartyId
    full_time: bool
    first: date
    last: date | None
    """inclusive; none: until it ends"""


class EmploymentEnded(PartyFact):
    """It works there no longer from this day on."""

    type: ClassVar[str] = "employment.ended"

    employment_id: UUID
    employer_id: PartyId
    on: date
