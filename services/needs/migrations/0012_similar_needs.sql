-- Needs are found by pairs of neighbouring characters (see schemas/similar.py) of what they first say; each pair is
-- kept with the beginning of its community's id, so that a common pair of all communities is a rare one of each.
CREATE FUNCTION pairs_of(community text, said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT left(community, 8) || substr(run, place, 2)), '{}')
    FROM regexp_split_to_table(lower(normalize(left(said, 500), NFKC)), '[^0-9a-z㐀-鿿]+') AS run,
         generate_series(1, length(run) - 1) AS place
$$;

ALTER TABLE needs
    ADD COLUMN pairs text[] NOT NULL
        GENERATED ALWAYS AS (pairs_of(state ->> 'community_id', (state ->> 'title') || ' ' || (state ->> 'description')))
        STORED,
    ADD COLUMN open boolean NOT NULL
        GENERATED ALWAYS AS (
            state ->> 'merged_into' IS NULL AND state ->> 'project_id' IS NULL AND state ->> 'closed_on' IS NULL
        ) STORED;
CREATE INDEX needs_by_pair ON needs USING gin (pairs) WHERE open;
CREATE INDEX needs_open ON needs (community_id, id) WHERE open;
