"""Whose the things are that the paths name: for `services.kit.areas`."""

from services.kit.areas import A_PARTY, Places

PLACES: Places = {
    "community_id": A_PARTY,
    "project_id": """
        SELECT unnest(ARRAY[(state ->> 'funder_id')::uuid, (state ->> 'community_id')::uuid])
        FROM evaluations WHERE id = $1
        """,
}
