"""What a project keeps of the steps before its tender opens."""

from datetime import date, datetime
from uuid import UUID

from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.preparing import PublicOpinion
from schemas.refused import Refused
from schemas.rulebook import Rulebook


class Intent(Model):
    content: str
    budget: Money
    expected_on: date
    published_on: date


class Consultation(Model):
    questions: tuple[str, ...]
    asked: int
    first_day: date
    last_day: date
    opinions: tuple[PublicOpinion, ...]


class Notice(Model):
    """Of a single source."""

    supplier_id: PartyId
    ground: str
    reasoning: str
    experts: int
    original_project_id: ProjectId | None
    ends_at: datetime
    """exclusive"""
    answers_due: datetime
    """exclusive"""
    holidays_known: bool
    """whether the year's holidays were published when the days were counted"""


class NoticeObjection(Model):
    id: UUID
    objector_id: PartyId
    text: str
    answer: str | None = None
    upheld: bool | None = None
    """none until it is answered"""


class Preparation(Model):
    """`approvals`, `notice` and `objections` are of the draft that stands: another draft begins without them."""

    intent: Intent | None = None
    consultation: Consultation | None = None
    approvals: tuple[PartyId, ...] = ()
    """persons, in the order of approving; the last one may be `Project.approved_by` alone"""
    notice: Notice | None = None
    objections: tuple[NoticeObjection, ...] = ()

    def redrafted(self) -> "Preparation":
        return Preparation(intent=self.intent, consultation=self.consultation)

    def unapproved(self) -> "Preparation":
        """The draft stands, its approvals do not any more."""
        return self.model_copy(update={"approvals": ()})

    def must_be_invited(self, bidder_id: PartyId, rulebook: Rulebook) -> None:
        """After a notice of a single source nobody else bids."""
        if self.notice is not None and self.notice.supplier_id != bidder_id:
            raise Refused("not_invited", rulebook.source("tender.when"), status=403, field="bidder_id")


NOTHING_YET = Preparation()
