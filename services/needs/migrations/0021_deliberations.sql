-- Units below communities, and proposals on their way through a procedure.
CREATE TABLE units (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX units_of_community ON units (community_id, id);

CREATE TABLE deliberations (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX deliberations_of_community ON deliberations (community_id, id);
REVOKE DELETE ON units, deliberations FROM sanshe_needs;
