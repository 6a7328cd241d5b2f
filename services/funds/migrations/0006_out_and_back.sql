-- How payments leave (two persons, classification) and how one comes back that was booked as paid.

ALTER TABLE lots ADD COLUMN functional_code text CHECK (functional_code ~ '^2[0-9]{2}([0-9]{2}){0,2}$');

-- Who drew a payment up does not approve it.
ALTER TABLE payments ADD CONSTRAINT two_persons CHECK (state ->> 'approved_by' IS DISTINCT FROM state ->> 'ordered_by');
