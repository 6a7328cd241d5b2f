-- Books are closed period by period. Each transfer says whose books it is in and on which day it was booked.

CREATE TABLE books (
    id             uuid   PRIMARY KEY,
    version        bigint NOT NULL,
    state          jsonb  NOT NULL,
    frozen_through text   GENERATED ALWAYS AS (
        coalesce(state #>> '{frozen,through}', state #>> '{closed,-1,through}')
    ) STORED
);

-- What is closed stays closed.
CREATE FUNCTION closed_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(jsonb_agg(period ORDER BY place), '[]')
        FROM jsonb_array_elements(NEW.state -> 'closed') WITH ORDINALITY AS now (period, place)
        WHERE place <= jsonb_array_length(OLD.state -> 'closed')) <> OLD.state -> 'closed'
    THEN
        RAISE EXCEPTION 'a closed period is closed for good'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_for_good';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_for_good BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION closed_for_good();
REVOKE DELETE, TRUNCATE ON books FROM sanshe_funds;

ALTER TABLE transfers ADD COLUMN funder_id uuid, ADD COLUMN booked_on date;
UPDATE transfers t SET booked_on = effective_date, funder_id = CASE debit.kind
    WHEN 'project' THEN (SELECT (p.state ->> 'funder_id')::uuid FROM projects p WHERE p.id = debit.id)
    ELSE debit.owner_id END
FROM accounts debit WHERE debit.id = t.debit_id;
ALTER TABLE transfers ALTER COLUMN funder_id SET NOT NULL, ALTER COLUMN booked_on SET NOT NULL,
    ADD CONSTRAINT never_booked_before CHECK (booked_on >= effective_date);
CREATE INDEX transfers_booked ON transfers (funder_id, booked_on);

-- Who freezes a period waits for all that is on its way into these books, then nothing gets in: an entry that was
-- decided before, and comes after, is decided again.
CREATE FUNCTION booked_into_open_periods() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('sanshe books ' || whose.id, 0))
    FROM (SELECT DISTINCT funder_id AS id FROM written ORDER BY 1) whose;
    IF EXISTS (SELECT FROM written JOIN books ON books.id = funder_id WHERE booked_on <= frozen_through::date) THEN
        RAISE EXCEPTION 'a period of these books is frozen'
            USING ERRCODE = 'serialization_failure', CONSTRAINT = 'booked_into_open_periods';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER booked_into_open_periods AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION booked_into_open_periods();

-- Anyone can count a period again. `since`: the last day of the period before, `previous`: its digest.
CREATE FUNCTION period_sum(whose uuid, since date, through date, previous text, OUT transfers bigint, OUT digest text)
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
    SELECT count(*), encode(sha256(
        convert_to(coalesce(previous, ''), 'UTF8') || coalesce(string_agg(sha256(line), ''::bytea ORDER BY id), ''::bytea)
    ), 'hex')
    FROM (
        SELECT t.id, convert_to(concat_ws('|',
            t.id, t.debit_id, t.credit_id, t.amount_fen, t.state, coalesce(t.pending_id::text, '-'),
            t.correlation, to_char(t.effective_date, 'YYYY-MM-DD'), to_char(t.booked_on, 'YYYY-MM-DD'),
            to_char(t.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), coalesce(t.corrects::text, '-'),
            t.reason, (SELECT string_agg(a.lot_id || ':' || a.amount_fen, ',' ORDER BY a.lot_id)
                FROM allocations a WHERE a.transfer_id = t.id)
        ), 'UTF8') AS line
        FROM transfers t
        WHERE t.funder_id = whose AND t.booked_on <= through AND (since IS NULL OR t.booked_on > since)
    ) lines
$$;
