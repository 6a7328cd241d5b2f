-- The books. A transfer is one row with both its sides, so an imbalance cannot be written; amounts are fen.

CREATE TABLE accounts (
    id                             uuid    PRIMARY KEY,
    version                        bigint  NOT NULL,
    kind                           text    NOT NULL CHECK (kind IN ('source', 'fund', 'project', 'payee')),
    owner_id                       uuid    NOT NULL,
    debits_posted_fen              bigint  NOT NULL CHECK (debits_posted_fen >= 0),
    credits_posted_fen             bigint  NOT NULL CHECK (credits_posted_fen >= 0),
    debits_pending_fen             bigint  NOT NULL CHECK (debits_pending_fen >= 0),
    credits_pending_fen            bigint  NOT NULL CHECK (credits_pending_fen >= 0),
    debits_must_not_exceed_credits boolean NOT NULL,
    CONSTRAINT never_overdrawn CHECK (
        NOT debits_must_not_exceed_credits OR debits_posted_fen + debits_pending_fen <= credits_posted_fen
    )
);
CREATE INDEX accounts_of_owner ON accounts (owner_id, id) WHERE kind = 'fund';

CREATE TABLE lots (
    id            uuid        PRIMARY KEY,
    account_id    uuid        NOT NULL REFERENCES accounts,
    source_type   text        NOT NULL,
    budget_line   text        NOT NULL,
    restricted_to text,
    amount_fen    bigint      NOT NULL CHECK (amount_fen > 0),
    reserved_fen  bigint      NOT NULL CHECK (reserved_fen >= 0),
    spent_fen     bigint      NOT NULL CHECK (spent_fen >= 0),
    arrived_at    timestamptz NOT NULL,
    CONSTRAINT never_overspent CHECK (reserved_fen + spent_fen <= amount_fen)
);
CREATE INDEX lots_of_account ON lots (account_id);

CREATE TABLE transfers (
    id             uuid        PRIMARY KEY,
    number         bigint      GENERATED ALWAYS AS IDENTITY,
    debit_id       uuid        NOT NULL REFERENCES accounts,
    credit_id      uuid        NOT NULL REFERENCES accounts,
    amount_fen     bigint      NOT NULL CHECK (amount_fen > 0),
    state          text        NOT NULL CHECK (state IN ('pending', 'posted', 'voided')),
    pending_id     uuid,
    correlation    uuid        NOT NULL,
    effective_date date        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    corrects       uuid        REFERENCES transfers,
    reason         text        NOT NULL CHECK (reason <> ''),
    -- what resolves, resolves a pending transfer between the same two accounts
    resolves_state text        GENERATED ALWAYS AS (CASE WHEN pending_id IS NOT NULL THEN 'pending' END) STORED,
    CONSTRAINT between_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT voiding_resolves CHECK (state <> 'voided' OR pending_id IS NOT NULL),
    CONSTRAINT pending_resolves_nothing CHECK (state <> 'pending' OR pending_id IS NULL),
    UNIQUE (id, debit_id, credit_id, state),
    FOREIGN KEY (pending_id, debit_id, credit_id, resolves_state)
        REFERENCES transfers (id, debit_id, credit_id, state)
);
CREATE INDEX transfers_by_debit ON transfers (debit_id, number);
CREATE INDEX transfers_by_credit ON transfers (credit_id, number);
CREATE INDEX transfers_by_pending ON transfers (pending_id) WHERE pending_id IS NOT NULL;

CREATE TABLE allocations (
    transfer_id uuid   NOT NULL REFERENCES transfers,
    lot_id      uuid   NOT NULL REFERENCES lots,
    amount_fen  bigint NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (transfer_id, lot_id)
);
CREATE INDEX allocations_of_lot ON allocations (lot_id);

-- How much of each pending transfer is still open. Kept by the trigger below and by nobody else: it may be
-- resolved in parts until its amount is used up, and never beyond, whoever writes and in however many sessions.
CREATE TABLE pendings (
    id       uuid   PRIMARY KEY,
    open_fen bigint NOT NULL,
    CONSTRAINT resolved_once CHECK (open_fen >= 0)
);

CREATE FUNCTION keep_pendings() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO pendings SELECT id, amount_fen FROM written WHERE state = 'pending';
    UPDATE pendings SET open_fen = open_fen - resolved.fen
    FROM (SELECT pending_id, sum(amount_fen) AS fen FROM written WHERE pending_id IS NOT NULL GROUP BY 1) resolved
    WHERE pendings.id = resolved.pending_id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_pendings AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_pendings();

-- Whose money a transfer moves is known to the fen when its transaction commits.
CREATE FUNCTION allocations_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved uuid;
BEGIN
    IF TG_TABLE_NAME = 'transfers' THEN
        moved := NEW.id;
    ELSE
        moved := NEW.transfer_id;
    END IF;
    IF (SELECT amount_fen FROM transfers WHERE id = moved)
        IS DISTINCT FROM (SELECT sum(amount_fen) FROM allocations WHERE transfer_id = moved)
    THEN
        RAISE EXCEPTION 'transfer %: its allocations do not add up to its amount', moved
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_add_up';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allocations_add_up AFTER INSERT ON transfers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allocations_add_up();
CREATE CONSTRAINT TRIGGER allocations_add_up AFTER INSERT ON allocations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allocations_add_up();

-- Append-only: a mistake is corrected by a new transfer. Of accounts and lots only the running totals change.
REVOKE UPDATE, DELETE, TRUNCATE ON transfers, allocations FROM sanshe_funds;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON pendings FROM sanshe_funds;
REVOKE UPDATE, DELETE, TRUNCATE ON accounts, lots FROM sanshe_funds;
GRANT UPDATE (version, debits_posted_fen, credits_posted_fen, debits_pending_fen, credits_pending_fen)
    ON accounts TO sanshe_funds;
GRANT UPDATE (reserved_fen, spent_fen) ON lots TO sanshe_funds;
