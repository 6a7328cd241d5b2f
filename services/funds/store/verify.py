"""The books proven from their rows: each question is plain SQL that returns what is wrong, best nothing.

Anyone may run these by hand in the schema of funds; `sanshe verify` runs them all.
"""

from events.database import Connection
from schemas.finding import Finding
from services.funds.store.findings import finding

_MOVED = """
    WITH sides AS (
        SELECT debit_id AS account_id, amount_fen AS debit, 0 AS credit, state, pending_id FROM transfers
        UNION ALL
        SELECT credit_id, 0, amount_fen, state, pending_id FROM transfers
    ), moved AS (
        SELECT account_id,
            coalesce(sum(debit) FILTER (WHERE state = 'posted'), 0) AS debits_posted,
            coalesce(sum(credit) FILTER (WHERE state = 'posted'), 0) AS credits_posted,
            sum(CASE WHEN state = 'pending' THEN debit WHEN pending_id IS NULL THEN 0 ELSE -debit END)
                AS debits_pending,
            sum(CASE WHEN state = 'pending' THEN credit WHEN pending_id IS NULL THEN 0 ELSE -credit END)
                AS credits_pending
        FROM sides GROUP BY account_id
    )
"""

_OPEN = """
    WITH open AS (
        SELECT pending.id, pending.debit_id, pending.credit_id,
            pending.amount_fen - coalesce(sum(resolving.amount_fen), 0) AS fen
        FROM transfers pending LEFT JOIN transfers resolving ON resolving.pending_id = pending.id
        WHERE pending.state = 'pending' GROUP BY pending.id
    )
"""

QUESTIONS: dict[str, str] = {
    "debits and credits differ over all accounts": """
        SELECT 'posted ' || sum(debits_posted_fen) || ' / ' || sum(credits_posted_fen)
            || ', pending ' || sum(debits_pending_fen) || ' / ' || sum(credits_pending_fen)
        FROM accounts
        HAVING sum(debits_posted_fen) <> sum(credits_posted_fen)
            OR sum(debits_pending_fen) <> sum(credits_pending_fen)
    """,
    "an account's balances are not the sum of its transfers": f"""
        {_MOVED}
        SELECT a.id || ' (' || a.kind || ')' FROM accounts a LEFT JOIN moved m ON m.account_id = a.id
        WHERE (a.debits_posted_fen, a.credits_posted_fen, a.debits_pending_fen, a.credits_pending_fen)
            IS DISTINCT FROM (
                coalesce(m.debits_posted, 0), coalesce(m.credits_posted, 0),
                coalesce(m.debits_pending, 0), coalesce(m.credits_pending, 0)
            )
    """,
    "an account is beyond its limit": """
        SELECT id || ' (' || kind || ')' FROM accounts
        WHERE debits_must_not_exceed_credits AND debits_posted_fen + debits_pending_fen > credits_posted_fen
    """,
    "a pending transfer is open by another amount than its resolutions leave": f"""
        {_OPEN}
        SELECT open.id::text FROM open LEFT JOIN pendings USING (id)
        WHERE open.fen IS DISTINCT FROM pendings.open_fen OR open.fen < 0
    """,
    "a commitment is not the sum of what is pending for it": f"""
        {_OPEN}, set_aside AS (
            SELECT p.id, share ->> 'account_id' AS account_id, (share #>> '{{amount,fen}}')::bigint AS fen
            FROM projects p CROSS JOIN jsonb_array_elements(p.state -> 'shares') share
            WHERE p.state ->> 'phase' IN ('reserved', 'committed')
        ), pending AS (
            SELECT credit_id AS id, debit_id::text AS account_id, sum(fen) AS fen
            FROM open JOIN accounts a ON a.id = credit_id AND a.kind = 'project'
            WHERE fen > 0 GROUP BY 1, 2
        )
        SELECT 'project ' || id || ', account ' || account_id
        FROM set_aside FULL JOIN pending USING (id, account_id)
        WHERE set_aside.fen IS DISTINCT FROM pending.fen
    """,
    "a transfer's allocations do not add up to its amount": """
        SELECT t.id::text FROM transfers t LEFT JOIN allocations a ON a.transfer_id = t.id
        GROUP BY t.id HAVING t.amount_fen <> coalesce(sum(a.amount_fen), 0)
    """,
    "what resolves a pending transfer takes more of a lot than was set aside": """
        SELECT pending.transfer_id || ', lot ' || pending.lot_id
        FROM transfers t
        JOIN allocations resolving ON resolving.transfer_id = t.id
        LEFT JOIN allocations pending ON pending.transfer_id = t.pending_id AND pending.lot_id = resolving.lot_id
        WHERE t.pending_id IS NOT NULL
        GROUP BY t.pending_id, resolving.lot_id, pending.transfer_id, pending.lot_id, pending.amount_fen
        HAVING sum(resolving.amount_fen) > coalesce(pending.amount_fen, 0)
    """,
    "a lot's balances are not the sum of its allocations": """
        SELECT l.id::text FROM lots l
        LEFT JOIN (
            SELECT a.lot_id, l.account_id,
                sum(a.amount_fen) FILTER (WHERE t.credit_id = l.account_id AND t.refunds IS NULL
                    AND d.kind <> 'project') AS amount,
                sum(a.amount_fen) FILTER (WHERE t.corrects IS NOT NULL AND t.refunds IS NULL) AS corrected,
                sum(CASE WHEN t.refunds IS NOT NULL
                        THEN CASE WHEN t.corrects IS NULL THEN -a.amount_fen ELSE a.amount_fen END
                    WHEN d.kind = 'project' THEN -a.amount_fen
                    WHEN t.debit_id = l.account_id AND t.corrects IS NULL AND t.state = 'posted' THEN a.amount_fen
                    ELSE 0 END) AS spent,
                sum(CASE WHEN t.state = 'pending' THEN a.amount_fen
                    WHEN t.pending_id IS NULL THEN 0 ELSE -a.amount_fen END) AS reserved
            FROM lots l JOIN allocations a ON a.lot_id = l.id
            JOIN transfers t ON t.id = a.transfer_id AND l.account_id IN (t.debit_id, t.credit_id)
            JOIN accounts d ON d.id = t.debit_id GROUP BY 1, 2
        ) used ON used.lot_id = l.id
        WHERE (l.amount_fen, l.corrected_fen, l.reserved_fen, l.spent_fen) IS DISTINCT FROM
            (coalesce(amount, 0), coalesce(corrected, 0), coalesce(reserved, 0), coalesce(spent, 0))
    """,
    "a fund account does not hold what its lots say": """
        SELECT a.id::text FROM accounts a LEFT JOIN lots l ON l.account_id = a.id
        WHERE a.kind = 'fund' GROUP BY a.id
        HAVING a.credits_posted_fen - a.debits_posted_fen
            <> coalesce(sum(l.amount_fen - l.corrected_fen - l.spent_fen), 0)
    """,
    "a transfer is corrected beyond its amount, not by its mirror, or by who recorded it": """
        SELECT t.id::text FROM transfers c JOIN transfers t ON t.id = c.corrects
        GROUP BY t.id HAVING sum(c.amount_fen) > t.amount_fen OR t.corrects IS NOT NULL OR t.state <> 'posted'
            OR bool_or((c.debit_id, c.credit_id, c.state) <> (t.credit_id, t.debit_id, 'posted'))
            OR bool_or(CASE WHEN t.pending_id IS NULL THEN c.recorded_by = t.recorded_by
                ELSE c.amount_fen <> t.amount_fen END)
    """,
    "a payment left without the second person it waited for, or stands in the books before it left": """
        SELECT p.id::text FROM payments p LEFT JOIN transfers t ON t.id = p.id
        WHERE (t.id IS NULL) = coalesce((p.state ->> 'has_left')::boolean, true)
            OR p.state ->> 'approved_by' = p.state ->> 'ordered_by'
    """,
    "what came back is not what the refunds of the project say": """
        WITH lines AS (
            SELECT project_id, sum((state #>> '{amount,fen}')::bigint - coalesce((
                SELECT sum((share #>> '{amount,fen}')::bigint) FROM jsonb_array_elements(state -> 'corrected') share
            ), 0)) AS fen FROM refunds GROUP BY 1
        ), booked AS (
            SELECT refunds AS project_id, sum(CASE WHEN corrects IS NULL THEN amount_fen ELSE -amount_fen END) AS fen
            FROM transfers WHERE refunds IS NOT NULL GROUP BY 1
        ), known AS (
            SELECT id AS project_id, sum((share #>> '{amount,fen}')::bigint) AS fen
            FROM projects CROSS JOIN jsonb_array_elements(state -> 'refunded') share GROUP BY 1
        )
        SELECT 'project ' || project_id
        FROM lines FULL JOIN booked USING (project_id) FULL JOIN known USING (project_id)
        WHERE (lines.fen IS NULL) <> (booked.fen IS NULL) OR coalesce(lines.fen, 0) <> coalesce(booked.fen, 0)
            OR coalesce(booked.fen, 0) <> coalesce(known.fen, 0)
    """,
    "a lot got more back of a project than it paid": """
        SELECT 'project ' || project_id || ', lot ' || lot_id FROM (
            SELECT t.refunds AS project_id, a.lot_id,
                sum(CASE WHEN t.corrects IS NULL THEN a.amount_fen ELSE -a.amount_fen END) AS fen, (
                SELECT coalesce(sum(CASE WHEN paid.debit_id = t.refunds THEN p.amount_fen ELSE -p.amount_fen END), 0)
                FROM transfers paid JOIN allocations p ON p.transfer_id = paid.id
                WHERE paid.state = 'posted' AND p.lot_id = a.lot_id
                    AND (paid.debit_id = t.refunds OR (paid.credit_id = t.refunds AND paid.corrects IS NOT NULL))
            ) AS paid
            FROM transfers t JOIN allocations a ON a.transfer_id = t.id WHERE t.refunds IS NOT NULL GROUP BY 1, 2
        ) back WHERE fen > paid OR fen < 0
    """,
    "a restricted lot was set aside for another purpose": """
        SELECT 'transfer ' || t.id || ', lot ' || l.id
        FROM allocations a
        JOIN lots l ON l.id = a.lot_id
        JOIN transfers t ON t.id = a.transfer_id
        JOIN projects p ON p.id = t.credit_id
        WHERE l.restricted_to <> p.state ->> 'category'
    """,
    "a payment is paid without a receipt of its amount, or has one and is not paid": """
        WITH lines AS (
            SELECT id, (state #>> '{amount,fen}')::bigint AS fen,
                jsonb_array_elements_text(state -> 'payment_ids') AS paid
            FROM receipts
        ), paying AS (
            SELECT paid::uuid AS id, sum(least(lines.fen, (p.state #>> '{amount,fen}')::bigint)) AS fen
            FROM lines JOIN payments p ON p.id = paid::uuid GROUP BY 1
        )
        SELECT p.id::text FROM payments p
        LEFT JOIN transfers t ON t.pending_id = p.id AND t.state = 'posted'
        LEFT JOIN paying ON paying.id = p.id
        WHERE t.amount_fen IS DISTINCT FROM paying.fen
            OR (paying.id IS NULL) <> (p.state ->> 'receipt_digest' IS NULL)
    """,
    "a payment is paid or sent back by a line from before it was ordered, or from after the day the line came in": """
        SELECT r.id::text FROM receipts r CROSS JOIN jsonb_array_elements_text(
            (r.state -> 'payment_ids') || coalesce(r.state -> 'returns', '[]')
        ) payment JOIN payments p ON p.id = payment::uuid
        WHERE (r.state ->> 'day_checked')::boolean AND NOT (
            (r.state ->> 'paid_on')::date BETWEEN (p.state ->> 'ordered_on')::date
            AND ((r.state ->> 'imported_at')::timestamptz AT TIME ZONE 'Asia/Shanghai')::date
        )
    """,
    "a line pays or sends back another sum than its own": """
        WITH used AS (
            SELECT r.id, (r.state #>> '{amount,fen}')::bigint AS fen,
                sum((p.state #>> '{amount,fen}')::bigint) AS total, count(*) AS payments
            FROM receipts r CROSS JOIN jsonb_array_elements_text(
                (r.state -> 'payment_ids') || coalesce(r.state -> 'returns', '[]')
            ) payment JOIN payments p ON p.id = payment::uuid
            GROUP BY r.id
        )
        SELECT id::text FROM used WHERE CASE WHEN payments = 1 THEN fen > total ELSE fen <> total END
    """,
    "a payment that was sent back is not void, or has no line that says so": """
        SELECT p.id::text FROM payments p
        LEFT JOIN receipts r ON r.state -> 'returns' ? p.id::text
        WHERE (p.state ->> 'returned_on' IS NULL, p.state ->> 'returned_on' IS NULL) IS DISTINCT FROM (r.id IS NULL, (
            NOT EXISTS (SELECT FROM transfers t WHERE t.pending_id = p.id AND t.state = 'voided')
            AND NOT EXISTS (SELECT FROM transfers t JOIN transfers m ON m.corrects = t.id WHERE t.pending_id = p.id)
            AND NOT EXISTS (SELECT FROM refunds f WHERE f.state ->> 'payment_id' = p.id::text)
        ))
    """,
    "a transfer is in the books of another funder than its accounts": """
        SELECT t.id::text FROM transfers t JOIN accounts a ON a.id IN (t.debit_id, t.credit_id)
        LEFT JOIN projects p ON p.id = a.id AND a.kind = 'project'
        WHERE a.kind <> 'payee'
            AND t.funder_id <> coalesce((p.state ->> 'funder_id')::uuid, a.owner_id)
    """,
    "a closed period is not what it was when it was closed": """
        SELECT 'books ' || id || ', through ' || (period ->> 'through') FROM (
            SELECT b.id, period, lag(period ->> 'digest') OVER (PARTITION BY b.id ORDER BY place) AS previous
            FROM books b CROSS JOIN jsonb_array_elements(b.state -> 'closed') WITH ORDINALITY AS c (period, place)
        ) periods CROSS JOIN period_sum(id, (period ->> 'after')::date, (period ->> 'through')::date, previous) now
        WHERE (now.transfers, now.digest) IS DISTINCT FROM ((period ->> 'transfers')::bigint, period ->> 'digest')
    """,
    "costs by head are not the sum of their lines, or an invoice counts twice": """
        WITH lines AS (
            SELECT project_id, state ->> 'head' AS head, state ->> 'status' AS status,
                sum((state #>> '{amount,fen}')::bigint) AS fen
            FROM cost_lines GROUP BY 1, 2, 3
        ), known AS (
            SELECT s.id AS project_id, head ->> 'head' AS head, status, (head #>> ARRAY[status, 'fen'])::bigint AS fen
            FROM spendings s CROSS JOIN jsonb_array_elements(s.state -> 'heads') head
            CROSS JOIN unnest(ARRAY['counted', 'withdrawn', 'rejected']) status
        )
        SELECT 'project ' || project_id || ', head ' || head
        FROM lines FULL JOIN known USING (project_id, head, status)
        WHERE coalesce(lines.fen, 0) <> coalesce(known.fen, 0)
        UNION ALL
        SELECT 'invoice ' || issuer || ' ' || number FROM cost_lines WHERE NOT withdrawn
        GROUP BY issuer, number HAVING count(*) > 1
    """,
    "a settled project still has money pending or unpaid": f"""
        {_OPEN}
        SELECT p.id::text FROM projects p JOIN accounts a ON a.id = p.id
        WHERE p.state ->> 'phase' = 'settled'
            AND (a.debits_posted_fen <> a.credits_posted_fen
                OR EXISTS (SELECT FROM open WHERE p.id IN (debit_id, credit_id) AND fen > 0))
    """,
}


async def verify(tx: Connection) -> list[Finding]:
    """Empty when everything adds up. Reads one snapshot when `tx` is REPEATABLE READ."""
    return [finding(question, row[0]) for question, sql in QUESTIONS.items() for row in await tx.fetch(sql)]
