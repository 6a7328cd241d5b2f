-- One evaluation per project; the row's id is the project's.
CREATE TABLE evaluations (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- A verified beneficiary's right to rate: the SHA-256 of a secret, no identity.
CREATE TABLE tokens (
    id         uuid  PRIMARY KEY,
    project_id uuid  NOT NULL REFERENCES evaluations,
    digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
    UNIQUE (project_id, digest)
);

-- One rating per token and milestone; `number` counts from 1 without a gap, for the digest over the rows.
CREATE TABLE ratings (
    id         uuid     PRIMARY KEY,
    project_id uuid     NOT NULL,
    milestone  text     NOT NULL CHECK (milestone IN ('mid_term', 'final')),
    number     integer  NOT NULL CHECK (number > 0),
    token      bytea    NOT NULL,
    level      text     NOT NULL CHECK (
        level IN ('very_satisfied', 'satisfied', 'basically_satisfied', 'dissatisfied', 'very_dissatisfied')),
    salt       uuid     NOT NULL, -- part of the digest, never shown
    comment    text,
    comment_id uuid     NOT NULL DEFAULT gen_random_uuid(), -- by which comments are read: tells nothing of the token
    entered_by text     NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (project_id, milestone, token),
    UNIQUE (project_id, milestone, number),
    FOREIGN KEY (project_id, token) REFERENCES tokens (project_id, digest)
);

-- What was said stays said.
REVOKE UPDATE, DELETE ON tokens, ratings FROM sanshe_evaluation;
