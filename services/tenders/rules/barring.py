"""Who came onto a credit list between its bid and the choice is not chosen, and the next in rank may be."""

from collections.abc import Mapping

from schemas.awarding import BidderBarred
from schemas.deciding import Context, World
from schemas.eligible import BARRED, circle_of, unlisted
from schemas.ids import BidId, PartyId
from schemas.refused import Refused
from schemas.standing import party
from schemas.tender import RankedBid
from services.tenders.rules.project import Project
from services.tenders.rules.setting_aside import in_the_running


def barred_from(world: World, project: Project, context: Context) -> dict[BidId, Refused]:
    """Of those in the running, why each of them may not be chosen today; nobody under an edition that bars nobody."""
    circle = circle_of(project.brief.funder_id, context.rulebooks.by_hash(project.agreed.rulebook))
    if not circle.barred:
        return {}
    asked = {one.bid_id: unlisted(party(world, one.bidder_id), circle) for one in in_the_running(project)}
    return {bid_id: check.refusal for bid_id, check in asked.items() if not check.met}


def barring(
    project: Project, ranked: RankedBid, barred: Mapping[BidId, Refused], reason: str, context: Context
) -> BidderBarred:
    return BidderBarred(
        project_id=project.project_id,
        bid_id=ranked.bid_id,
        provider_id=ranked.bidder_id,
        lists=barred[ranked.bid_id].details["lists"],
        source=context.rulebooks.by_hash(project.agreed.rulebook).source(BARRED).text,
        reason=reason,
        decided_by=PartyId(context.by.person_id),
    )
