-- A token may be registered for one milestone only; without one it is for all, as those before were.
ALTER TABLE tokens ADD COLUMN milestone text CHECK (milestone IN ('mid_term', 'final'));
