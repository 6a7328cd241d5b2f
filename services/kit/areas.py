"""Tenancy (DESIGN section 8): a division's code covers its county, street or community, and nothing outside it exists.

Registrars, auditors and supervisors see what is not their own party's as far as their division reaches. Everybody else
is held to its own party at each door, and is told that a thing is another's only where it lies in its own division.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID, uuid5

from events.database import Database
from schemas import division
from schemas.refused import Refused
from schemas.role import Actor, Role

A = TypeVar("A")
OVERSEERS = frozenset({Role.REGISTRAR, Role.AUDITOR, Role.SUPERVISOR, Role.PROCUREMENT_SUPERVISOR})
SEATED = OVERSEERS | {Role.COMMUNITY, Role.FUNDER, Role.FINANCE}
"""roles whose division says where they work; who bids, scores or runs the system works anywhere"""
A_PARTY = "SELECT $1::uuid"
"""of a path parameter that names a party"""


def within(party: str, prefix: int) -> str:
    """SQL: the party of this column is in the area whose codes begin with `$prefix`; any, where that is null."""
    here = f"SELECT FROM parties p WHERE p.id = {party} AND starts_with(p.state ->> 'division', ${prefix})"
    return f"(${prefix}::text IS NULL OR EXISTS ({here}))"


Places = Mapping[str, str]
"""path parameter → a query of the parties whose it is, given the parameter's id as `$1`; no row where it is unknown"""

_WHERE = "SELECT p.state ->> 'division' AS division FROM ({whose}) AS owner (id) LEFT JOIN parties p USING (id)"
_NOBODYS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000020")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    actor: Actor
    division: str | None
    """where its party is; none for residents, and for a party that was not heard of yet"""

    @property
    def area(self) -> str | None:
        """The division beyond which an overseer sees nothing; none for those who see only what is their own."""
        if self.actor.role not in OVERSEERS:
            return None
        if self.division is None:
            raise Refused("not_here_yet", status=409)
        return self.division


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A request as its caller may see it: what lies outside the caller's area has an id that nobody has."""

    by: Actor | None
    area: str | None = None
    path: Mapping[str, str]
    masked: Mapping[str, str] = field(default_factory=dict)
    """what stands in `path` → what was asked for"""

    def given_back(self, text: str) -> str:
        """The answer about nothing names what was asked for."""
        for mask, asked in self.masked.items():
            text = text.replace(mask, asked)
        return text


async def seen(
    database: Database,
    places: Places,
    path: Mapping[str, str],
    caller: Caller | None,
    act: Callable[[View], Awaitable[A]],
    *,
    public: bool = False,
) -> A:
    """What `act` makes of the request. Outside the caller's area: as everybody sees it, or as if it did not exist."""
    if caller is None:
        return await act(View(by=None, path=path))
    view = View(by=caller.actor, area=caller.area, path=path)
    if caller.division is None or caller.actor.role not in SEATED:
        return await act(view)
    unseen = View(by=None, path=path) if public else _masked(view)
    if caller.area is not None:
        return await _told(act, unseen if await _outside(database, places, caller.area, path) else view)
    try:
        return await act(view)
    except Refused as refused:
        if refused.code != "not_your_party" or not await _outside(database, places, caller.division, path):
            raise
    return await _told(act, unseen)


def _masked(view: View) -> View:
    masked = {name: str(uuid5(_NOBODYS, asked)) for name, asked in view.path.items() if _id(asked) is not None}
    given_back = {mask: view.path[name] for name, mask in masked.items()}
    return View(by=view.by, area=view.area, path={**view.path, **masked}, masked=given_back)


async def _told(act: Callable[[View], Awaitable[A]], view: View) -> A:
    try:
        return await act(view)
    except Refused as refused:
        said = {name: view.given_back(it) for name, it in refused.details.items() if isinstance(it, str)}
        refused.details.update(said)
        raise


async def _outside(database: Database, places: Places, area: str, path: Mapping[str, str]) -> bool:
    """Whether something that the path names belongs to nobody in the area. What is unknown belongs to nobody at all."""
    named = [(places[name], id) for name, asked in path.items() if name in places and (id := _id(asked)) is not None]
    async with database.connection() as connection:
        for whose, id in named:
            rows = await connection.fetch(_WHERE.format(whose=whose), id)
            if rows and not any(row["division"] and division.covers(area, row["division"]) for row in rows):
                return True
    return False


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
