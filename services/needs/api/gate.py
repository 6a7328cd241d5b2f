"""Doors of the gate (工作进社区准入). What stands at it is public, with its decisions."""

from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import World, new_id
from schemas.gate import BasisLevel, Costing, Dimension, ItemId, Listed
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.gate import applying, assessing, following
from services.needs.rules.gate.item import Assessment, Followed, Item, ItemPhase, refs_of
from services.needs.store import gate as store

REGISTRAR = frozenset({Role.REGISTRAR})
PAGES = {
    "phase": "办理阶段 · applied, assessed, admitted, refused, converted, exited",
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class ItemAnswer(Answer):
    """An item at the gate with its whole story. Public."""

    version: int | None
    id: ItemId
    registrar_id: PartyId
    applicant_id: PartyId
    phase: ItemPhase
    title: str
    description: str
    dimension: Dimension
    category: str
    beneficiaries: int
    scope: str
    basis_level: BasisLevel
    basis: str
    listed: Listed | None
    costing: Costing | None
    cost_a_year: Money | None
    begins_on: str
    ends_on: str
    rulebook: str
    """hash of the edition of the lists it was looked up in"""
    assessment: Assessment | None
    decision: str
    """why, when it is decided, or was sent back to be assessed again"""
    source: str
    decided_on: str | None
    exited_on: str | None
    follow_ups: tuple[Followed, ...]
    projects: tuple[ProjectId, ...]


class ItemsPage(Answer):
    items: tuple[ItemAnswer, ...]
    next: UUID | None


def _answer(item: Item, version: int | None = None) -> ItemAnswer:
    told = item.told
    return ItemAnswer(
        version=version,
        id=ItemId(item.id),
        registrar_id=told.registrar_id,
        applicant_id=told.applicant_id,
        phase=item.phase,
        title=told.title,
        description=told.description,
        dimension=told.dimension,
        category=told.category,
        beneficiaries=told.beneficiaries,
        scope=told.scope,
        basis_level=told.basis_level,
        basis=told.basis,
        listed=told.listed,
        costing=told.costing,
        cost_a_year=None if told.costing is None else told.costing.cost,
        begins_on=str(told.begins_on),
        ends_on=str(told.ends_on),
        rulebook=told.rulebook,
        assessment=item.assessment,
        decision=item.decision,
        source=item.source,
        decided_on=None if item.decided_on is None else str(item.decided_on),
        exited_on=None if item.exited_on is None else str(item.exited_on),
        follow_ups=item.followed,
        projects=item.projects,
    )


def _applied(world: World, command: applying.ApplyForItem, cause: UUID) -> ItemAnswer:
    return _answer(world.get(Item, new_id(cause, "item")))


def _done(world: World, command: Any, cause: UUID) -> ItemAnswer:
    return _answer(world.get(Item, command.item_id))


async def _items(connection: Connection, asked: Asked) -> ItemsPage:
    phase = asked.query.get("phase")
    if phase is not None and phase not in set(ItemPhase):
        raise Refused("unknown_item_phase", status=422, field="phase", known=", ".join(ItemPhase))
    items = await store.items_at(connection, asked.id("registrar_id"), phase, asked.cursor, asked.limit)
    return ItemsPage(
        items=tuple(_answer(item) for item in items), next=items[-1].id if len(items) == asked.limit else None
    )


async def _item(connection: Connection, asked: Asked) -> ItemAnswer:
    found = await store.item(connection, asked.id("item_id"))
    if found is None or found[0].told.registrar_id != asked.id("registrar_id"):
        raise Refused("not_found", status=404, what="Item", id=asked.path["item_id"])
    return _answer(*found)


def _of_item(command: Any, cause: UUID) -> tuple[type[Item], UUID]:
    return (Item, command.item_id)


_ITEM = "/v1/gates/{registrar_id}/items/{item_id}"

ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/gates/{registrar_id}/items",
        command=applying.ApplyForItem,
        roles=frozenset({Role.FUNDER}),
        refs=applying.apply_refs,
        decide=applying.apply_for,
        subject=lambda command, cause: (Item, new_id(cause, "item")),
        answer=_applied,
        summary="部门书面申请工作事项进社区 · A department applies to place an item on communities",
    ),
    Post(
        path=_ITEM + "/assessments",
        command=assessing.AssessItem,
        roles=REGISTRAR,
        refs=assessing.assess_refs,
        decide=assessing.assess,
        subject=_of_item,
        answer=_done,
        summary="按三大原则评估 · Assess it by the three principles",
    ),
    Post(
        path=_ITEM + "/confirmation",
        command=assessing.ConfirmItem,
        roles=REGISTRAR,
        refs=assessing.confirm_refs,
        decide=assessing.confirm,
        subject=_of_item,
        answer=_done,
        summary="另一人确认并公布 · Another officer confirms, and it is published",
    ),
    Post(
        path=_ITEM + "/return",
        command=assessing.ReturnItem,
        roles=REGISTRAR,
        refs=refs_of,
        decide=assessing.give_back,
        subject=_of_item,
        answer=_done,
        summary="另一人退回重新评估(须说明理由) · Another officer sends the assessment back, with a reason",
    ),
    Post(
        path=_ITEM + "/follow-ups",
        command=following.FollowUpItem,
        roles=REGISTRAR,
        refs=refs_of,
        decide=following.follow_up,
        subject=_of_item,
        answer=_done,
        summary="会商、督查、指导、考核、退出 · Joint meeting, inspection, guidance, appraisal, exit",
    ),
    Get(
        path="/v1/gates/{registrar_id}/items",
        roles=frozenset(),
        handler=_items,
        answer=ItemsPage,
        summary="准入事项(公开) · Items at a gate",
        query=PAGES,
    ),
    Get(
        path=_ITEM,
        roles=frozenset(),
        handler=_item,
        answer=ItemAnswer,
        summary="一个准入事项的全过程 · One item and its story",
    ),
)
