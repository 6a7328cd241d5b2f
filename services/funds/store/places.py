"""Whose the things are that the paths name: for `services.kit.areas`."""

from services.kit.areas import A_PARTY, Places

_PROJECT = """
    SELECT unnest(ARRAY[(p.state ->> 'funder_id')::uuid, (p.state ->> 'community_id')::uuid])
    FROM projects p WHERE p.id = {id}
    """
PLACES: Places = {
    "funder_id": A_PARTY,
    "project_id": _PROJECT.format(id="$1"),
    "payment_id": _PROJECT.format(id="(SELECT project_id FROM payments WHERE id = $1)"),
    "account_id": "SELECT owner_id FROM accounts WHERE id = $1",
    "file_id": "SELECT (state ->> 'funder_id')::uuid FROM bank_files WHERE id = $1",
    "party_id": """
        SELECT $1::uuid
        UNION ALL SELECT (state ->> 'funder_id')::uuid FROM projects WHERE (state #>> '{payee,id}')::uuid = $1
        """,
}
"""a bank account is also that of the funders who pay into it"""
