-- The list a milestone's sample was drawn from, in the order of the lot: anyone can draw it again.
CREATE TABLE listed (
    id         uuid    PRIMARY KEY,
    project_id uuid    NOT NULL,
    milestone  text    NOT NULL CHECK (milestone IN ('mid_term', 'final')),
    token      bytea   NOT NULL,
    place      integer NOT NULL CHECK (place > 0),
    asked      boolean NOT NULL,
    UNIQUE (project_id, milestone, token),
    UNIQUE (project_id, milestone, place),
    FOREIGN KEY (project_id, token) REFERENCES tokens (project_id, digest)
);

-- A drawn lot stays.
REVOKE UPDATE, DELETE ON listed FROM sanshe_evaluation;

-- What residents said of a provider, over all its graded projects.
ALTER TABLE evaluations
    ADD COLUMN provider_id uuid GENERATED ALWAYS AS ((state ->> 'provider_id')::uuid) STORED,
    ADD COLUMN graded boolean GENERATED ALWAYS AS (jsonb_typeof(state -> 'grade') = 'object') STORED;
CREATE INDEX evaluations_by_provider ON evaluations (provider_id) WHERE graded;
