-- Columns are remembered for providers too, whose files report costs; a mapping is a party's.
UPDATE column_mappings SET state = state - 'funder_id' || jsonb_build_object('party_id', state -> 'funder_id');
