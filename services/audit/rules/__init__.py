"""What auditors ask of the archive, as pure functions over facts."""

from services.audit.rules.completeness import findings
from services.audit.rules.costs import AboveNewLimit, HeadSpent, above_new_limits, spent_by_head
from services.audit.rules.delivered import Delivered, MilestoneTold, Reached, delivered
from services.audit.rules.lots import LotLine, arrival_missing, findings_in, findings_of, lot_line
from services.audit.rules.movements import MOVING, Entry, Kind, Movement, MovementState, movements_of, unaccounted
from services.audit.rules.openings import Opening, openings_of
from services.audit.rules.persons import Persons, persons_of
from services.audit.rules.provenance import Moved, SourceLine, moved, sources_of
from services.audit.rules.receipts import BEFORE_LINES, lines_of, unlike_lines
from services.audit.rules.sentences import tell
from services.audit.rules.standing import Columns, Project
from services.audit.rules.story import Story
from services.audit.rules.told import Names, Stage, Told, actors_of, parties_in
from services.audit.rules.uses import USES, Opinion, Step, TrancheUse, Use, gates_of, opinions_of, paid_to, use_of

__all__ = [
    "BEFORE_LINES",
    "MOVING",
    "USES",
    "AboveNewLimit",
    "Columns",
    "Delivered",
    "Entry",
    "HeadSpent",
    "Kind",
    "LotLine",
    "MilestoneTold",
    "Moved",
    "Movement",
    "MovementState",
    "Names",
    "Opening",
    "Opinion",
    "Persons",
    "Project",
    "Reached",
    "SourceLine",
    "Stage",
    "Step",
    "Story",
    "Told",
    "TrancheUse",
    "Use",
    "above_new_limits",
    "actors_of",
    "arrival_missing",
    "delivered",
    "findings",
    "findings_in",
    "findings_of",
    "gates_of",
    "lines_of",
    "lot_line",
    "moved",
    "movements_of",
    "openings_of",
    "opinions_of",
    "paid_to",
    "parties_in",
    "persons_of",
    "sources_of",
    "spent_by_head",
    "tell",
    "unaccounted",
    "unlike_lines",
    "use_of",
]
