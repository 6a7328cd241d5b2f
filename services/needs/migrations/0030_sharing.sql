-- Resident units and what they share; a resource holds its own bookings, so that its lock is the lock of its capacity.
CREATE TABLE resident_units (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX resident_units_of_community ON resident_units (community_id, id);
CREATE TABLE resources (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX resources_of_community ON resources (community_id, id);
REVOKE DELETE ON resident_units, resources FROM sanshe_needs;
