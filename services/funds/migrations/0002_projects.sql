-- What funds remembers beside the books: each project's money, payment orders, receipt lines.

CREATE TABLE projects (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

CREATE TABLE payments (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    project_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'project_id')::uuid) STORED REFERENCES projects
);
CREATE INDEX payments_of_project ON payments (project_id);

CREATE TABLE receipts (
    id         uuid   PRIMARY KEY,
    version    bigint NOT NULL,
    state      jsonb  NOT NULL,
    digest     text   NOT NULL GENERATED ALWAYS AS (state ->> 'digest') STORED UNIQUE,
    funder_id  uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'funder_id')::uuid) STORED,
    payment_id uuid   GENERATED ALWAYS AS ((state ->> 'payment_id')::uuid) STORED UNIQUE REFERENCES payments,
    is_open    boolean NOT NULL GENERATED ALWAYS AS (state ->> 'payment_id' IS NULL) STORED
);
CREATE INDEX receipts_open ON receipts (funder_id, id) WHERE is_open;
