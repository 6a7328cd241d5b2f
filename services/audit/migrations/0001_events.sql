-- Every fact of every stream, once. Only ever added to: the service's own role may not change or remove a row.
CREATE TABLE events (
    position    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- in log order within a key
    event_id    uuid        NOT NULL UNIQUE,
    stream      text        NOT NULL,
    source      text        NOT NULL,
    key         text        NOT NULL,
    sequence    bigint      NOT NULL CHECK (sequence > 0),
    type        text        NOT NULL,
    version     smallint    NOT NULL, -- of `data`
    time        timestamptz NOT NULL,
    causation   uuid        NOT NULL,
    correlation uuid        NOT NULL,
    rulebook    text,
    data        jsonb       NOT NULL,
    UNIQUE (stream, source, key, sequence)
);
CREATE INDEX events_key ON events (key, position);
CREATE INDEX events_type ON events (type, position);
CREATE INDEX events_need ON events ((data ->> 'need_id')) WHERE stream = 'sanshe.needs';
CREATE INDEX events_ballot ON events ((data ->> 'ballot_id')) WHERE type IN ('ballot.opened', 'ballot.closed');

REVOKE UPDATE, DELETE, TRUNCATE ON events FROM sanshe_audit;
