-- The spine's tables, made once in every service's own schema (the search path says which).

-- What this service said. Rows stay as they are: after a broker's loss they are told again.
CREATE TABLE outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream          text     NOT NULL,
    key             text     NOT NULL,
    sequence        bigint   NOT NULL CHECK (sequence > 0),
    event_id        uuid     NOT NULL,
    type            text     NOT NULL,
    version         smallint NOT NULL,
    traceparent     text     NOT NULL,
    body            bytea    NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (stream, key, sequence)
);

-- What is still to be told, and where what was told lies in the log. Two narrow tables, because marking a wide row
-- would write it and all its indexes once more.
CREATE TABLE outbox_unsent (id bigint PRIMARY KEY);
CREATE TABLE outbox_sent (
    id           bigint  NOT NULL,
    stream       text    NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint  NOT NULL
);
CREATE INDEX outbox_sent_place ON outbox_sent (stream, partition, kafka_offset);

CREATE FUNCTION outbox_is_unsent() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO outbox_unsent SELECT id FROM said;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_is_unsent AFTER INSERT ON outbox
    REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION outbox_is_unsent();

-- The last number given per key; locked last, in key order.
CREATE TABLE stream_heads (
    stream   text   NOT NULL,
    key      text   NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (stream, key)
);

-- Up to where the log was compared with the outbox at a clean start or stop.
CREATE TABLE log_checked (
    stream      text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (stream, partition)
);

-- Where each consumer stands; `epoch` fences out an owner that was replaced.
CREATE TABLE consumer_offsets (
    consumer    text    NOT NULL,
    stream      text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    epoch       bigint  NOT NULL DEFAULT 0,
    paused      text,
    progress_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, stream, partition)
);

-- The last number applied or skipped per (stream, source, key).
CREATE TABLE inbox (
    consumer text   NOT NULL,
    stream   text   NOT NULL,
    source   text   NOT NULL,
    key      text   NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (consumer, stream, source, key)
);

-- Keys that stand still: poisoned until an operator acts, or waiting for what has not arrived.
CREATE TABLE parked_keys (
    consumer     text    NOT NULL,
    stream       text    NOT NULL,
    key          text    NOT NULL,
    partition    integer NOT NULL,
    reason       text    NOT NULL CHECK (reason IN ('poison', 'waiting', 'gap')),
    error        text    NOT NULL,
    waits_stream text,
    waits_key    text,
    waits_source text,
    wanted       text CHECK (wanted IN ('release', 'skip')),
    attempts     integer NOT NULL DEFAULT 0,
    retry_at     timestamptz,
    since        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, stream, key)
);
CREATE INDEX parked_keys_waits ON parked_keys (consumer, waits_stream, waits_key);

CREATE TABLE parked_events (
    consumer     text    NOT NULL,
    stream       text    NOT NULL,
    key          text    NOT NULL,
    partition    integer NOT NULL,
    kafka_offset bigint  NOT NULL,
    source       text    NOT NULL,
    sequence     bigint  NOT NULL,
    type         text    NOT NULL,
    version      integer NOT NULL,
    traceparent  text    NOT NULL,
    body         bytea   NOT NULL,
    parked_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, stream, partition, kafka_offset),
    FOREIGN KEY (consumer, stream, key) REFERENCES parked_keys
);
CREATE INDEX parked_events_key ON parked_events (consumer, stream, key, kafka_offset);

-- What is due when; derived from the states, so a rescheduled timer leaves no second row.
CREATE TABLE timers (
    kind   text NOT NULL,
    id     uuid NOT NULL,
    name   text NOT NULL,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (kind, id, name)
);
CREATE INDEX timers_due ON timers (due_at);

-- First successes by (caller, route, key): the same request again gets the same answer.
CREATE TABLE idempotency (
    caller      uuid  NOT NULL,
    route       text  NOT NULL,
    key         text  NOT NULL,
    body_hash   bytea NOT NULL,
    status      integer NOT NULL,
    headers     jsonb NOT NULL,
    answer      bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (caller, route, key)
);
