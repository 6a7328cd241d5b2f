"""Audit hears everything anybody says, and answers nothing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from events.catalogue import every_fact
from schemas.deciding import Ref, State, World
from schemas.fact import Fact
from schemas.model import Model
from services.kit.service import Reaction, only_remember


def _nothing(fact: Any, cause: UUID) -> tuple[Ref, ...]:
    return ()


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    """Facts are archived whole (`store.archive`); there is no state beside them."""
    return ()


HEARS: Mapping[type[Fact], Reaction] = {fact: Reaction(refs=_nothing, decide=only_remember) for fact in every_fact()}
