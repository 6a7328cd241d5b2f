-- 责任评价: how a resident unit was rated in a year; one row holds every rater's marks, so its lock is that of the year.
CREATE TABLE unit_ratings (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL,
    unit_id uuid   NOT NULL GENERATED ALWAYS AS ((state ->> 'unit_id')::uuid) STORED
);
CREATE INDEX unit_ratings_of_unit ON unit_ratings (unit_id, (state ->> 'year') DESC);
REVOKE DELETE ON unit_ratings FROM sanshe_needs;
