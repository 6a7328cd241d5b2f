-- What every service remembers of the parties and of the keys their people act with.
CREATE TABLE parties (
    id      uuid PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
CREATE TABLE keys (
    id      uuid PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    digest  text   NOT NULL GENERATED ALWAYS AS (state ->> 'digest') STORED
);
CREATE UNIQUE INDEX keys_digest ON keys (digest);
