"""What a project remembers of its committee and of inquiries into prices, after each fact."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schemas.committee import CommitteeImported, ExpertRecused, ExpertsDrawn
from schemas.deciding import State, World
from schemas.ids import BidId
from schemas.low_price import LowPriceDecided, LowPriceExplained, LowPriceInquired, LowPriceUnexplained
from services.tenders.rules.committee.drawing import DrawKept
from services.tenders.rules.committee.seated import Committee
from services.tenders.rules.inquired import Inquiry
from services.tenders.rules.project import Bid, Project

Conducted = (
    CommitteeImported
    | DrawKept
    | ExpertsDrawn
    | ExpertRecused
    | LowPriceInquired
    | LowPriceExplained
    | LowPriceUnexplained
    | LowPriceDecided
)


def evolve_conduct(world: World, fact: Conducted) -> Iterable[State]:
    project = world.find(Project, fact.project_id)
    if project is None:
        return ()
    if isinstance(fact, LowPriceDecided) and not fact.accepted:
        return (_next(project, fact), *_invalid(world, fact))
    return (_next(project, fact),)


def _next(project: Project, fact: Conducted) -> Project:
    match fact:
        case CommitteeImported():
            return replace(project, committee=Committee(members=fact.members, record_number=fact.record_number))
        case DrawKept():
            return replace(project, draw=fact.draw)
        case ExpertsDrawn():
            draw = project.draw and project.draw.model_copy(update={"passed": fact.passed})
            return replace(project, committee=Committee(members=fact.members, record_number=None), draw=draw)
        case ExpertRecused():
            left = project.committee and project.committee.without(fact.evaluator_id)
            return replace(project, committee=left, recused=(*project.recused, fact.evaluator_id))
        case LowPriceInquired():
            inquiry = Inquiry(
                bid_id=fact.bid_id,
                bidder_id=fact.bidder_id,
                price=fact.price,
                triggers=fact.triggers,
                explain_until=fact.explain_until,
            )
            return replace(project, inquiries=(*project.inquiries, inquiry))
        case LowPriceExplained():
            return _inquiry(project, fact.bid_id, explanation=fact.text)
        case LowPriceUnexplained():
            return _inquiry(project, fact.bid_id, lapsed=True)
        case LowPriceDecided():
            return _inquiry(project, fact.bid_id, accepted=fact.accepted, reason=fact.reason)


def _inquiry(project: Project, bid_id: BidId, **changes: Any) -> Project:
    changed = (
        one.model_copy(update=changes) if one.bid_id == bid_id and one.accepted is None else one
        for one in project.inquiries
    )
    return replace(project, inquiries=tuple(changed))


def _invalid(world: World, fact: LowPriceDecided) -> Iterable[Bid]:
    """Its verdict is turned, with the decision's reason."""
    for bid in world.each(Bid):
        if bid.bid_id == fact.bid_id and bid.verdict is not None:
            turned = bid.verdict.model_copy(update={"qualified": False, "reason": fact.reason})
            yield replace(bid, verdict=turned)
