-- What providers spent of projects' money, line by line, each on an invoice that counts once in the whole installation.

CREATE TABLE spendings (
    id      uuid   PRIMARY KEY REFERENCES projects,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

CREATE TABLE cost_batches (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    project_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED REFERENCES spendings
);

-- An invoice stays for ever with whom it was first used; its row is what two who use it at once wait for.
CREATE TABLE invoices (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    issuer  text   NOT NULL GENERATED ALWAYS AS (state ->> 'issuer') STORED,
    number  text   NOT NULL GENERATED ALWAYS AS (state ->> 'number') STORED,
    UNIQUE (issuer, number)
);

CREATE TABLE cost_lines (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    place      bigint GENERATED ALWAYS AS IDENTITY,
    project_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED REFERENCES spendings,
    issuer     text   NOT NULL GENERATED ALWAYS AS (state ->> 'issuer') STORED,
    number     text   NOT NULL GENERATED ALWAYS AS (state ->> 'number') STORED,
    withdrawn  boolean NOT NULL GENERATED ALWAYS AS (state ->> 'status' = 'withdrawn') STORED,
    CONSTRAINT above_zero CHECK ((state #>> '{amount,fen}')::bigint > 0),
    FOREIGN KEY (issuer, number) REFERENCES invoices (issuer, number)
);
CREATE INDEX cost_lines_of_project ON cost_lines (project_id, place);
CREATE INDEX cost_lines_of_invoice ON cost_lines (issuer, number);
-- Whoever writes: one line at most stands on an invoice; one that was withdrawn does not stand any more.
CREATE UNIQUE INDEX an_invoice_counts_once ON cost_lines (issuer, number) WHERE NOT withdrawn;

-- What was reported stays as it was reported; it may only cease to count, once.
CREATE FUNCTION a_cost_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state ->> 'status' <> 'counted'
        OR (OLD.state - '{status,reason,ended_by,ended_at}'::text[])
            IS DISTINCT FROM (NEW.state - '{status,reason,ended_by,ended_at}'::text[])
    THEN
        RAISE EXCEPTION 'cost line %: what was reported does not change, and ends once', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_cost_ends_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_cost_ends_once BEFORE UPDATE ON cost_lines FOR EACH ROW EXECUTE FUNCTION a_cost_ends_once();
REVOKE DELETE, TRUNCATE ON spendings, cost_batches, invoices, cost_lines FROM sanshe_funds;
