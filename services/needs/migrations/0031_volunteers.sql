-- Volunteers by number; who one is lies in `applicants` under the same number. A task has the id of its need.
CREATE TABLE volunteers (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED
);
CREATE INDEX volunteers_of_community ON volunteers (community_id, id);
CREATE TABLE volunteer_tasks (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON volunteers, volunteer_tasks FROM sanshe_needs;
