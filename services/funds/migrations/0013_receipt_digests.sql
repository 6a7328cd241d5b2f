-- A receipt is found by the digest that its payment's fact names.
CREATE INDEX payments_receipt_digest ON payments ((state ->> 'receipt_digest'));
CREATE INDEX receipts_paying ON receipts USING gin ((state -> 'payment_ids'));
