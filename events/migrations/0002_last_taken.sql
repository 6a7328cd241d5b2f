-- The line before `next_offset`: when the log holds another one there, it lost records and gave their offsets again.
ALTER TABLE consumer_offsets ADD COLUMN last_taken text;
