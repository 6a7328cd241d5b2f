-- Files as they were told: the signed agreement under the project's id, acceptance reports under ids that derive from it.
CREATE TABLE papers (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
