-- The rulebooks that officers adopted, kept by every service so that a decision asks nobody. Shipped ones are files.
CREATE TABLE rulebooks (
    id      uuid PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    hash    text   NOT NULL GENERATED ALWAYS AS (state ->> 'hash') STORED
);
CREATE UNIQUE INDEX rulebooks_hash ON rulebooks (hash);
