"""Going on with fewer suppliers than usual, where a method lets a purchase of services do so (财库〔2015〕124号)."""

from schemas.ids import PartyId
from schemas.preparing import TenderContinued
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from services.tenders.rules.project import Project

BIDS, BIDS_SERVICE = "tender.bids_least", "tender.bids_least_service"
QUALIFIED, QUALIFIED_SERVICE = "tender.qualified_least", "tender.qualified_least_service"


def least_bids(rulebook: Rulebook) -> str:
    """The path of how many are opened; whether a purchase goes on with them a person decides when it qualifies."""
    return BIDS_SERVICE if BIDS_SERVICE in rulebook.rules else BIDS


def least_qualified(rulebook: Rulebook) -> str:
    """The path of how many a purchase may at the very least go on with."""
    return QUALIFIED_SERVICE if QUALIFIED_SERVICE in rulebook.rules else QUALIFIED


def continued(
    project: Project, qualified: int, reason: str | None, signed_by: PartyId, rulebook: Rulebook
) -> list[TenderContinued]:
    """`qualified`: enough to go on with. Nothing to say when there are as many as usual; else a reason is needed."""
    usual = rulebook.integer(QUALIFIED)
    if qualified >= usual:
        return []
    source = rulebook.source(QUALIFIED_SERVICE)
    if reason is None:
        raise Refused(
            "fewer_needs_reason", source, status=422, field="continue_reason", qualified=qualified, usual=usual
        )
    return [
        TenderContinued(
            project_id=project.project_id,
            qualified=qualified,
            usual=usual,
            reason=reason,
            source=source.text,
            signed_by=signed_by,
        )
    ]
