-- 双向选择: posts by the organization that offers them, and workers who seek work.
CREATE TABLE boards (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
CREATE TABLE searches (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON boards, searches FROM sanshe_registry;
