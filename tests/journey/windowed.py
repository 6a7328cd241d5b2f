"""The one window of a community, through the public doors."""

from typing import Any

from services.needs.api.window import ErasedAnswer, TakenInAnswer
from tests.journey.town import COMMUNITY, Players, Town

PERSON = {"name": "示例居民", "phone": "0512-0000 0000"}


async def take_in(town: Town, of: Players, **changes: Any) -> TakenInAnswer:
    body = {
        "channel": "counter",
        "category": "mutual_help",
        "division": COMMUNITY,
        "beneficiaries": 1,
        "title": "楼道照明",
        "description": "楼道灯不亮,夜间出行不便。",
    }
    path = f"/v1/communities/{of.community.party_id}/intakes"
    return await town.api.post(path, TakenInAnswer, body | changes, of.community)


async def a_whole_window(town: Town, of: Players) -> None:
    """Every door of it once."""
    taken = await take_in(town, of, applicant=PERSON, words="晚上看不见")
    path = f"/v1/communities/{of.community.party_id}/applicants/{taken.applicant_id}/erasure"
    await town.api.post(path, ErasedAnswer, None, of.community)
