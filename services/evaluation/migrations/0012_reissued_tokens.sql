-- Tokens that were reissued, and those issued in their place: for which right each stands. Digests only, no identity.
CREATE TABLE reissued_tokens (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON reissued_tokens FROM sanshe_evaluation;
