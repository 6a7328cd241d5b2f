-- Charity-venture rounds as they are compared and solved; the row's id is the round's.
CREATE TABLE ventures (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- Their applications, with what each was weighed against.
CREATE TABLE candidates (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    round_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'round_id')::uuid) STORED
);
CREATE INDEX candidates_round ON candidates (round_id, id);

-- What persons decided on similar pairs.
CREATE TABLE verdicts (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    round_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'round_id')::uuid) STORED
);
CREATE INDEX verdicts_round ON verdicts (round_id);

-- Texts of projects that are paid or up for tender; the row's id is the project's.
CREATE TABLE works (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
