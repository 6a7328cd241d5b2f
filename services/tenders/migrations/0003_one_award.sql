-- A tender may be run again: bids belong to a run. Of all bids of a project one at most has an award that stands.
ALTER TABLE projects ADD COLUMN run integer NOT NULL GENERATED ALWAYS AS (COALESCE((state ->> 'run')::integer, 1)) STORED;
ALTER TABLE bids
    ADD COLUMN run     integer NOT NULL GENERATED ALWAYS AS (COALESCE((state ->> 'run')::integer, 1)) STORED,
    ADD COLUMN awarded boolean NOT NULL GENERATED ALWAYS AS (COALESCE((state ->> 'awarded')::boolean, false)) STORED;

UPDATE bids SET state = bids.state || '{"awarded": true}'
FROM projects
WHERE projects.phase = 'awarded' AND bids.id = (projects.state ->> 'award')::uuid;

CREATE UNIQUE INDEX one_award_per_project ON bids (project_id) WHERE awarded;
