-- What street and residents' committee said of each other for one project, under the project's id.
CREATE TABLE street_ratings (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- Published grades of communities' governance (社区治理评价), one per community and period.
CREATE TABLE governance_grades (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED,
    period       text   GENERATED ALWAYS AS (state ->> 'period') STORED,
    UNIQUE (community_id, period)
);

ALTER TABLE evaluations
    ADD COLUMN community_id uuid GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED;
CREATE INDEX evaluations_by_community ON evaluations (community_id);
