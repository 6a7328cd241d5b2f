-- What is added to a contract on notice of a single source.
CREATE INDEX projects_additions ON projects ((state #>> '{preparation,notice,original_project_id}'))
    WHERE state #>> '{preparation,notice,original_project_id}' IS NOT NULL;
