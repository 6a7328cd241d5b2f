"""A complaint after an objection, told by verbs."""

from collections.abc import Sequence
from typing import Any

from schemas.deciding import Due
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import PartyKind
from schemas.role import Actor, Role
from services.tenders.rules.complaints import deciding, filing, reviewing, suspending
from services.tenders.rules.complaints.complaint import Complaint
from services.tenders.rules.project import Project
from services.tenders.rules.timers import ring
from tests.services.tenders.aftermost import Aftermost
from tests.services.tenders.stories import DRAFTER, PROJECT
from tests.support.pure import an_actor

COUNTY = "320508"


class Complaining(Aftermost):
    """The second in rank objected to the result on Monday 9 March 2026, and the buyer did not uphold it that day."""

    def authority(self, division: str = COUNTY, kind: PartyKind = PartyKind.PROCUREMENT_SUPERVISOR) -> Actor:
        actor = an_actor(Role.PROCUREMENT_SUPERVISOR)
        self.knows(actor.party_id, kind, None)
        self.changes(actor.party_id, division=division)
        return actor

    def objected(self) -> "Complaining":
        self.announced()
        self.object(self.bidder(1))
        self.buyer = self.project.brief.funder_id
        self.knows(self.buyer, PartyKind.FUNDER, None)
        self.changes(self.buyer, division="320508001")
        self.finance = self.authority()
        return self

    def answered(self) -> "Complaining":
        self.objected().answer(upheld=False)
        return self

    def filed(self) -> "Complaining":
        self.answered().file()
        return self

    def accepted(self, *others: PartyId) -> "Complaining":
        self.filed().accept(*others)
        return self

    @property
    def complaint(self) -> Complaint:
        """The last one."""
        return max(self.world.each(Complaint), key=lambda one: one.filed_at)

    def file(self, by: Actor | None = None, **changes: Any) -> list[Model]:
        by = by or self.bidder(1)
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "objection_id": self.last.id,
            "complainant_id": by.party_id,
            "respondent_id": self.buyer,
            "authority_id": self.finance.party_id,
            "facts": "答复没有说明人员分如何计算",
            "request": "重新评审",
        }
        return self.do(filing.file_complaint, filing.FileComplaint.model_validate(fields | changes), by)

    def step(self, decide: Any, command: type[Model], by: Actor, **fields: Any) -> list[Model]:
        known = {"project_id": PROJECT, "complaint_id": self.complaint.id}
        return self.do(decide, command.model_validate(known | fields), by)

    def accept(self, *others: PartyId, by: Actor | None = None) -> list[Model]:
        return self.step(reviewing.accept_complaint, reviewing.AcceptComplaint, by or self.finance, others=others)

    def reject(self, ground: str = "incomplete", by: Actor | None = None, **more: Any) -> list[Model]:
        fields = {"ground": ground, "text": "不予受理"} | more
        return self.step(reviewing.reject_complaint, reviewing.RejectComplaint, by or self.finance, **fields)

    def explain(self, by: Actor = DRAFTER) -> list[Model]:
        return self.step(reviewing.answer_complaint, reviewing.AnswerComplaint, by, text="评分依据见评分表")

    def suspend(self, days: int = 30, by: Actor | None = None) -> list[Model]:
        fields = {"days": days, "reason": "核对评分表"}
        return self.step(suspending.suspend_purchase, suspending.SuspendPurchase, by or self.finance, **fields)

    def resume(self, by: Actor | None = None) -> list[Model]:
        return self.step(suspending.resume_purchase, suspending.ResumePurchase, by or self.finance)

    def decide(self, upheld: bool = False, remedy: str = "none", by: Actor | None = None) -> list[Model]:
        fields = {"upheld": upheld, "remedy": remedy, "text": "经审查"}
        return self.step(deciding.decide_complaint, deciding.DecideComplaint, by or self.finance, **fields)

    def take_back(self, by: Actor | None = None) -> list[Model]:
        return self.step(filing.withdraw_complaint, filing.WithdrawComplaint, by or self.bidder(1))

    def rings(self) -> list[Model]:
        """The project's next timer, at its time."""
        name, self.at = min(self.project.due().items(), key=lambda one: one[1])
        return self.do(ring, Due(ref=(Project, PROJECT), name=name, at=self.at))


def told(said: Sequence[Model]) -> list[str]:
    """The names of the facts."""
    return [type(one).type for one in said if isinstance(one, Fact)]
