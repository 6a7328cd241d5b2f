-- Complaints to the finance department: of a project, and of whoever complains.
CREATE TABLE complaints (
    id             uuid   PRIMARY KEY,
    version        bigint NOT NULL,
    state          jsonb  NOT NULL,
    project_id     uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED,
    complainant_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'complainant_id')::uuid) STORED,
    status         text   NOT NULL GENERATED ALWAYS AS (state ->> 'status') STORED
);
CREATE INDEX complaints_project ON complaints (project_id, id);
CREATE INDEX complaints_complainant ON complaints (complainant_id, status);
