"""Codes of communities: whether the edition has them, and what became of those that were merged away."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas import division, edition
from schemas.deciding import World
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry import store
from services.registry.rules.divisions import (
    RecordSuccession,
    Succession,
    is_community,
    record_succession,
    succession_of,
    succession_refs,
)


class SuccessionAnswer(Answer):
    division: str
    successor: str
    effective_on: date
    basis: str


class DivisionAnswer(Answer):
    division: str
    name: str
    """of the county, prefecture or province it lies in, with what that lies in"""
    edition: str
    """of the list of communities"""
    listed: bool | None
    """does a community stand in it; null above a community"""
    succession: SuccessionAnswer | None


def _of(succession: Succession) -> SuccessionAnswer:
    return SuccessionAnswer(
        division=succession.division,
        successor=succession.successor,
        effective_on=succession.effective_on,
        basis=succession.basis,
    )


def _recorded(world: World, command: RecordSuccession, cause: UUID) -> SuccessionAnswer:
    return _of(world.get(Succession, succession_of(command.division)))


async def _one(connection: Connection, asked: Asked) -> DivisionAnswer:
    code = asked.path["division"]
    if division.check(code) is not None:
        raise Refused("not_found", status=404, what="Division", id=code[:20])
    found = await store.succession(connection, code) if is_community(code) else None
    return DivisionAnswer(
        division=code,
        name=division.full_name_of(code),
        edition=edition.EDITION,
        listed=edition.is_listed(code) if is_community(code) else None,
        succession=None if found is None else _of(found),
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/divisions/{division}/succession",
        command=RecordSuccession,
        roles=frozenset({Role.REGISTRAR}),
        refs=succession_refs,
        decide=record_succession,
        subject=lambda command, cause: (Succession, succession_of(command.division)),
        answer=_recorded,
        summary="登记社区撤并:自某日起由另一区划代码承继 · Record that a community was merged into another",
    ),
    Get(
        path="/v1/divisions/{division}",
        roles=frozenset(),
        handler=_one,
        answer=DivisionAnswer,
        summary="一个区划代码:是否在册、是否撤并 · A division code: is it listed, was it merged away",
    ),
)
