"""What auditors ask of the archive, as pure functions over facts."""

from services.audit.rules.completeness import findings
from services.audit.rules.provenance import Moved, SourceLine, moved, sources_of
from services.audit.rules.sentences import tell
from services.audit.rules.story import Story
from services.audit.rules.told import Names, Stage, Told, actors_of, parties_in

__all__ = [
    "Moved",
    "Names",
    "SourceLine",
    "Stage",
    "Story",
    "Told",
    "actors_of",
    "findings",
    "moved",
    "parties_in",
    "sources_of",
    "tell",
]
