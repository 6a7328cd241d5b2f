-- Statement files, and lines that pay several payments or a part of one.

CREATE TABLE statements (
    id        uuid   PRIMARY KEY,
    version   bigint NOT NULL,
    state     jsonb  NOT NULL,
    funder_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'funder_id')::uuid) STORED,
    digest    text   NOT NULL GENERATED ALWAYS AS (state ->> 'digest') STORED,
    UNIQUE (funder_id, digest)
);
CREATE INDEX statements_of_funder ON statements (funder_id, id);

CREATE TABLE column_mappings (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- A line paid one payment or none; now it names all it pays. That a payment is paid once is kept by `resolved_once`.
ALTER TABLE receipts DROP COLUMN payment_id, DROP COLUMN is_open;
UPDATE receipts SET state = state - 'payment_id' || jsonb_build_object(
    'payment_ids', CASE WHEN state ->> 'payment_id' IS NULL THEN '[]' ELSE jsonb_build_array(state -> 'payment_id') END
);
ALTER TABLE receipts
    ADD COLUMN is_open boolean NOT NULL GENERATED ALWAYS AS (state ->> 'why_open' IS NOT NULL) STORED;
CREATE INDEX receipts_open ON receipts (funder_id, id) WHERE is_open;
CREATE INDEX receipts_of_funder ON receipts (funder_id, id);
CREATE INDEX receipts_naming ON receipts USING gin ((state -> 'named')) WHERE is_open;

-- What a line paid or sent back stays so; nothing that came in goes away.
CREATE FUNCTION a_line_is_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state ->> 'why_open') IS NULL AND NEW.state IS DISTINCT FROM OLD.state THEN
        RAISE EXCEPTION 'receipt line %: it is closed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_line_is_used_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_line_is_used_once BEFORE UPDATE ON receipts
    FOR EACH ROW EXECUTE FUNCTION a_line_is_used_once();
REVOKE DELETE, TRUNCATE ON receipts, statements FROM sanshe_funds;
