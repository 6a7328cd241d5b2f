-- Whose the story behind a key is, as what begins it says: auditors read what lies in their area.
CREATE TABLE owners (
    key      text NOT NULL, -- of events; also a lot of a fund account
    party_id uuid NOT NULL,
    PRIMARY KEY (key, party_id)
);
INSERT INTO owners (key, party_id)
SELECT key, owner::uuid FROM events, LATERAL (
    VALUES (data ->> 'party_id'), (data #>> '{brief,funder_id}'), (data #>> '{brief,community_id}'),
        (data #>> '{call,funder_id}')
) AS whose (owner)
WHERE type IN ('party.registered', 'group.registered', 'project.proposed', 'round.called') AND owner IS NOT NULL
UNION
SELECT named.key, (data ->> 'funder_id')::uuid FROM events, LATERAL (VALUES (events.key), (data ->> 'lot_id')) AS named (key)
WHERE type = 'fund.appropriated';
