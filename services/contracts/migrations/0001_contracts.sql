-- One agreement per project; the row's id is the project's.
CREATE TABLE contracts (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
