"""Needs listens to parties only, which the shell does for every service; a ballot closes by its timer."""

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from services.kit.service import Reaction
from services.needs.rules.count import BallotBox, close_ballot

HEARS: dict[type[Fact], Reaction] = {}
TIMERS: dict[type[State], Decide[Due]] = {BallotBox: close_ballot}
