-- Files of residents that were taken in, by a keyed digest, and whom each entered; never what stood in them.
CREATE TABLE resident_imports (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED
);
CREATE INDEX resident_imports_of_community ON resident_imports (community_id, id);
REVOKE DELETE ON resident_imports FROM sanshe_needs;
