-- Of each supervision committee, by its party's id: the SHA-256 of every member's token. No names, no tokens.
CREATE TABLE rolls (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
