CREATE TABLE tallies (id uuid PRIMARY KEY, version bigint NOT NULL, state jsonb NOT NULL);
