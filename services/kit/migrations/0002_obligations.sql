-- What each party has to do by when; derived from the states like timers, so that what is done leaves no row.
CREATE TABLE obligations (
    kind       text NOT NULL,
    id         uuid NOT NULL,
    name       text NOT NULL,
    party_id   uuid NOT NULL,
    role       text,
    due_at     timestamptz NOT NULL,
    obligation jsonb NOT NULL,
    PRIMARY KEY (kind, id, name, party_id)
);
CREATE INDEX obligations_of_party ON obligations (party_id, due_at);
