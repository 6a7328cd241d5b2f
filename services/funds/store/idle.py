"""What each lot had on a day. From the transfers by the day they count on, not from the running totals of today."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import asyncpg

from events.database import Connection


async def lots_on(tx: Connection, accounts: Collection[UUID], on: date) -> list[asyncpg.Record]:
    """Lots that had arrived by the end of `on`, in the order of arrival; amounts in fen."""
    rows: list[asyncpg.Record] = await tx.fetch(
        """
        SELECT l.*, used.* FROM lots l JOIN (
            SELECT a.lot_id,
                min(t.effective_date) AS arrived_on,
                coalesce(sum(CASE WHEN t.credit_id = l.account_id AND t.refunds IS NULL
                        THEN CASE WHEN d.kind <> 'project' THEN a.amount_fen END
                    WHEN t.corrects IS NOT NULL AND t.refunds IS NULL THEN -a.amount_fen
                    END), 0)::bigint AS appropriated,
                coalesce(sum(CASE WHEN t.refunds IS NOT NULL
                        THEN CASE WHEN t.corrects IS NULL THEN -a.amount_fen ELSE a.amount_fen END
                    WHEN d.kind = 'project' THEN -a.amount_fen
                    WHEN t.debit_id = l.account_id AND t.corrects IS NULL AND t.state = 'posted' THEN a.amount_fen
                    END), 0)::bigint AS spent,
                coalesce(sum(CASE WHEN t.state = 'pending' THEN a.amount_fen
                    WHEN t.pending_id IS NOT NULL THEN -a.amount_fen END), 0)::bigint AS reserved
            FROM lots l JOIN allocations a ON a.lot_id = l.id
            JOIN transfers t ON t.id = a.transfer_id AND l.account_id IN (t.debit_id, t.credit_id)
            JOIN accounts d ON d.id = t.debit_id
            WHERE l.account_id = ANY($1::uuid[]) AND t.effective_date <= $2
            GROUP BY a.lot_id
        ) used ON used.lot_id = l.id ORDER BY arrived_on, arrived_at, id
        """,
        list(accounts),
        on,
    )
    return rows


async def lapses_until(
    tx: Connection, funder_id: UUID, accounts: Collection[UUID], on: date, most: int
) -> list[asyncpg.Record]:
    """What was reserved from these accounts and lapsed by `on`, lot by lot, the latest first; amounts in fen."""
    rows: list[asyncpg.Record] = await tx.fetch(
        """
        SELECT p.id AS project_id, p.state ->> 'title' AS title, (lapse ->> 'last_day')::date AS last_day,
            lapse ->> 'rulebook' AS rulebook, (share ->> 'account_id')::uuid AS account_id,
            (lot ->> 'lot_id')::uuid AS lot_id, (lot #>> '{amount,fen}')::bigint AS fen
        FROM projects p CROSS JOIN jsonb_array_elements(p.state -> 'lapsed') lapse
        CROSS JOIN jsonb_array_elements(lapse -> 'shares') share CROSS JOIN jsonb_array_elements(share -> 'lots') lot
        WHERE (p.state ->> 'funder_id')::uuid = $1 AND (share ->> 'account_id')::uuid = ANY($2::uuid[])
            AND (lapse ->> 'last_day')::date < $3
        ORDER BY last_day DESC, project_id, account_id, lot_id LIMIT $4
        """,
        funder_id,
        list(accounts),
        on,
        most,
    )
    return rows
