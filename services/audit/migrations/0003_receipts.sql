-- A receipt is found by its digest: the one a payment names, or that of one of the lines it is over.
CREATE INDEX events_receipt ON events ((data ->> 'receipt_digest'))
    WHERE type IN ('tranche.paid', 'receipts.matched');
CREATE INDEX events_receipt_lines ON events USING gin (data jsonb_path_ops) WHERE type = 'receipts.matched';
