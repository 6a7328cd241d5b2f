"""From the deadline to the opening, when keys have to come in first: until when, and what if they do not."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.deciding import Context, Due, World
from schemas.envelope import SHARES_NEEDED, Envelope
from schemas.model import Model
from schemas.tender import TenderVoided
from schemas.unsealing import BidUnreleased, OpeningAwaited
from services.tenders.rules.envelopes.kept import RELEASE_HOURS, ReleasesEnded
from services.tenders.rules.envelopes.unsealing import go_on, waits
from services.tenders.rules.fewer import least_bids
from services.tenders.rules.project import Bid, Phase, Project, bids_of


def await_or_open(project: Project, bids: list[Bid], context: Context) -> list[Model]:
    """At the deadline, with enough bids. The hours count from the closing: a program that was down costs no bid."""
    keys = sum(map(waits, bids))
    shares = SHARES_NEEDED if any(bid.envelope is Envelope.ESCROW for bid in bids) else 0
    if not keys and not shares:
        return go_on(project, bids, context)
    assert project.sealing is not None, f"project {project.id} has bids in envelopes and no rule for them"
    until = context.at + timedelta(hours=project.sealing.release_hours)
    return [OpeningAwaited(project_id=project.project_id, keys=keys, shares=shares, release_until=until)]


def end_release(world: World, due: Due, context: Context) -> Iterable[Model]:
    """The hours are over: a bid whose key is not there counts as withdrawn, and too few others void the tender."""
    project = world.get(Project, due.ref[1])
    until = project.release_until
    if project.phase is not Phase.LOCKED or project.releases_over or until is None or context.at < until:
        return []
    bids = bids_of(world, project)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    source = rulebook.source(RELEASE_HOURS).text
    ended: list[Model] = [
        BidUnreleased(project_id=project.project_id, bid_id=bid.bid_id, source=source) for bid in bids if waits(bid)
    ]
    left = [bid for bid in bids if not waits(bid)]
    least = least_bids(rulebook)
    if len(left) < rulebook.integer(least):
        void = TenderVoided(project_id=project.project_id, code="too_few_bids", source=rulebook.source(least).text)
        return [*ended, void]
    return [*ended, ReleasesEnded(project_id=project.project_id), *go_on(project, left, context)]
