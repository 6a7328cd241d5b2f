"""Parties enter: one registrar registers, another verifies, and people get keys."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from deploy.demo.client import Client, Person, Problem
from schemas import uscc
from schemas.edition import is_listed
from schemas.ids import PartyId
from schemas.party import NATURAL_PERSONS, Certificate, CertificateLevel, PartyKind
from schemas.role import Role
from services.registry.api.parties import EntryAnswer, KeyAnswer, PartyAnswer, TieAnswer

KEY_DAYS = 399
EXAMPLE = "示例社区,不在区划代码表内"
NOBODY = UUID(int=0)
PROBES = (
    "/v1/needs/-",
    f"/v1/projects/{NOBODY}",
    f"/v1/projects/{NOBODY}/ranking",
    f"/v1/projects/{NOBODY}/contract",
    f"/v1/funds/{NOBODY}",
    f"/v1/projects/{NOBODY}/evaluation",
    f"/v1/audit/projects/{NOBODY}/trace",
)
"""One question to every service that hears of parties; what it answers does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The registrars of an installation, and the business time at which they work."""

    enters: Person
    verifies: Person
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a registrar reads in the papers."""

    kind: PartyKind
    name: str
    division: str
    uscc: str | None = None
    certificate: Certificate | None = None


def credit_code(category: str, county: str, run: str, number: int) -> str:
    """A valid code of nobody: four characters that tell runs apart, and a number."""
    return uscc.make(category, county, f"{run}{number:04}")


def a_run() -> str:
    """Four characters for the codes of one run, so that a second run on the same installation finds them free."""
    return "".join(secrets.choice("ABCDEFGHJKLMNPQRTUWXY") for _ in range(4))


def certified(now: datetime, level: CertificateLevel = CertificateLevel.SOCIAL_WORKER) -> Certificate:
    """A certificate whose registration runs for two more years."""
    day = now.date()
    return Certificate(level=level, registered_until=date(day.year + 2, day.month, min(day.day, 28)))


async def register(api: Client, registry: Registry, entry: Entry, *, key: str | None = None) -> PartyId:
    """Entered, and not yet able to act."""
    body = entry_body(entry)
    try:
        return (await api.post("/v1/parties", PartyAnswer, body, registry.enters, key=key)).id
    except Problem as problem:
        if problem.code != "idempotency_key_reused":
            raise
    # founded before communities were checked against the list: the request as it was then has its answer
    del body["newer_reason"]
    return (await api.post("/v1/parties", PartyAnswer, body, registry.enters, key=key)).id


def entry_body(entry: Entry) -> dict[str, object]:
    body: dict[str, object] = {
        "kind": entry.kind,
        "name": entry.name,
        "division": entry.division,
        "uscc": entry.uscc,
        "certificate": entry.certificate,
    }
    return body | ({"newer_reason": EXAMPLE} if is_made_up(entry.division) else {})


def is_made_up(code: str) -> bool:
    """Examples have communities of their own, that nobody may take for real ones."""
    return len(code) == 12 and not is_listed(code)


async def verify(api: Client, registry: Registry, party_id: PartyId, *, key: str | None = None) -> None:
    """Another registrar checked the papers."""
    await api.post(f"/v1/parties/{party_id}/verifications", PartyAnswer, None, registry.verifies, key=key)


async def give_key(
    api: Client,
    registry: Registry,
    party_id: PartyId,
    role: Role,
    name: str,
    *,
    natural: bool = False,
    secret: str | None = None,
    key: str | None = None,
) -> Person:
    """Somebody may act for the party; a natural person acts for itself."""
    secret = secret or secrets.token_urlsafe(32)
    body = {
        "role": role,
        "digest": hashlib.sha256(secret.encode()).hexdigest(),
        "expires_at": registry.now + timedelta(days=KEY_DAYS),
        "person_name": None if natural else name,
    }
    await api.post(f"/v1/parties/{party_id}/keys", KeyAnswer, body, registry.enters, key=key)
    return Person(name=name, party_id=party_id, role=role, secret=secret)


async def admit(api: Client, registry: Registry, entry: Entry, *people: tuple[Role, str]) -> tuple[Person, ...]:
    """Registered, verified, with a key for each of its people, and known to every service."""
    party_id = await register(api, registry, entry)
    await verify(api, registry, party_id)
    natural = entry.kind in NATURAL_PERSONS
    found = [await give_key(api, registry, party_id, role, name, natural=natural) for role, name in people]
    await known(api, found[-1])
    return tuple(found)


async def known(api: Client, person: Person) -> None:
    """Until every service has heard of the party and its newest key."""
    for path in PROBES:
        await api.hear(path, person.party_id, person)


async def party(api: Client, party_id: PartyId) -> EntryAnswer:
    return await api.get(f"/v1/parties/{party_id}", EntryAnswer)


async def recuse(api: Client, person: Person, from_: Sequence[PartyId]) -> None:
    """A natural person declares whom it may not judge."""
    for other in from_:
        body = {"tied_to": other, "kind": "employment"}
        await api.post(f"/v1/parties/{person.party_id}/ties", TieAnswer, body, person)
