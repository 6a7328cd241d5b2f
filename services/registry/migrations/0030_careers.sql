-- Whom social workers work for, by worker; and by employer, who asks for its own.
CREATE TABLE careers (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
CREATE INDEX careers_by_employer ON careers USING gin ((state -> 'jobs') jsonb_path_ops);
REVOKE DELETE ON careers FROM sanshe_registry;
