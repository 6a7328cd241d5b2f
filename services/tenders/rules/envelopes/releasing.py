"""After the deadline a bidder releases the key of its bid; before, nobody takes it, not even from its owner."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from schemas.deciding import Context, World
from schemas.envelope import Envelope, Key, public_of
from schemas.fact import Command
from schemas.ids import BidId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Source
from schemas.unsealing import KeyReleased
from services.tenders.rules.envelopes.kept import RELEASE_HOURS, KeyKeptBack, Locked
from services.tenders.rules.envelopes.unsealing import after_release, go_on
from services.tenders.rules.project import Bid, Phase, Project, bids_of


class ReleaseKey(Command):
    project_id: ProjectId
    bid_id: BidId
    key: Annotated[Key, Field(repr=False)]
    """the private key of the bid, 32 bytes in hex"""


class ReleasedKey(Command):
    """`ReleaseKey` with what would be kept, wrapped by the vault."""

    project_id: ProjectId
    bid_id: BidId
    key: Annotated[Key, Field(repr=False)]
    locked: Locked


def release_key(world: World, command: ReleasedKey, context: Context) -> list[Model]:
    """The last key that is waited for opens the bids."""
    project = world.get(Project, command.project_id)
    not_early(project, context, "key")
    bids = bids_of(world, project)
    bid = next((bid for bid in bids if bid.id == command.bid_id), None)
    if bid is None:
        raise Refused("no_such_bid", status=404, bid=str(command.bid_id))
    if bid.bidder_id != context.by.party_id:
        raise Refused("bid_of_another", status=403, bid=str(bid.id))
    if bid.envelope is not Envelope.OWN:
        raise Refused("no_key_awaited", bid=str(bid.id))
    project.must_be_in(Phase.LOCKED)
    if project.release_until is not None and context.at >= project.release_until:
        raise Refused("release_over", _source(project, context), until=project.release_until)
    if bid.released is not None:
        raise Refused("key_released_already", bid=str(bid.id))
    _check_key(bid, command.key)
    said: list[Model] = [
        KeyReleased(project_id=project.project_id, bid_id=bid.bid_id),
        KeyKeptBack(project_id=project.project_id, bid_id=bid.bid_id, locked=command.locked),
    ]
    return [*said, *go_on(project, after_release(bids, replace(bid, released=command.locked)), context)]


def _check_key(bid: Bid, key: str) -> None:
    if public_of(bytes.fromhex(key)).hex() != bid.public_key:
        raise Refused("wrong_key", status=422, field="key", bid=str(bid.id))


def not_early(project: Project, context: Context, field: str) -> None:
    """Nothing that opens a bid is taken, or kept, before the deadline."""
    if project.phase is Phase.OPEN and project.closes_at is not None and context.at < project.closes_at:
        raise Refused("key_before_deadline", _source(project, context), field=field, closes_at=project.closes_at)


def _source(project: Project, context: Context) -> Source | None:
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    return rulebook.source(RELEASE_HOURS if RELEASE_HOURS in rulebook.rules else "tender.deadline")
