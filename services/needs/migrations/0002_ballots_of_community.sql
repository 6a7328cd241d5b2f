-- The ballots of a community are listed.
ALTER TABLE ballots
    ADD COLUMN community_id uuid NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED;
CREATE INDEX ballots_of_community ON ballots (community_id, id);
