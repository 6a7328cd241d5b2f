"""A question as a handler sees it, and the base of what it answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from schemas import division
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Actor
from services.kit.vault import Vault

MOST_PER_PAGE = 200
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class Answer(Model):
    """The base of every JSON answer. One with a field `version: int` is sent with that as its ETag."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One GET: who asks (None when public), when (business time), and with what."""

    by: Actor | None
    area: str | None = None
    """the division beyond which the caller sees nothing in a list; none where everybody sees the same, or its own"""
    at: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    vault: Vault
    """opens what a service keeps sealed for those who may read it"""

    def id(self, name: str) -> UUID:
        """A path parameter that must be a UUID."""
        try:
            return UUID(self.path[name])
        except ValueError:
            raise Refused("not_a_uuid", status=422, field=name) from None

    @property
    def prefix(self) -> str | None:
        """What the codes in the caller's area begin with, for `areas.within`; none where no area is set."""
        return None if self.area is None else division.prefix(self.area)

    @property
    def actor(self) -> Actor:
        if self.by is None:
            raise Refused("unauthenticated", status=401)
        return self.by

    def digest(self, name: str) -> str | None:
        """A query parameter that must be a SHA-256 in hexadecimal, where it is given."""
        text = self.query.get(name)
        return None if text is None else _digest(text, name)

    def digest_in_path(self, name: str) -> str:
        return _digest(self.path[name], name)

    def must_page(self) -> None:
        """Whether `limit` and `cursor` can be read, also where a handler answers without them (422)."""
        _ = self.limit, self.cursor

    @property
    def limit(self) -> int:
        text = self.query.get("limit", "50")
        if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_PER_PAGE:
            raise Refused("limit_out_of_range", status=422, field="limit", most=MOST_PER_PAGE)
        return int(text)

    @property
    def cursor(self) -> UUID | None:
        """Lists page by the last id seen."""
        text = self.query.get("cursor")
        if text is None:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise Refused("not_a_uuid", status=422, field="cursor") from None


def _digest(text: str, name: str) -> str:
    if _SHA256.fullmatch(text) is None:
        raise Refused("not_a_sha256", status=422, field=name)
    return text.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An answer that is a file and not JSON; its media type stands at the door."""

    body: bytes
    name: str
