"""What happens after the ranking, told by verbs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from schemas.awarding import CancelGround, DefaultGround
from schemas.days import CHINA
from schemas.fact import Fact
from schemas.ids import BidId
from schemas.model import Model
from schemas.role import Actor, Role
from services.kit.rulebooks import shipped
from services.tenders.rules import announcing, answering, cancelling, defaulting, objecting
from services.tenders.rules.aftermath import Aftermath, Objection
from services.tenders.rules.awaiting import await_choice
from services.tenders.rules.award import ConfirmAward, confirm_award
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered, a_ranking
from tests.support.pure import an_actor

LETTER = "c" * 64
"""the digest of what a winner wrote"""


def china(month: int, day: int, hour: int = 12) -> datetime:
    """In 2026; what is shown in a failure is in UTC, as everywhere."""
    return datetime(2026, month, day, hour, tzinfo=CHINA).astimezone(UTC)


class Aftermost(Tendered):
    """`NOON` is Monday 2 March 2026 in China, the deadline a week later; the Monday of that is also the ranking's."""

    @property
    def after(self) -> Aftermath:
        return self.project.aftermath

    @property
    def last(self) -> Objection:
        return self.after.objections[-1]

    def bidder(self, place: int) -> Actor:
        """Somebody who acts for the bidder of this place in the ranking."""
        return an_actor(Role.PROVIDER, self.project.ranking[place].bidder_id)

    def in_order(self, *ranks: int) -> "Aftermost":
        """As `ranked`, heard as the service hears it."""
        self.scored(len(ranks))
        self.do(await_choice, a_ranking(self.bids, ranks))
        return self

    def scored(self, bids: int) -> "Aftermost":
        self.with_bids(*(90_000_00 + 1000 * i for i in range(bids))).qualify()
        return self.scored_again()

    def scored_again(self) -> "Aftermost":
        for _ in range(3):
            self.score(self.an_evaluator())
        self.close_scoring()
        return self

    def awarded(self, *ranks: int) -> "Aftermost":
        """Of three, in their order, the first is chosen."""
        self.in_order(*(ranks or (1, 2, 3))).choose(0)
        return self

    def announced(self) -> "Aftermost":
        self.awarded().announce()
        return self

    def choose(self, place: int, reason: str | None = None, by: Actor = APPROVER) -> list[Model]:
        bid_id = self.project.ranking[place].bid_id
        return self.do(confirm_award, ConfirmAward(project_id=PROJECT, bid_id=bid_id, reason=reason), by)

    def announce(self, by: Actor = DRAFTER) -> list[Model]:
        return self.do(announcing.announce_award, announcing.AnnounceAward(project_id=PROJECT), by)

    def object(self, by: Actor, item: str = "result", **changes: Any) -> list[Fact]:
        """What is told of it."""
        fields: dict[str, Any] = {"ground": "scoring", "text": "人员分计算有误", "evidence": [LETTER]}
        fields |= {"project_id": PROJECT, "objector_id": by.party_id, "item": item} | changes
        said = self.do(objecting.raise_objection, objecting.RaiseObjection.model_validate(fields), by)
        return [one for one in said if isinstance(one, Fact)]

    def assess(self, may_change: bool, by: Actor = DRAFTER, id: UUID | None = None) -> list[Model]:
        command = objecting.AssessObjection(
            project_id=PROJECT, objection_id=id or self.last.id, may_change=may_change, reason="分差小于所涉分值"
        )
        return self.do(objecting.assess_objection, command, by)

    def answer(self, upheld: bool, remedy: str = "none", by: Actor = DRAFTER, id: UUID | None = None) -> list[Model]:
        command = answering.AnswerObjection.model_validate(
            {"project_id": PROJECT, "objection_id": id or self.last.id, "upheld": upheld}
            | {"remedy": remedy, "text": "经复核"}
        )
        return self.do(answering.answer_objection, command, by)

    def default(
        self, ground: DefaultGround = DefaultGround.GAVE_UP, evidence: str | None = LETTER, by: Actor = DRAFTER
    ) -> list[Model]:
        command = defaulting.RecordDefault(
            project_id=PROJECT,
            bid_id=self.project.award or BidId(PROJECT),
            ground=ground,
            reason="来函放弃",
            evidence=evidence,
        )
        return self.do(defaulting.record_default, command, by)

    def draft_cancellation(
        self, ground: CancelGround = CancelGround.NO_LONGER_NEEDED, by: Actor = DRAFTER
    ) -> list[Model]:
        command = cancelling.DraftCancellation(project_id=PROJECT, ground=ground, reason="上级统一安排")
        return self.do(cancelling.draft_cancellation, command, by)

    def approve_cancellation(self, by: Actor = APPROVER, id: UUID | None = None) -> list[Model]:
        waiting = self.after.cancellation
        id = id or (waiting.id if waiting else UUID(int=0))
        command = cancelling.ApproveCancellation(project_id=PROJECT, cancellation_id=id)
        return self.do(cancelling.approve_cancellation, command, by)

    def cancel(self, ground: CancelGround = CancelGround.NO_LONGER_NEEDED) -> list[Model]:
        self.draft_cancellation(ground)
        return self.approve_cancellation()

    def run_again(self, by: Actor = DRAFTER) -> list[Model]:
        command = cancelling.RerunTender(project_id=PROJECT, reason="需求未变")
        return self.do(cancelling.rerun_tender, command, by)


def under(version: str) -> Aftermost:
    """A story under an earlier edition."""
    story = Aftermost()
    story.rulebook = next(one for one in shipped() if one.name == f"example/below-limit@{version}")
    return story
