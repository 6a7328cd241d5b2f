-- A refund is corrected by the mirrors of its transfers, which name the project as the refund does.

ALTER TABLE transfers
    DROP CONSTRAINT refunding_is_posted,
    ADD CONSTRAINT refunding_is_posted CHECK (refunds IS NULL OR (state = 'posted' AND pending_id IS NULL));

ALTER TABLE refunded ADD CONSTRAINT never_below_nothing CHECK (fen >= 0);

-- What a refund was booked with follows from the message that recorded it, which its event names.
UPDATE refunds r SET state = r.state || jsonb_build_object('caused_by', told.body ->> 'causationid')
FROM (SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox WHERE type = 'payment.refunded') told
WHERE told.body #>> '{data,refund_id}' = r.id::text;

CREATE OR REPLACE FUNCTION keep_what_goes_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM written WHERE corrects IS NOT NULL OR refunds IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM written w JOIN transfers t ON t.id = w.corrects
        WHERE t.corrects IS NOT NULL OR t.refunds IS DISTINCT FROM w.refunds OR t.pending_id IS NOT NULL
            OR t.recorded_by = w.recorded_by OR (t.funder_id, t.effective_date) <> (w.funder_id, w.effective_date)
    ) THEN
        RAISE EXCEPTION 'another person corrects what was posted at once, on its own day, and no correction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrects_a_mistake';
    END IF;
    INSERT INTO corrected AS known
    SELECT t.id, t.amount_fen, sum(w.amount_fen) FROM written w JOIN transfers t ON t.id = w.corrects GROUP BY t.id
    ON CONFLICT (id) DO UPDATE SET fen = known.fen + excluded.fen;
    -- the row is locked from here on: who refunds the same project waits
    INSERT INTO refunded AS known
    SELECT refunds, sum(amount_fen) FROM written WHERE refunds IS NOT NULL AND corrects IS NULL GROUP BY refunds
    ON CONFLICT (id) DO UPDATE SET fen = known.fen + excluded.fen;
    UPDATE refunded SET fen = refunded.fen - undone.fen
    FROM (
        SELECT refunds, sum(amount_fen) AS fen FROM written
        WHERE refunds IS NOT NULL AND corrects IS NOT NULL GROUP BY refunds
    ) undone WHERE refunded.id = undone.refunds;
    IF EXISTS (
        SELECT FROM written w JOIN refunded r ON r.id = w.refunds
        WHERE w.corrects IS NULL AND r.fen > (
            SELECT coalesce(sum(paid.amount_fen), 0) FROM transfers paid
            WHERE paid.debit_id = w.refunds AND paid.credit_id = w.debit_id AND paid.state = 'posted'
        )
    ) THEN
        RAISE EXCEPTION 'no more comes back than was paid for the project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunded_once';
    END IF;
    RETURN NULL;
END $$;
