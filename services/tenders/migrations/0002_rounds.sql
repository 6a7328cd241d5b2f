-- Charity-venture rounds, and of each its applications, what of them is alike, and who entered how often.
CREATE TABLE rounds (
    id        uuid   PRIMARY KEY,
    version   bigint NOT NULL,
    state     jsonb  NOT NULL,
    phase     text   NOT NULL GENERATED ALWAYS AS (state ->> 'phase') STORED,
    funder_id uuid   NOT NULL GENERATED ALWAYS AS ((state #>> '{call,funder_id}')::uuid) STORED
);
CREATE INDEX rounds_phase ON rounds (phase, id);
CREATE INDEX rounds_funder ON rounds (funder_id, id);

CREATE TABLE applications (
    id              uuid   PRIMARY KEY,
    version         bigint NOT NULL,
    state           jsonb  NOT NULL,
    round_id        uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'round_id')::uuid) STORED,
    organization_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'organization_id')::uuid) STORED,
    withdrawn       boolean NOT NULL GENERATED ALWAYS AS ((state ->> 'withdrawn')::boolean) STORED
);
CREATE INDEX applications_round ON applications (round_id, id);
CREATE INDEX applications_organization ON applications (organization_id, id);

CREATE TABLE pairs (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    round_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'round_id')::uuid) STORED
);
CREATE INDEX pairs_round ON pairs (round_id, id);

CREATE TABLE entrants (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
