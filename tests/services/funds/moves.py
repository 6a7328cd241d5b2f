"""Random moves: small numbers from hypothesis, read as something that could happen now."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID, uuid5

from hypothesis import strategies as st

from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from schemas.refused import Refused
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import reference_of
from services.funds.rules.periods import FreezePeriod, ReopenPeriod
from services.funds.rules.receipts import ImportReceipts
from tests.services.funds.desk import (
    CARE,
    FUNDER,
    a_grade,
    a_line,
    a_refund,
    a_signing,
    an_acceptance,
    an_approval,
    declined,
    voided,
)
from tests.services.funds.model import Model

BACK = ("correct", "correct", "refund", "refund", "unrefund", "unrefund", "lapse")
RARE = ("fund", "more", "end", "receive_wrong", "again", "grade", "freeze", "reopen", "close", *BACK)
OFTEN = ("approve", "sign", "sign", "accept", "grade", *("order", "receive") * 4, "send_back")
Move = tuple[str, int, int, int]
Outcome = tuple[list[str], str]
"""the types of the facts said, and the key of the first"""
Make = Callable[[Any], Awaitable[Outcome]]
Step = Callable[[Model], list[str]]
"""what the move does to the model, and what should be said"""

a_move = st.tuples(st.sampled_from((*OFTEN, *OFTEN, *RARE)), st.integers(0, 4), st.integers(0, 5), st.integers(0, 3000))
A_PAYMENT = (("fund", 0, 1, 2999), ("approve", 0, 0, 69), ("sign", 0, 0, 98), ("order", 0, 0, 0), ("receive", 0, 0, 0))
"""a story in which money has left already: from there refunds and returns begin"""
some_moves = st.lists(a_move, min_size=20, max_size=60) | st.lists(a_move, min_size=15, max_size=50).map(
    lambda moves: [*A_PAYMENT, *moves]
)
some_crowds = st.lists(st.lists(a_move, min_size=1, max_size=3), min_size=10, max_size=25)
MONTHS = (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
"""stories begin on 2026-03-02"""
DAYS = (date(2026, 3, 4), date(2026, 2, 27), date(2026, 1, 15))


@dataclass(frozen=True, slots=True)
class Closing:
    """Somebody else closes the frozen period over the digest it has."""

    through: date


@dataclass(frozen=True, slots=True)
class Correcting:
    """Somebody else corrects the arrival of a lot."""

    account: FundAccountId
    place: int
    fen: int


@dataclass(frozen=True, slots=True)
class CorrectingRefund:
    """Somebody else corrects a refund."""

    project: ProjectId
    line: str
    fen: int


@dataclass(frozen=True, slots=True)
class Lapsing:
    """The reservation's time is over."""

    project: ProjectId


@dataclass
class Player:
    """Makes each move on the books and on the model, and sees that both say the same."""

    make: Make
    model: Model = field(default_factory=Model)
    accounts: list[FundAccountId] = field(default_factory=list)
    projects: list[ProjectId] = field(default_factory=lambda: [ProjectId(UUID(int=7))])
    lines: list[tuple[ProjectId, int, int, str, int]] = field(default_factory=list)
    refunds: int = 0
    sent_back: int = 0

    async def play(self, move: Move) -> None:
        name, a, b, n = move
        if name in ("fund", "more") or not self.accounts:
            await self._fund(name, b, n + 1)
            return
        body, step = self._meaning(name, self._project(name, a), b, n)
        assert await self._said(body) == step(self.model), move

    async def play_at_once(self, moves: Sequence[Move], now: Callable[[], Awaitable[object]]) -> None:
        """All at the same moment: what is said, and how it is `now`, is as if they had come in some order."""
        meant = [self._meaning(name, self._project(name, a), b, n) for name, a, b, n in moves]
        said = await asyncio.gather(*(self._said(body) for body, _ in meant))
        there = await now()
        for order in permutations(range(len(meant))):
            model = deepcopy(self.model)
            expected = {place: meant[place][1](model) for place in order}
            if all(expected[place] == one for place, one in enumerate(said)) and model.snapshot() == there:
                self.model = model
                return
        raise AssertionError(f"{moves} said {said}, in no order")

    async def _said(self, body: Any) -> list[str]:
        try:
            said, _ = await self.make(body)
        except Refused as refused:
            return [refused.code]
        return said

    def _project(self, name: str, a: int) -> ProjectId:
        """Mostly the newest, or the one before; a new one when there is none to approve."""
        if name == "approve" and a > 2:
            self.projects.append(ProjectId(uuid5(UUID(int=7), str(len(self.projects)))))
        return self.projects[-1 - (a == 4 and len(self.projects) > 1)]

    def _meaning(self, name: str, project: ProjectId, b: int, n: int) -> tuple[Any, Step]:
        match name:
            case "approve":
                shares = self._shares(b, n)
                return an_approval(dict(shares), project_id=project), lambda m: m.approve(project, dict(shares))
            case "end":
                return (voided, declined)[b % 2](project), lambda m: m.end(project)
            case "sign":
                price = self._reserved(project) * (n % 110) // 100 + n % 2
                return a_signing(project, price), lambda m: m.sign(project, price)
            case "accept":
                return an_acceptance(project), lambda m: m.accept(project)
            case "grade":
                factor = (0, 33, 50, 90, 100, 100)[b]
                return a_grade(project, factor), lambda m: m.grade(project, factor)
            case "order":
                number = self._tranche(project, "released", b)
                return OrderPayment(project_id=project, number=number), lambda m: m.order(project, number)
            case "freeze":
                through = MONTHS[b % len(MONTHS)]
                return FreezePeriod(funder_id=FUNDER, through=through), lambda m: m.freeze(through)
            case "reopen" | "close":
                through = self.model.frozen or MONTHS[b % len(MONTHS)]
                if name == "close":
                    return Closing(through), lambda m: m.close(through)
                return ReopenPeriod(funder_id=FUNDER, through=through, reason="x"), lambda m: m.reopen(through)
            case "correct":
                return self._correct(self.accounts[b % len(self.accounts)], n)
            case "refund":
                return self._refund(project, n)
            case "unrefund":
                return self._correct_refund(project, n)
            case "lapse":
                return Lapsing(project), lambda m: m.end(project)
            case "send_back":
                step = ("paid", "paid", "ordered")[n % 3]
                project = self._with_one(step, project)
                return self._send_back(project, self._tranche(project, step, b), n)
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
            functional_code="2080299",
            economic_code="50205",
        )
        more = name == "more" and self.accounts
        if more:
            command = AppropriateMore(account_id=self.accounts[b % len(self.accounts)], **dict(command))
        said, key = await self.make(command)
        account = FundAccountId(UUID(key))
        if not more:
            self.accounts.append(account)
        assert said == self.model.fund(account, fen, restricted)

    def _correct(self, account: FundAccountId, n: int) -> tuple[Any, Step]:
        """A part of what is free of a lot, all of it, now and then a fen more."""
        lots = self.model.accounts[account]
        place = n % len(lots)
        fen = max(1, lots[place].free * (n % 110) // 100 + n % 2)
        return Correcting(account, place, fen), lambda m: m.correct(account, place, fen)

    def _refund(self, project: ProjectId, n: int) -> tuple[Any, Step]:
        """A part of what was paid, all of it, now and then a fen more or a line that is known."""
        found = self.model.projects.get(project)
        left = 1 if found is None else found.paid_left()
        fen = max(1, left * (n % 101) // 100 + n % 2)
        self.refunds += n % 7 != 0
        line = f"R{self.refunds}"
        return a_refund(project, fen, line), lambda m: m.refund(project, fen, line)

    def _correct_refund(self, project: ProjectId, n: int) -> tuple[Any, Step]:
        """A part of what a line brought back, all of it, now and then a fen more; where none did, a refund."""
        found = self.model.projects.get(project)
        if found is None or not found.refund_lines:
            return self._refund(project, n)
        line = list(found.refund_lines)[n % len(found.refund_lines)]
        fen = max(1, sum(found.refund_lines[line].values()) * (n % 150) // 100 + n % 2)
        return CorrectingRefund(project, line, fen), lambda m: m.correct_refund(project, line, fen)

    def _receive(self, name: str, project: ProjectId, number: int) -> tuple[Any, Step]:
        found = self.model.projects.get(project)
        planned = found.tranches[number - 1].amount if found is not None and number <= len(found.tranches) else 1
        returns = self._returns(project, number)
        told = (project, number, max(1, planned + (name == "receive_wrong")), f"L{len(self.lines)}", returns)
        if name == "again" and self.lines:
            told = self.lines[number % len(self.lines)]
        self.lines.append(told)
        project, number, amount, reference, returns = told
        paid_on = DAYS[int(reference[1:]) % len(DAYS)]
        line = a_line(project, number, amount, reference).model_copy(
            update={"paid_on": paid_on, "payment_reference": reference_of(project, number, returns)}
        )
        return ImportReceipts(lines=(line,)), lambda m: m.receive(reference, project, number, amount, paid_on, returns)

    def _send_back(self, project: ProjectId, number: int, n: int) -> tuple[Any, Step]:
        """What the bank refused or returned, now and then a fen too little, a day too early, or a known line."""
        found = self.model.projects.get(project)
        amount = found.tranches[number - 1].amount if found is not None and number <= len(found.tranches) else 1
        amount, returns, day = max(1, amount - (n % 11 == 10)), self._returns(project, number), DAYS[n % 7 == 6]
        self.sent_back += n % 5 != 4
        reference = f"B{self.sent_back}"
        line = a_line(
            project, number, amount, f"{reference}/{project.hex[:8]}/{number}/{returns}/{amount}/{day}"
        ).model_copy(
            update={"paid_on": day, "payment_reference": reference_of(project, number, returns), "returned": "退票"}
        )
        told = line.line_reference
        return ImportReceipts(lines=(line,)), lambda m: m.send_back(told, project, number, amount, day, returns)

    def _with_one(self, step: str, otherwise: ProjectId) -> ProjectId:
        """The last project with a tranche in this step."""
        found = (id for id, p in self.model.projects.items() if any(t.step == step for t in p.tranches))
        return ProjectId(max(found, key=lambda id: self.projects.index(ProjectId(id)), default=otherwise))

    def _returns(self, project: ProjectId, number: int) -> int:
        """How often the bank sent the tranche back, as far as the model knows."""
        found = self.model.projects.get(project)
        return found.tranches[number - 1].returns if found is not None and number <= len(found.tranches) else 0
