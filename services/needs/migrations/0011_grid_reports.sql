-- What grid patrols found.
CREATE TABLE grid_reports (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX grid_reports_of_community ON grid_reports (community_id, id);
REVOKE DELETE ON grid_reports FROM sanshe_needs;
