-- Who was given a token, one row each: its id is that of the token's vote, the token is not kept.
CREATE TABLE voters (
    ballot_id uuid NOT NULL REFERENCES ballots,
    id        uuid NOT NULL,
    ground    text NOT NULL,
    PRIMARY KEY (ballot_id, id)
);
REVOKE DELETE ON voters FROM sanshe_needs;

-- What persons read from paper votes; a paper counts once two have read the same.
CREATE TABLE papers (
    id        uuid    PRIMARY KEY,
    version   bigint  NOT NULL,
    state     jsonb   NOT NULL,
    ballot_id uuid    NOT NULL GENERATED ALWAYS AS ((state ->> 'ballot_id')::uuid) STORED,
    counted   boolean NOT NULL GENERATED ALWAYS AS ((state ->> 'counted')::boolean) STORED
);
CREATE INDEX papers_of_ballot ON papers (ballot_id, id);
REVOKE DELETE ON papers FROM sanshe_needs;

-- Fund accounts, by the words their first money arrived under.
CREATE TABLE lines (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON lines FROM sanshe_needs;
