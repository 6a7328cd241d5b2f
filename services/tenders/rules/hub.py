"""A group on record (备案) is named by its hub, and by nobody else: the hub bids or applies for it, and is liable."""

from uuid import UUID

from schemas.deciding import World
from schemas.refused import Refused
from schemas.standing import Party


def must_be_its_group(world: World, group_id: UUID, name: str | None, hub_id: UUID, field: str) -> None:
    """Registered under the hub, verified, and called by its name: the public reads one and the same group."""
    group = world.get(Party, group_id)
    if group.hub_id != hub_id or group.name != name:
        raise Refused("not_ones_group", status=422, field=field, group=str(group.id), name=name or "")
    group.must_stand()
