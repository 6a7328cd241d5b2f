"""An objection that may change the result holds everything up: signing, and what was signed."""

from dataclasses import dataclass
from datetime import datetime

from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.rulebook import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    since: datetime
    source: Source


class SigningHeld(Note):
    """None: it goes on."""

    project_id: ProjectId
    held: Held | None
