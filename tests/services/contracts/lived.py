"""What the two parties may do with a signed agreement, told by verbs."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from schemas.change import ChangeRefused, CommitmentChanged
from schemas.contract import Milestone
from schemas.fund import TrancheReleased
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import ZERO, Money
from schemas.role import Actor
from schemas.suspension import SuspensionReason
from services.contracts import rules
from services.contracts.rules import changing, suspending, terminating
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import FUNDER, PARTIES, PROJECT, PROVIDER, Awarded, an_award

FIRST, SECOND, THIRD = 49_382_72, 39_506_17, 9_876_54
"""the tranches of 98,765.43 yuan"""
SECOND_FUNDER = replace(FUNDER, person_id=uuid4())
FORMER_BOOK = next(book for book in shipped() if book.version == "2026.2")
LINES = [{"work": "前三个月送餐", "amount": Money(60_000_00)}]


def a_plan(second: int, third: int, **gates: str) -> list[dict[str, Any]]:
    planned = {2: (second, "mid_term_accepted"), 3: (third, "final_graded")}
    return [
        {"number": n, "amount": Money(fen), "gate": gates.get(f"gate_{n}", gate)} for n, (fen, gate) in planned.items()
    ]


class Lived(Awarded):
    """Signed, and the first tranche is released."""

    def __init__(self) -> None:
        super().__init__(PARTIES)
        self.world.ask([(rules.Paper, rules.change_paper_id(PROJECT, n)) for n in range(1, 5)])

    @property
    def change(self) -> rules.Change:
        return self.contract.changes[-1]

    @property
    def proceeding(self) -> rules.Proceeding:
        return self.contract.proceedings[-1]

    def propose(self, by: Actor = PROVIDER, **terms: Any) -> list[Model]:
        command = {"project_id": PROJECT, "reason": "quantity", "text": "每周增加一次送餐"} | terms
        return self.do(changing.propose, changing.ProposeChange.model_validate(command), by)

    def supplement(self, fen: int, by: Actor = PROVIDER) -> list[Model]:
        """More goes behind the grade; less comes off the second tranche."""
        terms = self.contract.agreement
        second, third = (tranche.amount.fen for tranche in terms.tranches[1:])
        tranches = a_plan(second + min(fen, 0), third + max(fen, 0))
        return self.propose(by, price=Money(terms.price.fen + fen), tranches=tranches)

    def agree(self, by: Actor = FUNDER, digest: str | None = None, id: UUID | None = None) -> list[Model]:
        command = changing.EndorseChange(
            project_id=PROJECT, change_id=id or self.change.id, digest=digest or self.change.digest
        )
        return self.do(changing.endorse, command, by)

    def close_change(self, by: Actor) -> list[Model]:
        command = changing.CloseChange(project_id=PROJECT, change_id=self.change.id, text="另行协商")
        return self.do(changing.close, command, by)

    def funded(self, id: UUID | None = None) -> list[Model]:
        """What funds says once the money is set aside."""
        fact = CommitmentChanged(
            project_id=PROJECT,
            change_id=id or self.change.id,
            number=self.change.number,
            price=self.change.agreement.price,
            tranches=self.change.agreement.tranches,
            before=(),
            after=(),
            added=(),
            freed=(),
        )
        return self.hear(fact)

    def unfunded(self) -> list[Model]:
        return self.hear(
            ChangeRefused(project_id=PROJECT, code="no_money", source="", reason_zh="余额不足", reason_en="…")
        )

    def released(self, number: int) -> None:
        fact = TrancheReleased(
            project_id=PROJECT,
            number=number,
            amount=Money(1),
            withheld=ZERO,
            payee_id=PartyId(PROVIDER.party_id),
            shares=(),
        )
        self.hear(fact)

    def suspend(self, until: date, by: Actor = FUNDER) -> list[Model]:
        command = suspending.SuspendContract(
            project_id=PROJECT, reason=SuspensionReason.SAFETY, text="暴雪", until=until
        )
        return self.do(suspending.suspend, command, by)

    def resume(self, by: Actor = FUNDER) -> list[Model]:
        return self.do(suspending.resume, suspending.ResumeContract(project_id=PROJECT), by)

    def to_end(self, reason: str, by: Actor, lines: Any = LINES) -> list[Model]:
        command = {"project_id": PROJECT, "reason": reason, "text": "无法继续", "lines": lines}
        return self.do(terminating.propose, terminating.ProposeTermination.model_validate(command), by)

    def answer_termination(self, by: Actor, *, consents: bool, id: UUID | None = None) -> list[Model]:
        command = terminating.AnswerTermination(
            project_id=PROJECT, termination_id=id or self.proceeding.id, consents=consents, text="答复"
        )
        return self.do(terminating.answer, command, by)

    def withdraw(self, by: Actor) -> list[Model]:
        command = terminating.WithdrawTermination(project_id=PROJECT, termination_id=self.proceeding.id, text="撤回")
        return self.do(terminating.withdraw, command, by)

    def decide(self, by: Actor = SECOND_FUNDER, *, terminates: bool = True, lines: Any = LINES) -> list[Model]:
        command = {
            "project_id": PROJECT,
            "termination_id": self.proceeding.id,
            "terminates": terminates,
            "text": "查实",
            "lines": lines,
        }
        return self.do(terminating.decide, terminating.DecideTermination.model_validate(command), by)


def in_force() -> Lived:
    story = Lived()
    story.hear(an_award())
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    story.released(1)
    return story


def delivered(*milestones: Milestone) -> Lived:
    story = in_force()
    for milestone in milestones:
        story.submit(milestone)
        story.confirm(milestone)
        story.consult(milestone)
        story.accept(milestone)
    return story
