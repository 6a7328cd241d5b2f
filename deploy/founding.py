"""The first start of an empty installation: who registers, runs and audits it, and a street to try it with.

The founders enter through registry's one command that has no door; everybody else through the public API, with the
founders' keys. All of it can be done again: what was done before is answered as it was then.
"""

import asyncio
from dataclasses import dataclass

from deploy import keys
from deploy.demo.client import Client, Problem
from deploy.demo.story.registering import Entry, Registry, certified, give_key, register, verify
from deploy.embedded import CannotStart
from deploy.keys import HeldKey, KeyRing
from deploy.serve import House
from events.trace import traceparent, uuid7
from schemas import division, uscc
from schemas.ids import PartyId
from schemas.party import NATURAL_PERSONS, PartyKind
from schemas.role import Role
from services.kit.apply import Message, apply
from services.kit.running import Running
from services.kit.service import REGISTRY as REGISTRY_SERVICE
from services.kit.standing import key_by_digest
from services.registry.rules.bootstrap import Bootstrap, FirstKey, Institution, bootstrap, bootstrap_refs, first_party

COUNTY = "320508"
STREET = f"{COUNTY}001"
HEAR_S = 30
LOOK_EVERY_S = 0.1
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
    """the first two characters of its credit code; none for a natural person or a committee"""
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


def _committee(number: int, name: str) -> DemoParty:
    """The supervision committee of the community with this number."""
    return DemoParty(
        kind=PartyKind.SUPERVISION_COMMITTEE,
        name=name,
        division=f"{STREET}{number:03}",
        people=((f"supervisor-{number}", Role.SUPERVISOR, "监督委员"),),
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
    DemoParty(
        kind=PartyKind.PROCUREMENT_SUPERVISOR,
        name="示例区财政局(政府采购监督)",
        division=COUNTY,
        category="11",
        body="EXAMPLT1",
        people=(("procurement-supervisor", Role.PROCUREMENT_SUPERVISOR, "采购监督人员"),),
    ),
    _community(1, "示例街道第一社区居民委员会"),
    _community(2, "示例街道第二社区居民委员会"),
    _committee(1, "示例街道第一社区居务监督委员会"),
    _committee(2, "示例街道第二社区居务监督委员会"),
    _organization(1, "52", "示例社会工作服务中心"),
    _organization(2, "52", "示例为老服务中心"),
    _organization(3, "51", "示例社区教育促进会"),
    _organization(4, "52", "示例邻里互助中心"),
    _person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, "social-worker-1", "示例社工甲"),
    _person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, "social-worker-2", "示例社工乙"),
    _person(PartyKind.EVALUATOR, Role.EVALUATOR, "evaluator-1", "示例专家甲"),
    _person(PartyKind.EVALUATOR, Role.EVALUATOR, "evaluator-2", "示例专家乙"),
    _person(PartyKind.EVALUATOR, Role.EVALUATOR, "evaluator-3", "示例专家丙"),
)


async def founded(house: House, *, street: bool) -> KeyRing | None:
    """The installation's keys, known to every service; None when they are not in this data folder.

    That is so when it was founded from another one, or when registry runs elsewhere.
    """
    registry, data = house.service(REGISTRY_SERVICE), house.settings.data
    if registry is None:
        return keys.read(data)
    ring = keys.read(data)
    if ring is None:
        if await _has_registrar(registry):
            return None
        ring = keys.new_ring([*_founders(), *(_people_of_the_street() if street else ())])
        keys.write(data, ring)  # before they count: a key that counts and is lost cannot be had again
    await _bootstrap(registry, ring, house.settings.division)
    if not await _is_known(registry, ring["registrar-1"]):
        return None
    if street:
        ring = await _enter_all(house.address, ring)
        keys.write(data, ring)
    await _heard_by_all(house)
    return ring


async def _heard_by_all(house: House) -> None:
    """Not for ever: a service that hangs is for `sanshe status` to show."""
    here = {one.shell.service.name for one in house.running}
    for _ in range(int(HEAR_S / LOOK_EVERY_S)):
        if not any(one.behind or one.unsent.lines for one in await house.observer.look() if one.name in here):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _enter_all(address: str, ring: KeyRing) -> KeyRing:
    registrars = Registry(enters=ring["registrar-1"].person(), verifies=ring["registrar-2"].person(), now=ring.made_at)
    try:
        async with Client(address) as api:
            for party in STREET_PARTIES:
                if ring.of(party.name):
                    ring = ring.registered(party.name, await _enter(api, registrars, party, ring))
    except Problem as problem:
        raise CannotStart(
            f"示例街道没有登记成功:{problem}", f"The example street could not be registered ({problem.code})."
        ) from problem
    return ring


def _founders() -> list[tuple[str, Role, str, str, PartyId]]:
    kinds = {REGISTRAR: PartyKind.REGISTRAR, OPERATOR: PartyKind.OPERATOR, AUDITOR: PartyKind.AUDITOR}
    return [(*founder, first_party(kinds[founder[-1]])) for founder in FOUNDERS]


def _people_of_the_street() -> list[tuple[str, Role, str, str, None]]:
    return [(name, role, holder, party.name, None) for party in STREET_PARTIES for name, role, holder in party.people]


async def _has_registrar(registry: Running) -> bool:
    async with registry.database.connection() as connection:
        registrar = first_party(PartyKind.REGISTRAR)
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM parties WHERE id = $1)", registrar))


async def _is_known(registry: Running, key: HeldKey) -> bool:
    async with registry.database.connection() as connection:
        return await key_by_digest(connection, key.digest) is not None


async def _bootstrap(registry: Running, ring: KeyRing, place: str) -> None:
    """Through apply, like everything; nothing happens when it was done before."""
    if fault := division.check(place):
        raise CannotStart(f"SANSHE_DIVISION 不是可用的区划:{fault.zh}", f"SANSHE_DIVISION: {fault.en}.")

    def institution(name: str) -> Institution:
        holders = tuple(FirstKey(holder=key.holder, digest=key.digest) for key in ring.of(name))
        return Institution(name=name, keys=holders)

    command = Bootstrap(
        division=place,
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


async def _enter(api: Client, registrars: Registry, party: DemoParty, ring: KeyRing) -> PartyId:
    """Each request has a key of its own, so that the next start asks the same again and gets the same answer."""
    slug = party.people[0][0]
    certificate = certified(ring.made_at) if party.kind is PartyKind.SOCIAL_WORKER else None
    entry = Entry(kind=party.kind, name=party.name, division=party.division, uscc=party.uscc, certificate=certificate)
    id = await register(api, registrars, entry, key=f"founding.register.{slug}")
    await verify(api, registrars, id, key=f"founding.verify.{slug}")
    natural = party.kind in NATURAL_PERSONS
    for key in ring.of(party.name):
        named = f"founding.key.{key.name}"
        await give_key(api, registrars, id, key.role, key.holder, natural=natural, secret=key.key, key=named)
    return id
