"""Whose the things are that the paths name: for `services.kit.areas`.

A party is its own, and that of the registrar who entered it: whoever bids here may be at home elsewhere. Before
registrations told for whom they were entered there was one registrar, the installation's first.
"""

from schemas.party import PartyKind
from services.kit.areas import Places
from services.registry.rules.bootstrap import first_party

_FIRST = f"'{first_party(PartyKind.REGISTRAR)}'::uuid"


def entered_by(table: str) -> str:
    """SQL: the registrar for whom a row of the table was entered."""
    return f"coalesce(({table}.state ->> 'registrar_id')::uuid, {_FIRST})"


def _party(id: str) -> str:
    return f"SELECT {id} UNION ALL SELECT {entered_by('registrations')} FROM registrations WHERE id = {id}"


_PARTY = _party("$1::uuid")
PLACES: Places = {
    "party_id": _PARTY,
    "community_id": _PARTY,
    "worker_id": _PARTY,
    "key_id": _party("(SELECT (state ->> 'party_id')::uuid FROM keys WHERE id = $1)"),
    "import_id": f"SELECT {entered_by('party_imports')} FROM party_imports WHERE id = $1",
}
