"""The agreement (项目协议书) and its delivery."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from schemas.clauses import NO_CLAUSES, Clauses, Instrument, Work
from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.project import Brief, ProjectFact
from schemas.term import Term
from schemas.tranche import Tranche


class Milestone(StrEnum):
    MID_TERM = "mid_term"
    FINAL = "final"


def _as_before(value: object) -> bool:
    """Left out where it is not used, so that terms signed before it existed keep their digest."""
    return value in (None, NO_CLAUSES, Instrument.PURCHASE)


class Agreement(Model):
    """The terms both parties sign the digest of; one fen changed is another digest."""

    contract_id: ContractId
    brief: Brief
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    requirements: str
    proposal_digest: str
    """the digest of the winning bid; of what was arranged directly, of its basis"""
    rulebook: str
    instrument: Annotated[Instrument, Field(exclude_if=_as_before)] = Instrument.PURCHASE
    clauses: Annotated[Clauses, Field(exclude_if=_as_before)] = NO_CLAUSES
    work: Annotated[Work | None, Field(exclude_if=_as_before)] = None
    """paid by the unit; the price is then the most there can be"""
    term: Annotated[Term | None, Field(exclude_if=_as_before)] = None
    """none under an edition of the rulebook that knows of no terms"""

    @model_validator(mode="after")
    def _tranches_add_up_to_the_price(self) -> Self:
        if sum_of(t.amount for t in self.tranches) != self.price:
            raise ValueError("tranches must add up to the price")
        return self


class ContractDrafted(ProjectFact):
    type: ClassVar[str] = "contract.drafted"
    version: ClassVar[int] = 3

    agreement: Agreement
    digest: str
    """SHA-256 of the canonical JSON of `agreement`"""


class ContractEndorsed(ProjectFact):
    """One party signed this digest."""

    type: ClassVar[str] = "contract.endorsed"

    contract_id: ContractId
    party_id: PartyId
    signed_by: PartyId
    digest: str


class ContractSigned(ProjectFact):
    """Both parties signed the same digest; the project's money can now be committed."""

    type: ClassVar[str] = "contract.signed"
    version: ClassVar[int] = 2

    contract_id: ContractId
    funder_id: PartyId
    community_id: PartyId
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    digest: str
    rulebook: str
    instrument: Instrument = Instrument.PURCHASE
    clauses: Clauses = NO_CLAUSES
    work: Work | None = None


class ContractOverdue(ProjectFact):
    """The term is over, and milestones that were agreed on have not been delivered: told once for each last day."""

    type: ClassVar[str] = "contract.overdue"

    contract_id: ContractId
    last_day: date
    undelivered: tuple[Milestone, ...]


class ContractPaperMade(ProjectFact):
    """The signed agreement as a paper: the file that was drawn up with the last signature, by its digest."""

    type: ClassVar[str] = "contract.paper_made"

    contract_id: ContractId
    terms_digest: str
    """what both parties signed: SHA-256 of the canonical JSON of the agreement"""
    paper_digest: str
    """SHA-256 of the file's bytes (docx)"""


class Evidence(Model):
    """A file by its digest; the file itself stays where its access is controlled."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    description: Annotated[str, Field(min_length=1, max_length=500)]


class MilestoneSubmitted(ProjectFact):
    """The provider says a milestone is reached and shows evidence."""

    type: ClassVar[str] = "milestone.submitted"

    milestone: Milestone
    evidence: tuple[Evidence, ...]
    submitted_by: PartyId


class MilestoneReturned(ProjectFact):
    """The community or the buyer does not take the delivery as it is; the provider mends it and submits again."""

    type: ClassVar[str] = "milestone.returned"

    milestone: Milestone
    returned_by: PartyId
    reason: str


class MilestoneConfirmed(ProjectFact):
    """The community saw the delivery."""

    type: ClassVar[str] = "milestone.confirmed"

    milestone: Milestone
    confirmed_by: PartyId


class MilestoneAccepted(ProjectFact):
    """The buyer accepted (验收): 政府采购法实施条例 第四十五条."""

    type: ClassVar[str] = "milestone.accepted"

    milestone: Milestone
    accepted_by: PartyId


class MilestoneDeemedAccepted(ProjectFact):
    """The buyer let the agreed window pass, so the delivery counts as accepted (视为验收).

    Stands before the `milestone.accepted` that it explains, which names the program as the one who accepted.
    """

    type: ClassVar[str] = "milestone.deemed_accepted"

    milestone: Milestone
    acceptance_due: datetime
    """until when the buyer could have answered, exclusive"""
    days: int
    """calendar days from the community's confirmation"""
    source: str
    """where the rulebook has these days from"""
    rulebook: str


class MilestoneReportMade(ProjectFact):
    """The acceptance report (验收书) of an accepted milestone, by its digest; public with the project's result."""

    type: ClassVar[str] = "milestone.report_made"

    milestone: Milestone
    report_digest: str
    """SHA-256 of the file's bytes (docx)"""


class ProjectPublished(ProjectFact):
    """The project is over and its result is public: price, what was paid and returned, grade."""

    type: ClassVar[str] = "project.published"

    contract_id: ContractId
    provider_id: PartyId
    price: Money
    paid: Money
    returned: Money
    grade: str
