"""Doors of needs at departments: the matrix and its parties, hand-over, answer, closing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.handling import STREET
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.api.steps import HandlingAnswer, handling_answer
from services.needs.rules import departments, handing_over
from services.needs.rules.departments import AssignDepartment, Department, Offices, offices_id
from services.needs.rules.gate.lists import lists_in
from services.needs.rules.handling import Handling, HandlingPhase
from services.needs.store import handling as store

COMMUNITY = frozenset({Role.COMMUNITY})
DEPARTMENT = frozenset({Role.FUNDER})


class OfficesAnswer(Answer):
    """`parties`: entry of the matrix → the party that it is in this division."""

    division: str
    parties: dict[str, PartyId]


class DepartmentsAnswer(Answer):
    """The authority matrix of an area, with its parties as far as they are assigned. Public."""

    division: str
    rulebook: str
    """hash of the edition in force today"""
    source: str
    street_id: PartyId | None
    """whom overdue needs go up to"""
    departments: tuple[Department, ...]


class HandlingsPage(Answer):
    handlings: tuple[HandlingAnswer, ...]
    next: UUID | None


def _assigned(world: World, command: AssignDepartment, cause: UUID) -> OfficesAnswer:
    offices = world.get(Offices, offices_id(command.division))
    return OfficesAnswer(division=offices.division, parties=dict(offices.parties))


def _handled(world: World, command: handing_over.OfNeed, cause: UUID) -> HandlingAnswer:
    return handling_answer(world.get(Handling, command.need_id))


def _of_need(command: handing_over.OfNeed, cause: UUID) -> Ref:
    return (Handling, command.need_id)


def _area(asked: Asked) -> str:
    area = asked.path["division"]
    if division.check(area) is not None:
        raise Refused("no_such_area", status=404, division=area)
    return area


async def _departments(connection: Connection, asked: Asked) -> DepartmentsAnswer:
    area = _area(asked)
    book = lists_in(area, await adopted.shelf(connection), day_of(asked.at))
    offices = await store.offices_of(connection, dict.fromkeys((area[:9], area[:6])))
    return DepartmentsAnswer(
        division=area,
        rulebook=book.hash,
        source=book.source(departments.MATRIX).text if departments.MATRIX in book.rules else "",
        street_id=departments.party_for(offices, STREET),
        departments=departments.departments(book, offices),
    )


async def _handlings(connection: Connection, asked: Asked) -> HandlingsPage:
    area, phase, overdue = _area(asked), asked.query.get("phase"), asked.query.get("overdue", "no")
    if phase is not None and phase not in set(HandlingPhase):
        raise Refused("unknown_handling_phase", status=422, field="phase", known=", ".join(HandlingPhase))
    if overdue not in ("yes", "no"):
        raise Refused("neither_yes_nor_no", status=422, field="overdue")
    found = await store.handlings_in(
        connection, area, phase, overdue=overdue == "yes", after=asked.cursor, limit=asked.limit
    )
    return HandlingsPage(
        handlings=tuple(handling_answer(one) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def _post(path: str, command: type[Any], roles: frozenset[Role], decide: Callable[..., Any], summary: str) -> Post:
    return Post(
        path=f"/v1/needs/{{need_id}}/{path}",
        command=command,
        roles=roles,
        refs=handing_over.refs,
        decide=decide,
        subject=_of_need,
        answer=_handled,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/registrars/{registrar_id}/departments",
        command=AssignDepartment,
        roles=frozenset({Role.REGISTRAR}),
        refs=departments.assign_refs,
        decide=departments.assign,
        subject=lambda command, cause: (Offices, offices_id(command.division)),
        answer=_assigned,
        summary="登记权责清单中的部门由谁担任 · Say which party is a department of the matrix",
    ),
    _post(
        "handovers",
        handing_over.HandOver,
        COMMUNITY,
        handing_over.hand_over,
        "按权责清单交办:主办和会办 · Hand a need over to departments, by the authority matrix",
    ),
    _post(
        "acceptance",
        handing_over.AcceptHandover,
        DEPARTMENT,
        handing_over.accept,
        "部门接办 · The leading department takes it",
    ),
    _post(
        "return",
        handing_over.ReturnHandover,
        DEPARTMENT,
        handing_over.give_back,
        "部门退回,写明应由谁办理 · It is not this department's, and whose it is",
    ),
    _post(
        "answers",
        handing_over.AnswerNeed,
        DEPARTMENT,
        handing_over.answer,
        "主办答复,会办提出意见 · The leading department answers, an assisting one gives its opinion",
    ),
    _post(
        "closure",
        handing_over.CloseNeed,
        COMMUNITY,
        handing_over.close,
        "社区征求居民意见后办结 · The community closes it with the resident's view",
    ),
    _post(
        "reopening",
        handing_over.ReopenNeed,
        COMMUNITY,
        handing_over.reopen,
        "居民不满意,重新办理一次 · Open it again, once",
    ),
    Get(
        path="/v1/departments/{division}",
        roles=frozenset(),
        handler=_departments,
        answer=DepartmentsAnswer,
        summary="一个街道或县区的权责清单和各部门 · The authority matrix of an area, and its departments",
    ),
    Get(
        path="/v1/handlings/{division}",
        roles=frozenset(),
        handler=_handlings,
        answer=HandlingsPage,
        summary="部门办理中的需求,可只看逾期 · Needs at departments; the overdue ones",
        query={
            "phase": "办理阶段 · handed_over, accepted, returned, answered, closed",
            "overdue": "yes:只看已逾期上报街道的 · yes: only those that went up to the street",
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
)
