"""Version 2 of `project.proposed`: before a ballot could be bound to a fund line."""

from typing import ClassVar

from schemas.project import Brief, ProjectFact


class ProjectProposed(ProjectFact):
    type: ClassVar[str] = "project.proposed"
    version: ClassVar[int] = 2

    brief: Brief
