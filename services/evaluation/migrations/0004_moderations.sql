-- What a person of the funder decided on a resident's words: only published ones are shown to everyone.
CREATE TABLE moderations (
    comment_id uuid        PRIMARY KEY,
    published  boolean     NOT NULL,
    reason     text,
    decided_by uuid        NOT NULL,
    decided_at timestamptz NOT NULL,
    CHECK (published = (reason IS NULL))
);
CREATE UNIQUE INDEX ratings_by_comment ON ratings (comment_id) WHERE comment IS NOT NULL;
