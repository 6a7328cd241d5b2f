-- What public money is to be spent on, as its appropriation says; none of money from before that was asked.

ALTER TABLE lots ADD COLUMN economic_code text CHECK (economic_code ~ '^[35][0-9]{2}([0-9]{2})?$');
