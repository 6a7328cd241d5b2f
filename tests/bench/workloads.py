"""What the benches of consumers hear: approved projects to pay for, closed scorings to rank."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from events import outbox
from events.catalogue import CATALOGUE
from events.database import Connection
from events.envelope import NO_TRACE
from events.outbox import Saying
from events.trace import uuid7
from schemas.ids import BidId, PartyId, ProjectId
from schemas.money import Money
from schemas.tender import RankableBid, ScoringClosed
from services import matching
from tests.bench import money
from tests.bench.consuming import EVENTS, Workload

ACCOUNTS = 20
BIDS = 100_000
RULEBOOK = money.SHELL.rulebooks.named("example/below-limit").hash


async def _accounts(tx: Connection) -> Callable[[int], Saying]:
    accounts = [await money.an_account(tx) for _ in range(ACCOUNTS)]
    return lambda number: money.an_approval(number, accounts)


async def _nothing(tx: Connection) -> Callable[[int], Saying]:
    return a_scoring


def a_scoring(number: int) -> Saying:
    """Of a project with five bids between 40,000 and 50,000 yuan, each scored by three evaluators."""
    bids = tuple(
        RankableBid(
            bid_id=BidId(uuid4()),
            bidder_id=PartyId(uuid4()),
            price=Money(4_000_000 + (number * 7919 + place * 104_729) % 1_000_000),
            quality=tuple(Decimal((number * 31 + place * 17 + each * 7) % 8000).scaleb(-2) for each in range(3)),
        )
        for place in range(BIDS // EVENTS)
    )
    fact = ScoringClosed(project_id=ProjectId(uuid4()), price_points=Decimal("20.00"), bids=bids, rulebook=RULEBOOK)
    cause = uuid7()
    return outbox.saying(
        "tenders",
        CATALOGUE,
        fact,
        event_id=uuid7(),
        cause=cause,
        correlation=cause,
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )


async def _ranked(connection: Connection, tenders: int) -> None:
    """Every tender has its ranking, and each bid stands in one."""
    bids = await connection.fetchval("SELECT sum(jsonb_array_length(state -> 'ranking')) FROM rankings")
    said = await connection.fetchval("SELECT count(*) FROM outbox WHERE type = 'bids.ranked'")
    if (bids, said) != (BIDS, tenders):
        raise AssertionError(f"ranked {bids} bids of {BIDS}, said {said} of {tenders}")


DISBURSEMENT = Workload(
    name="disbursement consumer",
    shell=money.SHELL,
    sizes=(500, 2000),
    goal=0.7,
    begin=_accounts,
    prove=money.prove,
)
RANKING = Workload(
    name=f"ranking {BIDS:,} bids",
    shell=replace(money.SHELL, service=matching.SERVICE),
    sizes=(500,),
    goal=None,
    begin=_nothing,
    prove=_ranked,
)
