"""Whose the things are that the paths name: for `services.kit.areas`."""

from services.kit.areas import A_PARTY, Places


def _of(table: str) -> str:
    return f"SELECT community_id FROM {table} WHERE id = $1"


PLACES: Places = {
    "community_id": A_PARTY,
    "registrar_id": A_PARTY,
    "need_id": _of("needs"),
    "ballot_id": _of("ballots"),
    "deliberation_id": _of("deliberations"),
    "unit_id": _of("resident_units"),
    "volunteer_id": _of("volunteers"),
}
