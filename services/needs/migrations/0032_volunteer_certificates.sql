-- Certificates as they were issued, without a name: the paper is made again from them while the name is kept.
CREATE TABLE volunteer_certificates (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    number  text   NOT NULL UNIQUE GENERATED ALWAYS AS (state -> 'told' ->> 'number') STORED
);
REVOKE DELETE ON volunteer_certificates FROM sanshe_needs;
