-- Agreements as contracts reports them, one row per project: who performs what, and how it was graded.
CREATE TABLE engagements (
    id          uuid   PRIMARY KEY,
    version     bigint NOT NULL,
    state       jsonb  NOT NULL,
    provider_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'provider_id')::uuid) STORED,
    category    text   NOT NULL GENERATED ALWAYS AS (state ->> 'category') STORED,
    stage       text   NOT NULL GENERATED ALWAYS AS (state ->> 'stage') STORED
);
CREATE INDEX engagements_provider ON engagements (provider_id);

-- Batches of visits, one row each, so that hearing of one again changes nothing.
CREATE TABLE visit_batches (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    project_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED,
    minutes    bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'minutes')::bigint) STORED,
    voided     boolean NOT NULL GENERATED ALWAYS AS ((state ->> 'voided')::boolean) STORED
);
CREATE INDEX visit_batches_project ON visit_batches (project_id);

-- Hours of named social workers in an application; the row's id is that of the project it would become.
CREATE TABLE named_hours (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    hours   bigint NOT NULL GENERATED ALWAYS AS ((state ->> 'hours')::bigint) STORED
);

-- Open tenders are looked for by county, social workers by who employs them.
CREATE INDEX tenders_open_county ON tenders (left(state #>> '{brief,division}', 6), id) WHERE (state ->> 'open')::boolean;
CREATE INDEX parties_employers ON parties USING gin ((state -> 'employers'));
