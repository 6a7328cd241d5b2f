"""Stamps at the counter: what a resident asked to have proven, and what the list of that day said."""

from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.gate import ListName, StampDecided
from schemas.ids import PartyId
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.gate import stamps
from services.needs.rules.gate.stamps import Stamp
from services.needs.store import gate as store


class StampAnswer(Answer):
    """What to tell the resident, in both languages, and by which entry."""

    id: UUID
    community_id: PartyId
    proof: str
    granted: bool
    list: ListName | None
    entry: str | None
    office: str | None
    source: str
    rulebook: str
    zh: str
    en: str


class StampsPage(Answer):
    stamps: tuple[StampAnswer, ...]
    next: UUID | None


def _answer(told: StampDecided) -> StampAnswer:
    zh, en = _said(told)
    return StampAnswer(
        id=told.decision_id,
        community_id=told.community_id,
        proof=told.proof,
        granted=told.granted,
        list=told.list,
        entry=told.entry,
        office=told.office,
        source=told.source,
        rulebook=told.rulebook,
        zh=zh,
        en=en,
    )


def _said(told: StampDecided) -> tuple[str, str]:
    if told.granted:
        return f"可以盖章:清单内事项“{told.entry}”。", f"Given: “{told.entry}” stands on the list of stamps."
    if told.entry is not None:
        ask = told.office or "要求出具证明的单位"
        where = told.office or "the office that asks for the proof"
        return (
            f"社区不出具“{told.entry}”(依据:{told.source})。请到:{ask}。",
            f"A community does not prove “{told.entry}” ({told.source}). Please go to: {where}.",
        )
    return (
        f"“{told.proof}”不在社区盖章事项清单内,社区可以不予办理(依据:{told.source})。请向要求出具证明的单位询问依据。",
        f"“{told.proof}” is not on the list of stamps, and a community may refuse it ({told.source}). "
        "Please ask whoever wants the proof for its basis.",
    )


def _decided(world: World, command: stamps.AskForStamp, cause: UUID) -> StampAnswer:
    return _answer(world.get(Stamp, new_id(cause, "stamp")).told)


async def _stamps(connection: Connection, asked: Asked) -> StampsPage:
    found = await store.stamps_of(connection, asked.id("community_id"), asked.cursor, asked.limit)
    return StampsPage(
        stamps=tuple(_answer(one.told) for one in found), next=found[-1].id if len(found) == asked.limit else None
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/stamps",
        command=stamps.AskForStamp,
        roles=frozenset({Role.COMMUNITY}),
        refs=stamps.ask_refs,
        decide=stamps.ask_for_stamp,
        subject=lambda command, cause: (Stamp, new_id(cause, "stamp")),
        answer=_decided,
        summary="窗口:居民要求盖章,按当日清单办理 · A resident asks for a stamp; the list of the day decides",
    ),
    Get(
        path="/v1/communities/{community_id}/stamps",
        roles=frozenset(),
        handler=_stamps,
        answer=StampsPage,
        summary="盖章事项的办理(不含个人信息) · What was asked to be stamped, and nobody's name",
        query={
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
)
