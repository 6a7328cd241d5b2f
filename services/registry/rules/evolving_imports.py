"""What registry remembers of imports."""

from dataclasses import replace

from schemas.deciding import State, World
from schemas.model import Model
from services.registry.rules.importing import PartiesImported, PartyFileRead, PartyImport
from services.registry.rules.verifying_imports import ImportVerified


def evolve(world: World, fact: Model) -> tuple[State, ...]:
    match fact:
        case PartyFileRead():
            return (fact.reading,)
        case PartiesImported():
            return (fact.taken,)
        case ImportVerified():
            return (replace(world.get(PartyImport, fact.import_id), verified=True), fact.count)
        case _:
            return ()
