-- What is on record of an organization. Texts of days are in ISO 8601, so that they sort as days do.
CREATE TABLE records (
    id          uuid   PRIMARY KEY,
    version     bigint NOT NULL,
    state       jsonb  NOT NULL,
    party_id    uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'party_id')::uuid) STORED,
    number      int    NOT NULL GENERATED ALWAYS AS ((state ->> 'number')::int) STORED,
    subject     text   COLLATE "C" NOT NULL GENERATED ALWAYS AS (state ->> 'subject') STORED,
    valid_from  text   COLLATE "C" NOT NULL GENERATED ALWAYS AS (state ->> 'valid_from') STORED,
    recorded_on text   COLLATE "C" GENERATED ALWAYS AS (state ->> 'recorded_on') STORED,
    ended_on    text   COLLATE "C" GENERATED ALWAYS AS (state #>> '{ending,on}') STORED,
    ending_recorded_on text COLLATE "C" GENERATED ALWAYS AS (state #>> '{ending,entered,recorded_on}') STORED,
    waits       boolean NOT NULL GENERATED ALWAYS AS (CASE
        WHEN state ->> 'recorded_on' IS NULL THEN coalesce(jsonb_array_length(state -> 'rejections'), 0) = 0
        ELSE state #>> '{ending,on}' IS NOT NULL AND state #>> '{ending,entered,recorded_on}' IS NULL
    END) STORED
);
CREATE UNIQUE INDEX records_in_order ON records (party_id, number);
CREATE INDEX records_as_of ON records (party_id, subject, valid_from DESC, number DESC)
    WHERE recorded_on IS NOT NULL;
CREATE INDEX records_waiting ON records (id) WHERE waits;

CREATE TABLE dossiers (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);

CREATE TABLE incubations (
    id       uuid   PRIMARY KEY,
    version  bigint NOT NULL,
    state    jsonb  NOT NULL,
    party_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'party_id')::uuid) STORED,
    hub_id   uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'hub_id')::uuid) STORED
);
CREATE INDEX incubations_of_party ON incubations (party_id, id);
CREATE INDEX incubations_of_hub ON incubations (hub_id, id);
REVOKE DELETE ON records, dossiers, incubations FROM sanshe_registry;

-- How organizations stood before this was kept, from what was told of them.
INSERT INTO records (id, version, state)
SELECT event_id, 1, jsonb_build_object(
    'id', event_id, 'party_id', key,
    'number', row_number() OVER (PARTITION BY key ORDER BY sequence),
    'content', jsonb_build_object('kind', 'standing', 'standing', split_part(type, '.', 2)),
    'subject', 'standing',
    'valid_from', (recorded_at AT TIME ZONE 'Asia/Shanghai')::date,
    'valid_until', NULL, 'ground', coalesce(fact ->> 'reason', '核验'), 'document', NULL, 'removable_from', NULL,
    'entered', jsonb_build_object('by', '5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000000',
        'at', recorded_at, 'recorded_on', (recorded_at AT TIME ZONE 'Asia/Shanghai')::date),
    'recorded_on', (recorded_at AT TIME ZONE 'Asia/Shanghai')::date)
FROM (
    SELECT event_id, key, sequence, type, coalesce((fact ->> 'time')::timestamptz, recorded_at) AS recorded_at,
        fact -> 'data' AS fact
    FROM outbox, convert_from(body, 'UTF8') said, LATERAL (SELECT said::jsonb AS fact) parsed
    WHERE stream = 'sanshe.parties' AND type IN ('party.verified', 'party.suspended')
) told
WHERE EXISTS (SELECT FROM registrations WHERE id = told.key::uuid AND kind = 'organization');
INSERT INTO dossiers (id, version, state)
SELECT party_id, 1, jsonb_build_object('id', party_id, 'records', max(number), 'subjects', jsonb_build_array('standing'))
FROM records GROUP BY party_id;
