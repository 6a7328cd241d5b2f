"""A client beside whom strangers stand: before each command one in the same role gives the same, after it all look."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from deploy.demo.client import Client, Person, Problem
from schemas.role import Role
from services.kit.areas import OVERSEERS
from services.kit.service import Get, Post
from tests.services.doors import GETS, POSTS, Doors, address, name_of

A = TypeVar("A", bound=BaseModel)

OF_NOBODY = frozenset(
    {
        "/v1/parties",
        "/v1/parties/import-template",
        "/v1/parties/import-template.csv",
        "/v1/residents/import-template",
        "/v1/residents/import-template.csv",
        "/v1/parties/import-previews",
        "/v1/parties/imports",
        "/v1/parties/imports/{import_id}/verification",
        "/v1/divisions/{division}/succession",
        "/v1/parties/{party_id}/verifications",
        "/v1/parties/{party_id}/suspensions",
        "/v1/parties/{party_id}/institution-class",
        "/v1/parties/{party_id}/keys",
        "/v1/keys/{key_id}/revocations",
        "/v1/groups",
        "/v1/organizations/{party_id}/records",
        "/v1/organizations/{party_id}/records/{record_id}/confirmations",
        "/v1/organizations/{party_id}/records/{record_id}/rejections",
        "/v1/organizations/{party_id}/records/{record_id}/endings",
        "/v1/communities/{party_id}/records",
        "/v1/communities/{party_id}/records/{record_id}/confirmations",
        "/v1/communities/{party_id}/records/{record_id}/rejections",
        "/v1/communities/{party_id}/records/{record_id}/endings",
        "/v1/parties/{party_id}/certificate-renewals",
        "/v1/parties/{party_id}/certificate-renewals/{record_id}/confirmations",
        "/v1/parties/{party_id}/certificate-renewals/{record_id}/rejections",
        "/v1/parties/{party_id}/certificate-renewals/{record_id}/endings",
        "/v1/funds",
        "/v1/projects/{project_id}/holds",
        "/v1/communities/{community_id}/governance-grades",
        "/v1/communities/{community_id}/commissions",
        "/v1/gates/{registrar_id}/items",
        "/v1/committees/{committee_id}/roll",
        "/v1/projects/{project_id}/recovery",
    }
)
"""Doors with nothing behind them that is one party's: any registrar registers, alone or by
the file, any funder opens its own account, any
auditor holds money back, any registrar publishes how a community is graded or lists a committee's members, any funder
may ask a community for help, or apply at a gate; any operator may use a
recovery share."""
RARE: dict[str, dict[str, Any]] = {
    "/v1/parties/{party_id}/suspensions": {"reason": "示例"},
    "/v1/parties/{party_id}/ties": {"tied_to": str(UUID(int=1)), "kind": "employment"},
    "/v1/keys/{key_id}/revocations": {},
    "/v1/communities/{community_id}/governance-grades": {"period": "2026-H1"},
    "/v1/projects/{project_id}/rating-tokens": {"digests": ["0" * 64]},
}
"""Doors of overseers that no overseer goes through in the story, and what to say there."""
OF_ONESELF = frozenset({"/v1/projects/{project_id}/eligibility"})
"""Doors that answer a stranger about the stranger."""
OF_AN_AREA = frozenset({"/v1/allowances/{division}"})
"""Doors that are asked about a division, which is nobody's; tests/services/test_areas.py knows them."""
HIDDEN = [
    get for get in GETS if get.roles > {Role.AUDITOR} and "{" in get.path and get.path not in OF_ONESELF | OF_AN_AREA
]
"""What auditors see, and otherwise only whom it concerns."""


@dataclass(slots=True)
class Tried:
    """What strangers were told at each door: status and code."""

    told: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    next_door: dict[str, set[tuple[tuple[int, str], tuple[int, str]]]] = field(default_factory=lambda: defaultdict(set))
    """overseers of the next county: told of the thing itself, and of one that there never was"""
    ids: dict[str, str] = field(default_factory=dict)
    """the parts of an address, as last seen"""


class Watched(Client):
    def __init__(self, url: str, doors: Doors) -> None:
        super().__init__(url)
        self._doors = doors
        self.tried = Tried()

    async def post(
        self, path: str, answers: type[A], body: Any = None, by: Person | None = None, *, key: str | None = None
    ) -> A:
        found = post_at(path)
        if found is not None and by is not None and by.role in OVERSEERS and found[1]:
            post, other = found[0], self._doors.neighbours[by.role]
            same = Person(name="neighbour", party_id=other.party_id, role=by.role, secret=other.secret)
            of_it = await self._refused(path, answers, body, same)
            self.tried.next_door[name_of(post)].add(
                (of_it, await self._refused(address(post, kept_of(found[1])), answers, body, same))
            )
        if found is not None and by is not None and found[0].path not in OF_NOBODY:
            post, ids = found
            self.tried.ids |= ids
            stranger = self._doors.who(by.role)
            same = Person(name="stranger", party_id=stranger.party_id, role=by.role, secret=stranger.secret)
            self.tried.told[name_of(post)].add(await self._refused(path, answers, body, same))
        answer = await super().post(path, answers, body, by, key=key)
        self.tried.ids = {name: str(value) for name, value in answer if name.endswith("_id")} | self.tried.ids
        await self._look_around()
        return answer

    async def _look_around(self) -> None:
        """Strangers of every role ask for what an auditor can see just now."""
        for get in HIDDEN:
            path, system = address(get, self.tried.ids), self._doors.system
            if (await system.get(path, self._doors.who(Role.AUDITOR))).status == 200:
                for role in get.roles - {Role.AUDITOR}:
                    reply = await system.get(path, self._doors.who(role))
                    self.tried.told[name_of(get)].add((reply.status, reply.json.get("title", "shown")))

    async def _refused(self, path: str, answers: type[A], body: Any, by: Person) -> tuple[int, str]:
        try:
            await super().post(path, answers, body, by)
        except Problem as problem:
            return problem.status, problem.code
        return 201, "let in"


def kept_of(ids: dict[str, str]) -> dict[str, str]:
    """The parts of an address that name no thing: a milestone, a number."""
    return {name: value for name, value in ids.items() if not name.endswith("_id")}


def post_at(path: str) -> tuple[Post, dict[str, str]] | None:
    return next(
        ((post, match.groupdict()) for post in POSTS if (match := re.fullmatch(pattern(post), path)) is not None), None
    )


def pattern(route: Post | Get) -> str:
    return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path)
