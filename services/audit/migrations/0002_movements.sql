-- Which story tells of a transfer: the ledger names its transfers by what caused them, so the archive knows their ids.
-- Filled from the archive itself, and can be made again from it at any time.
CREATE TABLE movements (
    transfer_id uuid PRIMARY KEY,
    key         text NOT NULL -- of the events that tell of it: a project, or for an arrival a fund account
);

-- Stories archived before this table was there: worked off with the batches that arrive.
CREATE TABLE movements_due (key text PRIMARY KEY);
INSERT INTO movements_due
SELECT DISTINCT key FROM events WHERE type IN ('fund.appropriated', 'budget.reserved', 'budget.refused');

CREATE INDEX events_lot ON events ((data ->> 'lot_id')) WHERE type IN ('fund.appropriated', 'fund.corrected');
-- which projects money of a lot, or an account, went to
CREATE INDEX events_reserved ON events USING gin (data jsonb_path_ops)
    WHERE type IN ('budget.reserved', 'funds.committed', 'tranche.released');
