-- Batches as documents: a voided one stays, and says so.
CREATE TABLE visit_batches (
    id         uuid    PRIMARY KEY,
    version    bigint  NOT NULL,
    state      jsonb   NOT NULL,
    voided     boolean NOT NULL GENERATED ALWAYS AS (jsonb_typeof(state -> 'voided') = 'string') STORED
);

-- Who, whom (a token's digest, never a person), when, where; `diaries` are the days of the worker and of the token.
CREATE TABLE visits (
    id          uuid        PRIMARY KEY,
    batch_id    uuid        NOT NULL REFERENCES visit_batches,
    project_id  uuid        NOT NULL REFERENCES contracts,
    provider_id uuid        NOT NULL,
    milestone   text        NOT NULL CHECK (milestone IN ('mid_term', 'final')),
    number      integer     NOT NULL CHECK (number > 0),
    worker_id   uuid        NOT NULL,
    token       bytea       NOT NULL CHECK (octet_length(token) = 32),
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at > starts_at),
    minutes     integer     NOT NULL CHECK (minutes > 0),
    division    text        NOT NULL,
    kind        text        NOT NULL,
    diaries     uuid[]      NOT NULL,
    UNIQUE (batch_id, number)
);
CREATE INDEX visits_of_milestone ON visits (project_id, milestone, starts_at, id);
CREATE INDEX visits_in_diaries ON visits USING gin (diaries);

-- What was recorded stays recorded: a mistake is voided by its batch.
REVOKE UPDATE, DELETE ON visits FROM sanshe_contracts;
