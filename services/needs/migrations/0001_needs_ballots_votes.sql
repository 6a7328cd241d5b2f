-- What residents need.
CREATE TABLE needs (
    id              uuid   PRIMARY KEY,
    version         bigint NOT NULL,
    state           jsonb  NOT NULL,
    community_id    uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'community_id')::uuid) STORED,
    tracking_number text   NOT NULL GENERATED ALWAYS AS (state ->> 'tracking_number') STORED
);
CREATE INDEX needs_of_community ON needs (community_id, id);
CREATE UNIQUE INDEX needs_tracking_number ON needs (tracking_number);

-- Over which needs residents vote, and what came out.
CREATE TABLE ballots (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- One row per ballot and token: the last vote. `id` derives from both.
CREATE TABLE votes (
    ballot_id uuid       NOT NULL REFERENCES ballots,
    id        uuid       NOT NULL,
    token     bytea      NOT NULL CHECK (octet_length(token) = 32),
    places    smallint[] NOT NULL,
    points    integer[]  NOT NULL,
    PRIMARY KEY (ballot_id, id)
);
REVOKE DELETE ON votes FROM sanshe_needs;
