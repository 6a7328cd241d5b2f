-- What became of chosen needs, by project.
CREATE TABLE courses (
    id      uuid   PRIMARY KEY,
    version bigint NOT NULL,
    state   jsonb  NOT NULL
);
REVOKE DELETE ON courses FROM sanshe_needs;
CREATE INDEX deliberations_about_need ON deliberations ((state -> 'told' ->> 'need_id'));
CREATE INDEX ballots_over_needs ON ballots USING gin ((state -> 'items') jsonb_path_ops);
