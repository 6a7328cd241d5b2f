"""Papers, kept as they were told: what draws them up may change, the file that was signed may not."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from pydantic import ConfigDict

from schemas.deciding import State
from schemas.fact import Note
from schemas.ids import ProjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(State):
    """A file (docx). The agreement's bears the project's id, or its own where another was signed before it; a
    milestone's report one that derives from it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    body: bytes


class PaperKept(Note):
    project_id: ProjectId
    paper_id: UUID
    body: bytes
