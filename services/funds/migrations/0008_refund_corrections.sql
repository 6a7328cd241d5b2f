-- A refund is corrected by the mirrors of its transfers, which name the project as the refund does.

ALTER TABLE transfers
    DROP CONSTRAINT refunding_is_posted,
    ADD CONSTRAINT refunding_is_posted CHECK (refunds IS NULL OR (state = 'posted' AND pending_id IS NULL));

ALTER TABLE refunded ADD CONSTRAINT never_below_nothing CHECK (fen >= 0);

-- What a refund was booked with follows from the message that recorded it, which its event names.
UPDATE refunds r SET state = r.state || jsonb_build_object('caused_by', told.body ->> 'causationid')
FROM (SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox WHERE type = 'payment.refunded') told
WHERE told.body #>> '{data,refund_id}' = r.id::text;

-- And a bank may send back what a line had shown as paid: the mirror of that posting, whole, not before it was paid.
CREATE OR REPLACE FUNCTION keep_what_goes_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM written WHERE corrects IS NOT NULL OR refunds IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM written w JOIN transfers t ON t.id = w.corrects
        WHERE t.pending_id IS NULL AND (
            t.corrects IS NOT NULL OR t.refunds IS DISTINCT FROM w.refunds OR t.recorded_by = w.recorded_by
            OR (t.funder_id, t.effective_date) <> (w.funder_id, w.effective_date)
        )
    ) THEN
        RAISE EXCEPTION 'another person corrects what was posted at once, on its own day, and no correction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrects_a_mistake';
    END IF;
    IF EXISTS (
        SELECT FROM written w JOIN transfers t ON t.id = w.corrects JOIN accounts a ON a.id = t.credit_id
        WHERE t.pending_id IS NOT NULL AND (
            a.kind <> 'payee' OR w.refunds IS NOT NULL OR (w.amount_fen, w.funder_id) <> (t.amount_fen, t.funder_id)
            OR w.effective_date < t.effective_date
        )
    ) THEN
        RAISE EXCEPTION 'only a payment that was paid is sent back, whole, and not before it was paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sends_back_a_payment';
    END IF;
    INSERT INTO corrected AS known
    SELECT t.id, t.amount_fen, sum(w.amount_fen) FROM written w JOIN transfers t ON t.id = w.corrects GROUP BY t.id
    ON CONFLICT (id) DO UPDATE SET fen = known.fen + excluded.fen;
    -- the row is locked from here on: who refunds the same project, or has a payment of it sent back, waits
    INSERT INTO refunded AS known
    SELECT project_id, sum(fen) FROM (
        SELECT refunds AS project_id, amount_fen AS fen FROM written WHERE refunds IS NOT NULL AND corrects IS NULL
        UNION ALL SELECT w.credit_id, 0 FROM written w JOIN transfers t ON t.id = w.corrects
        WHERE t.pending_id IS NOT NULL
    ) back GROUP BY project_id ORDER BY project_id
    ON CONFLICT (id) DO UPDATE SET fen = known.fen + excluded.fen;
    UPDATE refunded SET fen = refunded.fen - undone.fen
    FROM (
        SELECT refunds, sum(amount_fen) AS fen FROM written
        WHERE refunds IS NOT NULL AND corrects IS NOT NULL GROUP BY refunds
    ) undone WHERE refunded.id = undone.refunds;
    IF EXISTS (
        SELECT FROM written w JOIN refunded r ON r.id = CASE WHEN w.corrects IS NULL THEN w.refunds ELSE w.credit_id END
        WHERE r.fen > (
            SELECT coalesce(sum(CASE WHEN paid.debit_id = r.id THEN paid.amount_fen ELSE -paid.amount_fen END), 0)
            FROM transfers paid
            WHERE paid.state = 'posted' AND (
                (paid.debit_id = r.id AND paid.credit_id = w.debit_id)
                OR (paid.debit_id = w.debit_id AND paid.credit_id = r.id)
            )
        )
    ) THEN
        RAISE EXCEPTION 'no more comes back than was paid for the project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunded_once';
    END IF;
    RETURN NULL;
END $$;
