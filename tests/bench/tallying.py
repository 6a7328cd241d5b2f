"""Equal shares on the largest election that travels with the project, against pabutools, with the same outcome.

`python -m tests.bench.tallying`. Both sides begin with the votes in their own shape, and read nothing.
"""

import time
from collections.abc import Callable, Iterable

from deploy.demo import elections
from schemas.pabulib import Pabulib, parse
from services.needs.tally import Election, Purchase, add_one, equal_shares, usual
from services.needs.tally.published import election_of
from tests.bench.pairs import Ratio, alternate
from tests.support.pabu import Elsewhere

GOAL = 50.0


def largest() -> Pabulib:
    return max(map(parse, map(elections.load, elections.names())), key=lambda published: len(published.votes))


class TallyBench:
    """Elections a second; each count begins with an election that nothing was asked of yet."""

    def __init__(self) -> None:
        self.published = largest()
        self.election = election_of(self.published)
        self.elsewhere = Elsewhere(self.election)

    async def ratios(self) -> list[Ratio]:
        shown = f"{self.election.voters:,} voters × {len(self.election.projects)} projects"
        kind, unit = usual(self.election.vote_type), self.election.unit

        async def once() -> float:
            return self._ours(lambda election: equal_shares(election, kind))

        async def once_there() -> float:
            return self._theirs(lambda: self.elsewhere.equal_shares())

        async def added() -> float:
            return self._ours(lambda election: add_one(election, kind)[0])

        async def added_there() -> float:
            return self._theirs(lambda: self.elsewhere.equal_shares(add=unit))

        self._same(equal_shares(self.election, kind), self.elsewhere.equal_shares())
        self._same(add_one(self.election, kind)[0], self.elsewhere.equal_shares(add=unit))
        return [
            await alternate(f"equal shares / pabutools, {shown}", once, once_there, GOAL),
            await alternate(f"equal shares with add 1 / pabutools, {shown}", added, added_there, GOAL, pairs=3),
        ]

    def _ours(self, count: Callable[[Election], object]) -> float:
        election = election_of(self.published)
        began = time.perf_counter()
        count(election)
        return 1 / (time.perf_counter() - began)

    def _theirs(self, count: Callable[[], object]) -> float:
        began = time.perf_counter()
        count()
        return 1 / (time.perf_counter() - began)

    def _same(self, ours: Iterable[Purchase], theirs: list[str]) -> None:
        if [self.election.projects[purchase.place].id for purchase in ours] != theirs:
            raise AssertionError("two outcomes of one election; the figures do not count")
