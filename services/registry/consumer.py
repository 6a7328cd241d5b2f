"""Registry listens to nobody and waits for nothing: it is where standing begins."""

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from services.kit.service import Reaction

HEARS: dict[type[Fact], Reaction] = {}
TIMERS: dict[type[State], Decide[Due]] = {}
