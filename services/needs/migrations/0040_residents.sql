-- Who lives there: sealed under a key of the person's own; erasing empties key, ciphertext and keyed digest.
CREATE TABLE residents (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED,
    identity     uuid   GENERATED ALWAYS AS ((state ->> 'identity')::uuid) STORED,
    CONSTRAINT erased_is_empty CHECK (state ->> 'erased_on' IS NULL
        OR (state ->> 'key' = '' AND state ->> 'sealed' = '' AND state ->> 'identity' IS NULL))
);
CREATE INDEX residents_of_community ON residents (community_id, id);
CREATE UNIQUE INDEX one_row_for_a_person ON residents (identity) WHERE identity IS NOT NULL;

-- How many a community has registered; whoever registers locks it.
CREATE TABLE registers (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- What the tokens of one ballot derive from, wrapped; empty once the ballot is over.
CREATE TABLE token_keys (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON residents, registers, token_keys FROM sanshe_needs;

-- A token that was lost: it stands on the roll no more, another of the same person does.
ALTER TABLE voters ADD COLUMN void boolean NOT NULL DEFAULT false;
