"""Bids in shares and under a bidder's own key, as the people do it; and the story adds up afterwards."""

from tests.journey.sealed import in_shares
from tests.journey.town import Town, players


async def test_keys_come_together_after_the_deadline_and_the_trace_tells_how(town: Town) -> None:
    of = await players(town)

    opened = await in_shares(town, of)

    assert len(opened.opened) == 3
    for type, number in (
        ("escrow.made", 1),
        ("bid.enveloped", 3),
        ("opening.awaited", 1),
        ("key.released", 1),
        ("share.handed_in", 2),
        ("recovery.used", 1),
        ("bids.opened", 1),
    ):
        assert len(await town.told(type, opened.project_id)) == number, type
    assert await town.findings() == ()
