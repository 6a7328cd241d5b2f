"""An award that no longer stands, and who comes next in rank then."""

from schemas.awarding import AwardSetAside
from schemas.deciding import Context
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.tender import RankedBid, TenderVoided
from services.tenders.rules.awaiting import choice_awaited
from services.tenders.rules.project import Project

DEFAULTED = "winner_defaulted"
REOPENED = "evaluation_reopened"
LISTED = "bidder_listed"
"""codes: of what led to it, as are those of remedies. Only the last leaves the bid in the running."""
DEFAULT = "tender.default"


def in_the_running(project: Project) -> tuple[RankedBid, ...]:
    """Of the ranking, those that nothing was recorded against."""
    aside = {one.bid_id for one in project.aftermath.set_aside}
    return tuple(ranked for ranked in project.ranking if ranked.bid_id not in aside)


def set_aside(project: Project, code: str) -> list[Model]:
    """Nothing where nobody was chosen."""
    chosen = next((ranked for ranked in project.ranking if ranked.bid_id == project.award), None)
    if chosen is None:
        return []
    return [AwardSetAside(project_id=project.project_id, bid_id=chosen.bid_id, provider_id=chosen.bidder_id, code=code)]


def pass_on(project: Project, code: str, context: Context) -> list[Model]:
    """The buyer chooses again among those left; with none left the tender is void."""
    said = set_aside(project, code)
    if len(in_the_running(project)) > len(said):
        return [*said, *choice_awaited(project, context)]
    source = must_know(context.rulebooks.by_hash(project.agreed.rulebook), DEFAULT).text
    return [*said, TenderVoided(project_id=project.project_id, code="no_candidate_left", source=source)]
