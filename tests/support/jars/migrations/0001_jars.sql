CREATE TABLE jars (id uuid PRIMARY KEY, version bigint NOT NULL, state jsonb NOT NULL);
CREATE TABLE lids (id uuid PRIMARY KEY, version bigint NOT NULL, state jsonb NOT NULL);
