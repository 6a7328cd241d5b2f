"""A project's timers: which decision each is for."""

from collections.abc import Iterable

from schemas.deciding import Context, Due, World
from schemas.model import Model
from services.tenders.rules.complaints.suspending import end_suspension
from services.tenders.rules.envelopes.waiting import end_release
from services.tenders.rules.low_price import lapse
from services.tenders.rules.opening import close

RINGS = {"close": close, "release": end_release, "low_price": lapse, "suspension": end_suspension}


def ring(world: World, due: Due, context: Context) -> Iterable[Model]:
    return RINGS[due.name](world, due, context)
