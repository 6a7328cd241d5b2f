"""Random moves: small numbers from hypothesis, read as something that could happen now."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.refused import Refused
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.order import OrderPayment
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import CARE, a_grade, a_line, a_signing, an_acceptance, an_approval, declined, voided
from tests.services.funds.model import Model

RARE = ("fund", "more", "end", "receive_wrong", "again", "grade")
OFTEN = ("approve", "sign", "sign", "accept", "grade", *("order", "receive") * 4)
Move = tuple[str, int, int, int]
Outcome = tuple[list[str], str]
"""the types of the facts said, and the key of the first"""
Make = Callable[[Any], Awaitable[Outcome]]

a_move = st.tuples(st.sampled_from((*OFTEN, *OFTEN, *RARE)), st.integers(0, 4), st.integers(0, 5), st.integers(0, 3000))
some_moves = st.lists(a_move, min_size=20, max_size=60)


@dataclass
class Player:
    """Makes each move on the books and on the model, and sees that both say the same."""

    make: Make
    model: Model = field(default_factory=Model)
    accounts: list[FundAccountId] = field(default_factory=list)
    projects: list[ProjectId] = field(default_factory=lambda: [ProjectId(UUID(int=7))])
    lines: list[tuple[ProjectId, int, int, str]] = field(default_factory=list)

    async def play(self, move: Move) -> None:
        name, a, b, n = move
        if name in ("fund", "more") or not self.accounts:
            await self._fund(name, b, n + 1)
            return
        body, expected = self._meaning(name, self._project(name, a), b, n)
        try:
            said, _ = await self.make(body)
        except Refused as refused:
            said = [refused.code]
        assert said == expected, move

    def _project(self, name: str, a: int) -> ProjectId:
        """Mostly the newest, or the one before; a new one when there is none to approve."""
        if name == "approve" and a > 2:
            self.projects.append(ProjectId(uuid5(UUID(int=7), str(len(self.projects)))))
        return self.projects[-1 - (a == 4 and len(self.projects) > 1)]

    def _meaning(self, name: str, project: ProjectId, b: int, n: int) -> tuple[Any, list[str]]:
        match name:
            case "approve":
                shares = self._shares(b, n)
                return an_approval(dict(shares), project_id=project), self.model.approve(project, dict(shares))
            case "end":
                return (voided, declined)[b % 2](project), self.model.end(project)
            case "sign":
                price = self._reserved(project) * (n % 110) // 100 + n % 2
                return a_signing(project, price), self.model.sign(project, price)
            case "accept":
                return an_acceptance(project), self.model.accept(project)
            case "grade":
                factor = (0, 33, 50, 90, 100, 100)[b]
                return a_grade(project, factor), self.model.grade(project, factor)
            case "order":
                number = self._tranche(project, "released", b)
                return OrderPayment(project_id=project, number=number), self.model.order(project, number)
            case _:
                return self._receive(name, project, self._tranche(project, "ordered", b))

    def _shares(self, b: int, n: int) -> dict[FundAccountId, int]:
        """Up to three accounts, each with a part of what is free, now and then a fen too much."""
        chosen = dict.fromkeys(self.accounts[(b + i * n) % len(self.accounts)] for i in range(1 + b % 3))
        return {account: self._free(account) * (n % 70 + 31) // 100 + (n % 7 == 0) for account in chosen}

    def _free(self, account: FundAccountId) -> int:
        return sum(lot.free for lot in self.model.accounts[account])

    def _reserved(self, project: ProjectId) -> int:
        found = self.model.projects.get(project)
        return 1 if found is None else found.totals()[0]

    def _tranche(self, project: ProjectId, step: str, b: int) -> int:
        """The first in this step, mostly."""
        found = self.model.projects.get(project)
        numbers = [] if found is None else [i for i, t in enumerate(found.tranches, start=1) if t.step == step]
        return numbers[0] if numbers and b < 5 else b % 4 + 1

    async def _fund(self, name: str, b: int, fen: int) -> None:
        restricted = b % 3 == 0
        command = Appropriate(
            source_type=SourceType.BUDGET,
            budget_line="208-02",
            amount=Money(fen),
            restricted_to=CARE if restricted else None,
        )
        more = name == "more" and self.accounts
        if more:
            command = AppropriateMore(account_id=self.accounts[b % len(self.accounts)], **dict(command))
        said, key = await self.make(command)
        account = FundAccountId(UUID(key))
        if not more:
            self.accounts.append(account)
        assert said == self.model.fund(account, fen, restricted)

    def _receive(self, name: str, project: ProjectId, number: int) -> tuple[Any, list[str]]:
        found = self.model.projects.get(project)
        planned = found.tranches[number - 1].amount if found is not None and number <= len(found.tranches) else 1
        line = (project, number, max(1, planned + (name == "receive_wrong")), f"L{len(self.lines)}")
        if name == "again" and self.lines:
            line = self.lines[number % len(self.lines)]
        self.lines.append(line)
        project, number, amount, reference = line
        command = ImportReceipts(lines=(a_line(project, number, amount, reference),))
        return command, self.model.receive(reference, project, number, amount)
