-- A project handed over by the gate leads back to its item, and that to all that was said of it.
CREATE INDEX events_handed_over ON events ((data ->> 'project_id')) WHERE type = 'item.handed_over';
CREATE INDEX events_item ON events ((data ->> 'item_id')) WHERE stream = 'sanshe.needs';
