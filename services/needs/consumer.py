"""Needs listens to parties only, which the shell does for all; timers close ballots, end items and take needs up."""

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from services.kit.service import Reaction
from services.needs.rules.count import BallotBox, close_ballot
from services.needs.rules.gate.following import end
from services.needs.rules.gate.item import Item
from services.needs.rules.handling import Handling, escalate

HEARS: dict[type[Fact], Reaction] = {}
TIMERS: dict[type[State], Decide[Due]] = {BallotBox: close_ballot, Item: end, Handling: escalate}
