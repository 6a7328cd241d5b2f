"""Registry listens to nobody and waits for no other: it is where standing begins."""

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from services.kit.service import Reaction
from services.registry.rules.employment import Career, run_out

HEARS: dict[type[Fact], Reaction] = {}
TIMERS: dict[type[State], Decide[Due]] = {Career: run_out}
