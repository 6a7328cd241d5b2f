-- The public keys, by party, to which shares of tenders' keys are sealed.
CREATE TABLE keepers (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
