"""A project's timers: which decision each is for."""

from collections.abc import Iterable

from schemas.deciding import Context, Due, World
from schemas.fact import Fact
from services.tenders.rules.low_price import lapse
from services.tenders.rules.opening import close


def ring(world: World, due: Due, context: Context) -> Iterable[Fact]:
    return lapse(world, due, context) if due.name == "low_price" else close(world, due, context)
