-- What goes back: corrections of what never arrived, and refunds of what was paid. Each names what it takes back, and
-- never takes back more than there was, whoever writes and in however many sessions.

ALTER TABLE lots
    ADD COLUMN corrected_fen bigint NOT NULL DEFAULT 0 CHECK (corrected_fen >= 0),
    DROP CONSTRAINT never_overspent,
    ADD CONSTRAINT never_overspent CHECK (corrected_fen + reserved_fen + spent_fen <= amount_fen);
GRANT UPDATE (corrected_fen) ON lots TO sanshe_funds;

ALTER TABLE transfers
    ADD COLUMN recorded_by uuid,
    ADD COLUMN refunds uuid,
    ADD COLUMN corrects_state text GENERATED ALWAYS AS (CASE WHEN corrects IS NOT NULL THEN 'posted' END) STORED,
    DROP CONSTRAINT transfers_corrects_fkey,
    -- a posted transfer, between the same two accounts the other way round
    ADD CONSTRAINT corrects_by_its_mirror FOREIGN KEY (corrects, credit_id, debit_id, corrects_state)
        REFERENCES transfers (id, debit_id, credit_id, state),
    ADD CONSTRAINT correcting_is_posted
        CHECK (corrects IS NULL OR (state = 'posted' AND pending_id IS NULL AND recorded_by IS NOT NULL)),
    ADD CONSTRAINT refunding_is_posted
        CHECK (refunds IS NULL OR (state = 'posted' AND pending_id IS NULL AND corrects IS NULL));
CREATE INDEX transfers_correcting ON transfers (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX transfers_refunding ON transfers (refunds) WHERE refunds IS NOT NULL;

-- Who had money booked as arrived stands in the answers of their requests.
UPDATE transfers t SET recorded_by = i.caller
FROM idempotency i
JOIN allocations a ON a.lot_id = (convert_from(i.answer, 'UTF8')::jsonb ->> 'lot_id')::uuid
WHERE i.status = 201 AND i.route IN ('/v1/funds', '/v1/funds/{account_id}/appropriations')
    AND t.id = a.transfer_id AND t.reason = 'appropriation';

CREATE TABLE refunds (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    project_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED REFERENCES projects
);
CREATE INDEX refunds_of_project ON refunds (project_id, id);
REVOKE DELETE, TRUNCATE ON refunds FROM sanshe_funds;

-- Kept by the trigger below and by nobody else.
CREATE TABLE corrected (
    id         uuid   PRIMARY KEY REFERENCES transfers,
    amount_fen bigint NOT NULL,
    fen        bigint NOT NULL,
    CONSTRAINT corrected_once CHECK (fen <= amount_fen)
);
CREATE TABLE refunded (
    id  uuid   PRIMARY KEY REFERENCES projects,
    fen bigint NOT NULL
);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON corrected, refunded FROM sanshe_funds;

CREATE FUNCTION keep_what_goes_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM written WHERE corrects IS NOT NULL OR refunds IS NOT NULL) THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM written w JOIN transfers t ON t.id = w.corrects
        WHERE t.corrects IS NOT NULL OR t.refunds IS NOT NULL OR t.pending_id IS NOT NULL
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
    SELECT refunds, sum(amount_fen) FROM written WHERE refunds IS NOT NULL GROUP BY refunds
    ON CONFLICT (id) DO UPDATE SET fen = known.fen + excluded.fen;
    IF EXISTS (
        SELECT FROM written w JOIN refunded r ON r.id = w.refunds
        WHERE r.fen > (
            SELECT coalesce(sum(paid.amount_fen), 0) FROM transfers paid
            WHERE paid.debit_id = w.refunds AND paid.credit_id = w.debit_id AND paid.state = 'posted'
        )
    ) THEN
        RAISE EXCEPTION 'no more comes back than was paid for the project'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunded_once';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_what_goes_back AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_what_goes_back();
