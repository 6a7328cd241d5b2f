"""A tender that takes only some kinds of bidder: within what the rulebook admits, and on a recorded legal basis."""

from schemas.eligible import KINDS
from schemas.narrowing import BidderKind, Narrowing, TenderNarrowed
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.tenders.rules.project import Project


def check_narrowing(narrowing: Narrowing | None, rulebook: Rulebook) -> None:
    """Fewer kinds than the rulebook admits, and none besides."""
    if narrowing is None:
        return
    if KINDS not in rulebook.rules:
        raise Refused("no_kinds_to_narrow", status=422, field="narrowing", rulebook=rulebook.name)
    admitted = tuple(map(BidderKind, rulebook.value(KINDS)))
    if not set(narrowing.kinds) < set(admitted) or len(set(narrowing.kinds)) < len(narrowing.kinds):
        source = rulebook.source(KINDS)
        raise Refused("narrowing_is_no_part", source, status=422, field="narrowing.kinds", kinds=admitted)
    must_be_public(narrowing, "narrowing")


def told(project: Project) -> list[TenderNarrowed]:
    """With the opening, so that whoever reads the documents reads this too."""
    narrowing = project.agreed.narrowing
    return [] if narrowing is None else [TenderNarrowed(project_id=project.project_id, narrowing=narrowing)]
