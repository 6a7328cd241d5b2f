"""What becomes of keys, shares and bids that wait for them. Never refuses and never fails."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.deciding import State, World
from schemas.envelope import Envelope
from schemas.ids import BidId
from schemas.tender import TenderVoided
from schemas.unsealing import BidSpoiled, BidUnreleased, OpeningAwaited
from services.tenders.rules.envelopes.kept import (
    Keeper,
    KeeperKept,
    KeyKeptBack,
    ReleasesEnded,
    Sealing,
    ShareKept,
)
from services.tenders.rules.project import Bid, Project, bids_of

Said = KeeperKept | KeyKeptBack | ShareKept | ReleasesEnded | OpeningAwaited | BidUnreleased | BidSpoiled


def evolve_envelopes(world: World, said: Said) -> Iterable[State]:
    match said:
        case KeeperKept():
            return [Keeper(id=said.party_id, public_key=said.public_key, role=said.role, person_id=said.person_id)]
        case KeyKeptBack():
            return [replace(bid, released=said.locked) for bid in _bid(world, said.bid_id)]
        case BidUnreleased():
            return [
                replace(bid, withdrawn=True, sealed=None, fault="key_not_released") for bid in _bid(world, said.bid_id)
            ]
        case BidSpoiled():
            return [replace(bid, withdrawn=True, released=None, fault=said.code) for bid in _bid(world, said.bid_id)]
        case OpeningAwaited():
            return [*_of_project(world, said), *_awaited(world, said)]
        case _:
            return _of_project(world, said)


def _of_project(world: World, said: ShareKept | ReleasesEnded | OpeningAwaited) -> list[Project]:
    project = world.find(Project, said.project_id)
    if project is None:
        return []
    match said:
        case OpeningAwaited():
            return [replace(project, release_until=said.release_until)]
        case ReleasesEnded():
            return [replace(project, releases_over=True)]
        case ShareKept():
            sealing = project.sealing
            if sealing is None or sealing.escrow is None:
                return []
            escrow = sealing.escrow.with_share(said.holder, said.locked)
            return [replace(project, sealing=sealing.model_copy(update={"escrow": escrow}))]


def _awaited(world: World, said: OpeningAwaited) -> list[Bid]:
    project = world.find(Project, said.project_id)
    if project is None or project.draft is None:
        return []
    return [
        replace(bid, release_until=said.release_until, rulebook=project.draft.rulebook)
        for bid in bids_of(world, project)
        if bid.envelope is Envelope.OWN
    ]


def _bid(world: World, bid_id: BidId) -> list[Bid]:
    return [bid for bid in world.each(Bid) if bid.id == bid_id]


def keys_gone(world: World, fact: TenderVoided) -> list[Bid]:
    """Released for an opening that never comes; and keepers, who still have their shares, find nothing to open."""
    project = world.find(Project, fact.project_id)
    if project is None:
        return []
    return [
        replace(bid, sealed=None, released=None, release_until=None)
        for bid in bids_of(world, project)
        if bid.envelope is not Envelope.INSTALLATION and bid.content is None
    ]


def closed_for_ever(project: Project) -> Sealing | None:
    """How it was sealed, without what could still open anything."""
    sealing = project.sealing
    if sealing is None or sealing.escrow is None:
        return sealing
    return sealing.model_copy(update={"escrow": sealing.escrow.over()})
