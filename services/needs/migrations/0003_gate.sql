-- What departments ask of communities, and what became of it.
CREATE TABLE items (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    registrar_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'registrar_id')::uuid) STORED,
    scope        text   NOT NULL GENERATED ALWAYS AS (state -> 'told' ->> 'scope') STORED,
    phase        text   NOT NULL GENERATED ALWAYS AS (state ->> 'phase') STORED
);
CREATE INDEX items_at_gate ON items (registrar_id, id);
CREATE INDEX items_on_scope ON items (scope COLLATE "C", id);

-- Proofs asked for at the counter: what, never who.
CREATE TABLE stamps (
    id           uuid   PRIMARY KEY,
    version      bigint NOT NULL,
    state        jsonb  NOT NULL,
    community_id uuid   NOT NULL GENERATED ALWAYS AS ((state -> 'told' ->> 'community_id')::uuid) STORED
);
CREATE INDEX stamps_of_community ON stamps (community_id, id);

-- What communities bore when somebody counted, and what was taken off them.
CREATE TABLE inventories (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    scope   text   NOT NULL GENERATED ALWAYS AS (state -> 'told' ->> 'scope') STORED
);
CREATE INDEX inventories_on_scope ON inventories (scope COLLATE "C", id);

CREATE TABLE reliefs (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    scope   text   NOT NULL GENERATED ALWAYS AS (state -> 'told' ->> 'scope') STORED
);
CREATE INDEX reliefs_on_scope ON reliefs (scope COLLATE "C", id);
REVOKE DELETE ON items, stamps, inventories, reliefs FROM sanshe_needs;
