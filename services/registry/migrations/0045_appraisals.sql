-- How workers of a community did in a year, by community and year.
CREATE TABLE appraisals (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    party_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'party_id')::uuid) STORED,
    year     int    NOT NULL GENERATED ALWAYS AS ((state ->> 'year')::int) STORED,
    phase    text   NOT NULL GENERATED ALWAYS AS (state ->> 'phase') STORED,
    grade    text   NOT NULL GENERATED ALWAYS AS (state #>> '{result,grade}') STORED
);
CREATE INDEX appraisals_of_a_year ON appraisals (party_id, year, id);
REVOKE DELETE ON appraisals FROM sanshe_registry;
