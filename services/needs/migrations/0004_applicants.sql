-- Who asked: sealed under a key of the person's own, apart from the need. Erasing empties key and ciphertext.
CREATE TABLE applicants (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED,
    CONSTRAINT erased_is_empty CHECK (state ->> 'erased_on' IS NULL
        OR (state ->> 'key' = '' AND state ->> 'sealed' = ''))
);
REVOKE DELETE ON applicants FROM sanshe_needs;
