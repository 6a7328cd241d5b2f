-- Rulebooks as officers handed them in. What was adopted lies beside them, in the shell's `rulebooks`.
CREATE TABLE handed_in_rulebooks (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

-- One row: the newest edition of every adopted rulebook, so that two adoptions never overtake each other.
CREATE TABLE rulebook_editions (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON handed_in_rulebooks, rulebook_editions FROM sanshe_registry;
