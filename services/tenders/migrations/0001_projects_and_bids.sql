-- A project from proposal to award.
CREATE TABLE projects (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    phase        text   NOT NULL GENERATED ALWAYS AS (state ->> 'phase') STORED,
    funder_id    uuid   NOT NULL GENERATED ALWAYS AS ((state #>> '{brief,funder_id}')::uuid) STORED,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state #>> '{brief,community_id}')::uuid) STORED
);
CREATE INDEX projects_phase ON projects (phase, id);
CREATE INDEX projects_funder ON projects (funder_id, id);
CREATE INDEX projects_community ON projects (community_id, id);

-- Its bids: ciphertext until they are opened.
CREATE TABLE bids (
    id         uuid    PRIMARY KEY,
    version    bigint  NOT NULL,
    state      jsonb   NOT NULL,
    project_id uuid    NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED,
    bidder_id  uuid    NOT NULL GENERATED ALWAYS AS ((state ->> 'bidder_id')::uuid) STORED,
    withdrawn  boolean NOT NULL GENERATED ALWAYS AS ((state ->> 'withdrawn')::boolean) STORED
);
CREATE INDEX bids_project ON bids (project_id);
CREATE INDEX bids_bidder ON bids (bidder_id, id);
