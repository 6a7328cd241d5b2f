"""The keys an installation was founded with, kept for its owner in `<data>/keys.json`."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkstemp
from typing import Self

from pydantic import AwareDatetime

from deploy.demo.client import Person
from deploy.demo.story.registering import KEY_DAYS
from schemas.ids import PartyId
from schemas.model import Model
from schemas.role import Role

NAME = "keys.json"


class HeldKey(Model):
    """One person's key: for whom it acts, and in which role."""

    name: str
    """for programs: `registrar-1`, `funder-drafter`, `organization-2`, …"""
    role: Role
    holder: str
    party: str
    party_id: PartyId | None
    """none until the party is registered"""
    key: str
    """what stands behind `Bearer`"""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()

    def person(self) -> Person:
        """Once its party is registered."""
        assert self.party_id is not None, f"{self.party} is not registered yet"
        return Person(name=self.holder, party_id=self.party_id, role=self.role, secret=self.key)


class KeyRing(Model):
    made_at: AwareDatetime
    expires_at: AwareDatetime
    keys: tuple[HeldKey, ...]

    def __getitem__(self, name: str) -> HeldKey:
        return next(key for key in self.keys if key.name == name)

    def of(self, party: str) -> list[HeldKey]:
        return [key for key in self.keys if key.party == party]

    def registered(self, party: str, id: PartyId) -> Self:
        keys = (key.model_copy(update={"party_id": id}) if key.party == party else key for key in self.keys)
        return self.model_copy(update={"keys": tuple(keys)})


def new_ring(people: Iterable[tuple[str, Role, str, str, PartyId | None]]) -> KeyRing:
    """`people`: name, role, holder, party and its id. 256 random bits each."""
    made_at = datetime.now(UTC).replace(microsecond=0)
    keys = (
        HeldKey(name=name, role=role, holder=holder, party=party, party_id=id, key=secrets.token_urlsafe(32))
        for name, role, holder, party, id in people
    )
    return KeyRing(made_at=made_at, expires_at=made_at + timedelta(days=KEY_DAYS), keys=tuple(keys))


def read(data: Path) -> KeyRing | None:
    try:
        return KeyRing.model_validate_json((data / NAME).read_bytes())
    except FileNotFoundError:
        return None


def write(data: Path, ring: KeyRing) -> None:
    """Whole or not at all, and readable by its owner only."""
    descriptor, draft = mkstemp(dir=data, prefix=f".{NAME}.")  # mkstemp makes files of mode 600
    with os.fdopen(descriptor, "wb") as file:
        file.write(ring.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, data / NAME)
