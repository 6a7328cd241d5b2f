-- What a party no longer has to do, because it did or because nothing came of it: the past of a timeline.
CREATE TABLE obligations_ended (
    kind       text NOT NULL,
    id         uuid NOT NULL,
    name       text NOT NULL,
    party_id   uuid NOT NULL,
    due_at     timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    obligation jsonb NOT NULL,
    project_id uuid NOT NULL GENERATED ALWAYS AS ((obligation ->> 'project_id')::uuid) STORED,
    PRIMARY KEY (kind, id, name, party_id, due_at)
);
CREATE INDEX obligations_ended_of_project ON obligations_ended (project_id, due_at);
ALTER TABLE obligations
    ADD COLUMN project_id uuid NOT NULL GENERATED ALWAYS AS ((obligation ->> 'project_id')::uuid) STORED;
CREATE INDEX obligations_of_project ON obligations (project_id, due_at);
