"""The first start of an empty installation: who registers, runs and audits it, and a street to try it with.

The founders enter through registry's one command that has no door; everybody else through the public API, with the
founders' keys. All of it can be done again: what was done before is answered as it was then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from deploy import keys
from deploy.embedded import CannotStart
from deploy.keys import HeldKey, KeyRing
from events.trace import traceparent, uuid7
from schemas import uscc
from schemas.ids import PartyId
from schemas.party import NATURAL_PERSONS, CertificateLevel, PartyKind
from schemas.role import Role
from services.kit.apply import Message, apply
from services.kit.running import Running
from services.kit.standing import key_by_digest
from services.registry.rules.bootstrap import Bootstrap, FirstKey, Institution, bootstrap, bootstrap_refs, first_party

COUNTY = "320508"
STREET = f"{COUNTY}001"
REGISTRAR, OPERATOR, AUDITOR = "示例民政局(登记)", "示例运维中心", "示例民政局(审计监督)"
FOUNDERS = (
    ("registrar-1", Role.REGISTRAR, "登记员甲", REGISTRAR),
    ("registrar-2", Role.REGISTRAR, "登记员乙", REGISTRAR),
    ("operator", Role.OPERATOR, "运维员", OPERATOR),
    ("auditor", Role.AUDITOR, "审计员", AUDITOR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoParty:
    """One party of the example street. Its credit code is valid and belongs to nobody."""

    kind: PartyKind
    name: str
    division: str = STREET
    category: str | None = None
    """the first two characters of its credit code; none for a natural person"""
    body: str = ""
    people: tuple[tuple[str, Role, str], ...]

    @property
    def uscc(self) -> str | None:
        return None if self.category is None else uscc.make(self.category, COUNTY, self.body)


def _community(number: int, name: str) -> DemoParty:
    return DemoParty(
        kind=PartyKind.COMMUNITY,
        name=name,
        division=f"{STREET}{number:03}",
        category="55",
        body=f"EXAMPLC{number}",
        people=((f"community-{number}", Role.COMMUNITY, "社区工作者"),),
    )


def _organization(number: int, category: str, name: str) -> DemoParty:
    return DemoParty(
        kind=PartyKind.ORGANIZATION,
        name=name,
        category=category,
        body=f"EXAMPLP{number}",
        people=((f"organization-{number}", Role.PROVIDER, "项目负责人"),),
    )


def _person(kind: PartyKind, role: Role, slug: str, name: str) -> DemoParty:
    return DemoParty(kind=kind, name=name, people=((slug, role, name),))


STREET_PARTIES = (
    DemoParty(
        kind=PartyKind.FUNDER,
        name="示例街道办事处",
        category="11",
        body="EXAMPLF1",
        people=(
            ("funder-drafter", Role.FUNDER, "起草人"),
            ("funder-approver", Role.FUNDER, "批准人"),
            ("finance", Role.FINANCE, "财务人员"),
        ),
    ),
    _community(1, "示例街道第一社区居民委员会"),
    _community(2, "示例街道第二社区居民委员会"),
    _organization(1, "52", "示例社会工作服务中心"),
    _organization(2, "52", "示例为老服务中心"),
    _organization(3, "51", "示例社区教育促进会"),
    _organization(4, "52", "示例邻里互助中心"),
    _person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, "social-worker-1", "示例社工甲"),
    _person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, "social-worker-2", "示例社工乙"),
    _person(PartyKind.EVALUATOR, Role.EVALUATOR, "evaluator-1", "示例专家甲"),
    _person(PartyKind.EVALUATOR, Role.EVALUATOR, "evaluator-2", "示例专家乙"),
)


async def found(registry: Running, data: Path, address: str, *, street: bool) -> KeyRing | None:
    """The installation's keys; None when it was founded from another data folder and its keys are not here."""
    ring = keys.read(data)
    if ring is None:
        if await _has_registrar(registry):
            return None
        ring = keys.new_ring([*FOUNDERS, *_people_of_the_street()] if street else FOUNDERS)
        keys.write(data, ring)  # before they count: a key that counts and is lost cannot be had again
    await _bootstrap(registry, ring)
    if not await _is_known(registry, ring["registrar-1"]):
        return None
    if street:
        async with aiohttp.ClientSession(address) as http:
            for party in STREET_PARTIES:
                if ring.of(party.name):
                    ring = ring.registered(party.name, await _enter(http, party, ring))
        keys.write(data, ring)
    return ring


def _people_of_the_street() -> list[tuple[str, Role, str, str]]:
    return [(name, role, holder, party.name) for party in STREET_PARTIES for name, role, holder in party.people]


async def _has_registrar(registry: Running) -> bool:
    async with registry.database.connection() as connection:
        registrar = first_party(PartyKind.REGISTRAR)
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM parties WHERE id = $1)", registrar))


async def _is_known(registry: Running, key: HeldKey) -> bool:
    async with registry.database.connection() as connection:
        return await key_by_digest(connection, key.digest) is not None


async def _bootstrap(registry: Running, ring: KeyRing) -> None:
    """Through apply, like everything; nothing happens when it was done before."""

    def institution(name: str) -> Institution:
        holders = tuple(FirstKey(holder=key.holder, digest=key.digest) for key in ring.of(name))
        return Institution(name=name, keys=holders)

    command = Bootstrap(
        division=COUNTY,
        registrar=institution(REGISTRAR),
        operator=institution(OPERATOR),
        auditor=institution(AUDITOR),
        expires_at=ring.expires_at,
    )
    cause = uuid7()
    message = Message(
        id=cause,
        body=command,
        refs=bootstrap_refs(command, cause),
        decide=bootstrap,
        correlation=cause,
        traceparent=traceparent(),
    )
    async with registry.database.transaction() as tx:
        await apply(registry.shell, tx, [message])
    registry.wake()


async def _enter(http: aiohttp.ClientSession, party: DemoParty, ring: KeyRing) -> PartyId:
    """One registrar registers, the other verifies and issues the keys."""
    first, second = ring["registrar-1"], ring["registrar-2"]
    entry: dict[str, Any] = {"kind": party.kind, "name": party.name, "division": party.division, "uscc": party.uscc}
    if party.kind is PartyKind.SOCIAL_WORKER:
        until = ring.made_at.date().replace(day=1).replace(year=ring.made_at.year + 2)
        entry["certificate"] = {"level": CertificateLevel.SOCIAL_WORKER, "registered_until": until.isoformat()}
    slug = party.people[0][0]
    id = PartyId((await _post(http, "/v1/parties", entry, first, f"found-{slug}"))["id"])
    await _post(http, f"/v1/parties/{id}/verifications", {}, second, f"verify-{slug}")
    for key in ring.of(party.name):
        issue = {"role": key.role, "digest": key.digest, "expires_at": ring.expires_at.isoformat()}
        if party.kind not in NATURAL_PERSONS:
            issue["person_name"] = key.holder
        await _post(http, f"/v1/parties/{id}/keys", issue, second, f"key-{key.name}")
    return id


async def _post(http: aiohttp.ClientSession, path: str, body: Mapping[str, Any], by: HeldKey, key: str) -> Any:
    headers = {"Authorization": f"Bearer {by.key}", "Idempotency-Key": key}
    async with http.post(path, json=body, headers=headers) as answer:
        said = await answer.json(content_type=None)
        if answer.status != 201:
            raise CannotStart(f"The example street could not be registered: {path} answered {said.get('detail', said)}")
        return said
