-- Tenders that are or were open; the row's id is the project's.
CREATE TABLE tenders (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- Rankings as they were advised; the row's id is the project's.
CREATE TABLE rankings (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- Providers are looked for by county.
CREATE INDEX parties_county ON parties (left(state ->> 'division', 6));
