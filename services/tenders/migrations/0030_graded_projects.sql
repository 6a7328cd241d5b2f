-- The final grades of projects, by who performed them: in a venture they may bind.
CREATE TABLE graded_projects (
    id              uuid   PRIMARY KEY,
    version         bigint NOT NULL,
    state           jsonb  NOT NULL,
    organization_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'organization_id')::uuid) STORED
);
CREATE INDEX graded_projects_organization ON graded_projects (organization_id, id);
