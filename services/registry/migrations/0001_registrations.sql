-- Who entered which party, and what no fact may carry. Standing lies beside it, in the shell's `parties` and `keys`.
CREATE TABLE registrations (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    kind     text   NOT NULL GENERATED ALWAYS AS (state ->> 'kind') STORED,
    uscc     text   GENERATED ALWAYS AS (state ->> 'uscc') STORED,
    division text   NOT NULL GENERATED ALWAYS AS (state ->> 'division') STORED
);
CREATE UNIQUE INDEX registrations_uscc ON registrations (uscc);
CREATE INDEX registrations_of_kind ON registrations (kind, id);

-- People who act for a party without being one.
CREATE TABLE persons (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON registrations, persons FROM sanshe_registry;
