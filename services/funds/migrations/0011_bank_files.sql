-- Where parties have their money, and the files by which foundations pay.
-- Whole account numbers stand in these two tables and nowhere else: not in the outbox, in no other service, in no log.

CREATE TABLE bank_accounts (
    id      uuid   PRIMARY KEY, -- of the party
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    -- Who stated an account does not confirm it.
    CONSTRAINT two_persons CHECK (state #>> '{in_force,stated_by}' IS DISTINCT FROM state #>> '{in_force,confirmed_by}'
        OR state #>> '{in_force,stated_by}' IS NULL)
);

CREATE TABLE bank_files (
    id        uuid   PRIMARY KEY,
    version   bigint NOT NULL,
    state     jsonb  NOT NULL,
    funder_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'funder_id')::uuid) STORED
);
CREATE INDEX bank_files_of_funder ON bank_files (funder_id, id);
REVOKE DELETE, TRUNCATE ON bank_accounts, bank_files FROM sanshe_funds;

-- A file that left stays as it left.
CREATE FUNCTION a_bank_file_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'bank file %: it does not change', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'a_bank_file_stays';
END $$;
CREATE TRIGGER a_bank_file_stays BEFORE UPDATE ON bank_files FOR EACH ROW EXECUTE FUNCTION a_bank_file_stays();

-- Who pays a party may see its account, and what was ordered and waits for its file is looked for by funder.
CREATE INDEX projects_of_payee ON projects ((state #>> '{payee,id}'));
CREATE INDEX payments_awaited ON payments ((state ->> 'funder_id'), id)
    WHERE state ->> 'receipt_digest' IS NULL AND state ->> 'returned_on' IS NULL;
