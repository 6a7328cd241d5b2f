-- Needs at departments; a handling has the id of its need.
CREATE TABLE handlings (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    division text   NOT NULL GENERATED ALWAYS AS (state ->> 'division') STORED,
    phase    text   NOT NULL GENERATED ALWAYS AS (state ->> 'phase') STORED
);
CREATE INDEX handlings_on_division ON handlings (division COLLATE "C", id);

-- Which parties are the departments of a division; `id` derives from its code.
CREATE TABLE offices (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON handlings, offices FROM sanshe_needs;
