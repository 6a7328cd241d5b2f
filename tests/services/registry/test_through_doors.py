"""The registry over HTTP and PostgreSQL, from an empty installation."""

import hashlib
import secrets
from asyncio import gather
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from events.envelope import NO_TRACE
from schemas.ids import PartyId
from schemas.party import PartyKind
from schemas.role import Role
from services import registry
from services.kit.apply import Message, apply
from services.registry.rules.bootstrap import Bootstrap, bootstrap, bootstrap_refs, first_party
from tests.services.registry.stories import USCC
from tests.support.fixtures import Running
from tests.support.system import Person, Reply, System

YEAR = timedelta(days=365)


def a_key() -> tuple[str, str]:
    secret = secrets.token_urlsafe(32)
    return secret, hashlib.sha256(secret.encode()).hexdigest()


async def begin(system: System, division: str = "320508") -> list[Person]:
    """Two registrars, an operator and an auditor, as deploy makes them."""
    keys = [a_key() for _ in range(4)]
    holders = [{"holder": f"示例人员{n}", "digest": digest} for n, (_, digest) in enumerate(keys)]
    command = Bootstrap.model_validate(
        {
            "division": division,
            "registrar": {"name": "示例民政局", "keys": holders[:2]},
            "operator": {"name": "示例运行方", "keys": holders[2:3]},
            "auditor": {"name": "示例审计处", "keys": holders[3:]},
            "expires_at": datetime.now(UTC) + YEAR,
        }
    )
    one = system.running[0]
    cause = uuid4()
    message = Message(
        id=cause,
        body=command,
        refs=bootstrap_refs(command, cause),
        decide=bootstrap,
        correlation=cause,
        traceparent=NO_TRACE,
    )
    async with one.database.transaction() as tx:
        await apply(one.shell, tx, [message])
    kinds = (PartyKind.REGISTRAR, PartyKind.REGISTRAR, PartyKind.OPERATOR, PartyKind.AUDITOR)
    return [
        Person(first_party(kind), PartyId(UUID(int=0)), Role(kind), secret)
        for kind, (secret, _) in zip(kinds, keys, strict=True)
    ]


def an_organization(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "organization",
        "name": "示例助老服务中心",
        "uscc": USCC["organization"],
        "division": "340111",
    } | changes


async def issue(system: System, by: Person, party: str, role: str, **changes: Any) -> tuple[Reply, str]:
    secret, digest = a_key()
    body = {"role": role, "digest": digest, "expires_at": (datetime.now(UTC) + YEAR).isoformat()} | changes
    return await system.post(f"/v1/parties/{party}/keys", body, by), secret


async def test_a_party_is_entered_by_one_registrar_verified_by_another_and_its_people_get_keys(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        one, other, *_ = await begin(system)

        entered = await system.post("/v1/parties", an_organization(), one)
        party = entered.json["id"]
        own = await system.post(f"/v1/parties/{party}/verifications", {}, one)
        verified = await system.post(f"/v1/parties/{party}/verifications", {}, other, If_Match=entered.headers["ETag"])
        key, secret = await issue(system, one, party, "provider", person_name="示例员工")
        shown = await system.get(f"/v1/parties/{party}")
        revoked = await system.post(f"/v1/keys/{key.json['id']}/revocations", {}, one)

        assert (entered.status, entered.json["verified"]) == (201, False)
        assert (own.status, own.json["title"]) == (403, "own_registration")
        assert (verified.status, verified.json["verified"]) == (201, True)
        assert (key.status, key.json["role"]) == (201, "provider")
        assert (shown.json["name"], shown.headers["ETag"]) == ("示例助老服务中心", verified.headers["ETag"])
        assert revoked.json["revoked"]
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == party]
        assert said == ["party.registered", "party.verified", "key.issued", "key.revoked"]
        assert secret not in str(await dump(system))


async def dump(system: System) -> list[Any]:
    """Every row of every table of the registry, as text."""
    tables = await system.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'registry'")
    return [await system.fetch(f"SELECT t::text FROM registry.{row['tablename']} t") for row in tables]


async def test_a_natural_persons_name_is_shown_to_registrars_only_and_told_to_nobody(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, _, _, auditor = await begin(system)
        until = (datetime.now(UTC) + YEAR).date().isoformat()
        body = {
            "kind": "social_worker",
            "name": "王某某",
            "division": "340111",
            "certificate": {"level": "senior", "registered_until": until},
        }

        worker = (await system.post("/v1/parties", body, one)).json["id"]
        public, audited, full = [await system.get(f"/v1/parties/{worker}", by) for by in (None, auditor, one)]

        assert public.json["name"] is public.json["real_name"] is audited.json["real_name"] is None
        assert public.json["certificate"]["level"] == "senior"
        assert full.json["real_name"] == "王某某"
        assert "王某某" not in str(await system.facts("registry"))
        named = [text for table in await dump(system) for text in table if "王某某" in str(text)]
        assert len(named) == 1


async def test_a_code_is_registered_once_also_when_two_registrars_enter_it_at_the_same_moment(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, other, *_ = await begin(system)

        replies = await gather(
            *(system.post("/v1/parties", an_organization(name=f"同码{n}"), by) for n, by in enumerate([one, other] * 3))
        )

        assert sorted(reply.status for reply in replies) == [201] + [409] * 5
        refused = next(reply for reply in replies if reply.status == 409)
        assert (refused.json["title"], refused.json["field"]) == ("uscc_registered", "uscc")


async def test_of_two_registrars_who_verify_at_once_one_does_and_the_other_is_told(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, other, *_ = await begin(system)
        registrar = str(first_party(PartyKind.REGISTRAR))
        issued, secret = await issue(system, one, registrar, "registrar", person_name="示例登记员")
        assert issued.status == 201, issued.json
        third = Person(first_party(PartyKind.REGISTRAR), PartyId(UUID(int=0)), Role.REGISTRAR, secret)
        party = (await system.post("/v1/parties", an_organization(), one)).json["id"]

        replies = await gather(
            *(system.post(f"/v1/parties/{party}/verifications", {}, by) for by in [other, third] * 3)
        )

        assert sorted(reply.status for reply in replies) == [201] + [409] * 5
        assert {reply.json["title"] for reply in replies if reply.status == 409} == {"already_verified"}
        said = [fact["type"] for fact in await system.facts("registry") if fact["key"] == party]
        assert said == ["party.registered", "party.verified"]


async def test_parties_are_listed_by_kind_and_division_page_by_page(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, *_ = await begin(system)
        here = (await system.post("/v1/parties", an_organization(), one)).json["id"]
        evaluators = [
            (await system.post("/v1/parties", {"kind": "evaluator", "name": "甲", "division": "320508"}, one)).json[
                "id"
            ]
            for _ in range(3)
        ]

        anhui = await system.get("/v1/parties?division=340000")
        first = (await system.get("/v1/parties?kind=evaluator&limit=2")).json
        second = (await system.get(f"/v1/parties?kind=evaluator&limit=2&cursor={first['next']}")).json
        wrong = [await system.get(f"/v1/parties?{query}") for query in ("kind=king", "division=99", "cursor=1", "x=1")]

        assert [party["id"] for party in anhui.json["parties"]] == [here]
        assert [p["id"] for p in first["parties"] + second["parties"]] == sorted(evaluators)
        assert second["next"] is None
        assert [reply.status for reply in wrong[:3]] == [422, 422, 422]


async def test_only_registrars_write_here_and_wrong_codes_say_which_part_is_wrong(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, _, operator, auditor = await begin(system)
        party = (await system.post("/v1/parties", an_organization(), one)).json["id"]
        doors = {
            "/v1/parties": an_organization(),
            f"/v1/parties/{party}/verifications": {},
            f"/v1/parties/{party}/suspensions": {"reason": "未年报"},
            f"/v1/parties/{party}/ties": {"tied_to": party, "kind": "other"},
            f"/v1/keys/{uuid4()}/revocations": {},
        }

        for path, body in doors.items():
            for by in (operator, auditor):
                reply = await system.post(path, body, by)
                assert (reply.status, reply.json["title"]) == (403, "wrong_role"), path
        wrong = await system.post("/v1/parties", an_organization(uscc="52340111XXXX000271"), one, Accept_Language="en")
        nul = await system.post("/v1/parties", an_organization(name="a\x00b"), one)
        assert (wrong.status, wrong.json["field"]) == (422, "uscc")
        assert "check character 18 is 1" in wrong.json["detail"]
        assert wrong.json["rule"]["source"].startswith("GB 32100-2015")
        assert nul.json["title"] == "nul_character"


async def test_bootstrapping_again_leaves_the_first_keys_as_they_were(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, *_ = await begin(system)
        stranger, *_ = await begin(system)

        assert (await system.post("/v1/parties", an_organization(), stranger)).status == 401
        assert (await system.post("/v1/parties", an_organization(), one)).status == 201
