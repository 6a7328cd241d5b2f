"""Ties: why a natural person may not judge another party."""

from uuid import UUID

from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId
from schemas.party import NATURAL_PERSONS, TieDeclared, TieKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Source
from schemas.standing import Party

RECUSAL = Source("政府采购法实施条例 第九条", Certainty.LAW)


class DeclareTie(Command):
    """A natural person recuses from judging another party."""

    party_id: PartyId
    tied_to: PartyId
    kind: TieKind


def tie_refs(command: DeclareTie, cause: UUID) -> tuple[Ref, ...]:
    return ((Party, command.party_id), (Party, command.tied_to))


def declare_tie(world: World, command: DeclareTie, context: Context) -> list[Fact | Note]:
    """The person concerned declares, or a registrar who learned of it. A tie is never taken back."""
    if context.by.role is not Role.REGISTRAR:
        context.by.must_be(command.party_id)
    party = world.get(Party, command.party_id)
    if party.kind not in NATURAL_PERSONS:
        raise Refused("tie_of_an_institution", RECUSAL, status=422, field="party_id", party=str(party.id))
    tied_to = world.get(Party, command.tied_to)
    if tied_to.id == party.id:
        raise Refused("tie_to_oneself", RECUSAL, status=422, field="tied_to")
    if tied_to.id in party.ties:
        raise Refused("tie_declared", party=str(party.id), tied_to=str(tied_to.id))
    return [TieDeclared(party_id=command.party_id, tied_to=command.tied_to, kind=command.kind)]
