"""Makes each move on the books and on the model, and sees that both say the same."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any, Protocol
from uuid import UUID

from hypothesis import strategies as st

from schemas.ids import FundAccountId, ProjectId
from schemas.refused import Refused
from tests.services.funds.moves import agreements, books, payments
from tests.services.funds.moves.known import Known, Meant

Move = tuple[str, int, int, int]
Outcome = tuple[list[str], str]
"""the types of the facts said, and the key of the first"""
Make = Callable[[Any], Awaitable[Outcome]]
MEANING: Mapping[str, Callable[[Known, ProjectId, int, int], Meant]] = {
    "approve": agreements.approve,
    "end": agreements.end,
    "lapse": agreements.lapse,
    "sign": agreements.sign,
    "change": agreements.change,
    "accept": agreements.accept,
    "grade": agreements.grade,
    "terminate": agreements.terminate,
    "hold": payments.hold,
    "lift": payments.lift,
    "order": payments.order,
    "order_part": payments.order_part,
    "receive": payments.receive,
    "receive_wrong": payments.receive_wrong,
    "again": payments.again,
    "send_back": payments.send_back,
    "correct": books.correct,
    "refund": books.refund,
    "unrefund": books.correct_refund,
    "freeze": books.freeze,
    "reopen": books.reopen,
    "close": books.close,
}
ARRIVALS = ("fund", "more")
OFTEN = ("approve", "sign", "change", "accept", *("order", "receive", "order_part", "receive") * 2, "send_back")
BACK = ("correct", "correct", "refund", "refund", "unrefund", "unrefund", "lapse")
STOPPING = ("hold", "hold", "lift", "lift", "terminate", "change", "grade", "grade")
RARE = (*ARRIVALS, "end", "receive_wrong", "receive_wrong", "again", "freeze", "reopen", "close", *BACK, *STOPPING)

a_move = st.tuples(st.sampled_from((*OFTEN, *OFTEN, *RARE)), st.integers(0, 4), st.integers(0, 5), st.integers(0, 3000))
SIGNED = (
    *(("fund", 0, 1, 2999), ("fund", 0, 0, 1499), ("more", 0, 0, 999), ("more", 0, 1, 700)),
    *(("approve", 0, 1, 29), ("sign", 0, 0, 88)),
)
PAID = (*SIGNED, ("order", 0, 0, 0), ("receive", 0, 0, 0))
A_PART = (("hold", 0, 0, 40), ("order_part", 0, 0, 0), ("receive", 0, 0, 0))
IN_PARTS = (*SIGNED, *A_PART, ("lift", 0, 0, 0), *A_PART)
BEFORE = ((), SIGNED, PAID, (*SIGNED, *A_PART), IN_PARTS)
"""how stories begin, so that some of them come to refunds, returns, and what is left after parts"""
some_moves = st.builds(
    lambda before, moves: [*before, *moves], st.sampled_from(BEFORE), st.lists(a_move, min_size=15, max_size=50)
)
some_crowds = st.lists(st.lists(a_move, min_size=1, max_size=3), min_size=10, max_size=25)


class HasTime(Protocol):
    at: datetime


@dataclass
class Player:
    make: Make
    clock: HasTime
    known: Known = field(default_factory=Known)

    async def play(self, move: Move) -> None:
        name, _, b, n = move
        if name in ARRIVALS or not self.known.accounts:
            await self._fund(name, b, n + 1)
            return
        self._go_on([move])
        body, step = self._meant(move)
        assert await self._said(body) == step(self.known.model), move

    async def play_at_once(self, moves: Sequence[Move], now: Callable[[], Awaitable[object]]) -> None:
        """All at the same moment: what is said, and how it is `now`, is as if they had come in some order."""
        self._go_on(moves)
        meant = [self._meant(move) for move in moves]
        said = await asyncio.gather(*(self._said(body) for body, _ in meant))
        there = await now()
        for order in permutations(range(len(meant))):
            model = deepcopy(self.known.model)
            expected = {place: meant[place][1](model) for place in order}
            if all(expected[place] == one for place, one in enumerate(said)) and model.snapshot() == there:
                self.known.model = model
                return
        raise AssertionError(f"{moves} said {said}, in no order")

    def _go_on(self, moves: Sequence[Move]) -> None:
        """Two days after a month that somebody wants frozen: what was ordered in it is then paid late."""
        for name, _, b, _ in moves:
            day = books.MONTHS[b % len(books.MONTHS)] + timedelta(days=2)
            if name == "freeze" and day > self.known.today:
                self.clock.at += day - self.known.today
                self.known.model.periods.today = day

    def _meant(self, move: Move) -> Meant:
        name, a, b, n = move
        return MEANING[name](self.known, self.known.project(a, maybe_new=name == "approve"), b, n)

    async def _said(self, body: Any) -> list[str]:
        try:
            said, _ = await self.make(body)
        except Refused as refused:
            return [refused.code]
        return said

    async def _fund(self, name: str, b: int, fen: int) -> None:
        accounts, restricted = self.known.accounts, b % 3 == 0
        more = accounts[b % len(accounts)] if name == "more" and accounts else None
        said, key = await self.make(books.appropriation(more, fen, restricted))
        account = FundAccountId(UUID(key))
        if more is None:
            accounts.append(account)
        assert said == self.known.model.accounts.fund(account, fen, restricted)
