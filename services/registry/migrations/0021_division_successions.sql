-- Communities that were merged into others, by their old code.
CREATE TABLE division_successions (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON division_successions FROM sanshe_registry;
