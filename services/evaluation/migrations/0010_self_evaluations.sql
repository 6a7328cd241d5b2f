-- The fiscal self-evaluation (绩效自评) of a project, under the project's id, and its table as it was told.
CREATE TABLE self_evaluations (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
CREATE TABLE self_evaluation_tables (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
