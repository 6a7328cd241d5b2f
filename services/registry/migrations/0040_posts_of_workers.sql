-- In how many communities somebody works on a day: posts by worker.
CREATE INDEX records_of_posts ON records (subject, party_id, valid_from DESC, number DESC)
    WHERE recorded_on IS NOT NULL AND starts_with(subject, 'post/');
