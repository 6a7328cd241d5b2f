-- Files of parties that were taken in, by their content, and what each entered.
CREATE TABLE party_imports (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON party_imports FROM sanshe_registry;
