-- A social worker's hours over all projects.
CREATE INDEX visits_of_worker ON visits (worker_id, project_id);
