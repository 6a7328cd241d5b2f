-- What is owed may be about something that is no project, such as a need at a department.
ALTER TABLE obligations ALTER COLUMN project_id DROP NOT NULL;
ALTER TABLE obligations_ended ALTER COLUMN project_id DROP NOT NULL;
