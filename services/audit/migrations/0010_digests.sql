-- A file is known by its SHA-256: which events name it.
CREATE TABLE digests (
    digest   text NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (digest, event_id)
);
INSERT INTO digests
SELECT DISTINCT found[1], event_id FROM events, regexp_matches(data::text, '"([0-9a-f]{64})"', 'g') AS found;
