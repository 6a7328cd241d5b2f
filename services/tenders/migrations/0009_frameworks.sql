-- A framework agreement and its service users, each by the digest of a token.
CREATE TABLE frameworks (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
CREATE TABLE framework_users (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    framework_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'framework_id')::uuid) STORED REFERENCES frameworks (id),
    choice       uuid   GENERATED ALWAYS AS ((state ->> 'choice')::uuid) STORED
);
CREATE INDEX framework_users_choice ON framework_users (framework_id, choice);
