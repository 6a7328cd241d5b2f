-- The same promise, cheaper: a statement's allocations are looked at together, and a transfer once, when it commits.
-- So a transfer's allocations are written by one statement.

DROP TRIGGER allocations_add_up ON allocations;

CREATE FUNCTION allocated_whole() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    moved uuid;
BEGIN
    SELECT t.id INTO moved
    FROM (SELECT DISTINCT transfer_id FROM written) touched JOIN transfers t ON t.id = touched.transfer_id
    WHERE t.amount_fen <> (SELECT sum(a.amount_fen) FROM allocations a WHERE a.transfer_id = t.id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'transfer %: its allocations do not add up to its amount', moved
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_add_up';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER allocated_whole AFTER INSERT ON allocations
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION allocated_whole();

CREATE OR REPLACE FUNCTION allocations_add_up() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM allocations WHERE transfer_id = NEW.id HAVING sum(amount_fen) = NEW.amount_fen) THEN
        RAISE EXCEPTION 'transfer %: its allocations do not add up to its amount', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_add_up';
    END IF;
    RETURN NULL;
END $$;
