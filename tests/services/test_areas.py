"""Tenancy: county › street › community by code. Who oversees a division meets what lies in it, and nothing else."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from deploy.installed import SERVICES
from schemas import uscc
from services import audit, funds, registry
from services.kit.areas import OVERSEERS
from tests.services.doors import name_of
from tests.services.registry.records import GRADE, PAPER
from tests.services.registry.test_through_doors import an_organization, begin, issue
from tests.support.fixtures import Running
from tests.support.system import Person, System
from tests.support.waiting import eventually

FILTERED = {
    "GET /v1/funds",
    "GET /v1/receipts",
    "GET /v1/receipts/open",
    "GET /v1/invoices/{issuer}/{number}",
    "GET /v1/audit/events",
    "GET /v1/audit/digests/{digest}",
    "GET /v1/audit/receipts/{digest}",
    "GET /v1/parties/imports",
    "GET /v1/records/waiting",
}
"""Lists and searches that are asked by no party's id: bounded row by row."""
OF_THE_AREA = {
    "POST /v1/parties",
    "POST /v1/groups",
    "POST /v1/parties/imports",
    "POST /v1/parties/import-previews",
    "POST /v1/divisions/{division}/succession",
    "POST /v1/rulebooks",
    "POST /v1/rulebooks/{hash}/adoption",
    "GET /v1/allowances/{division}",
}
"""Doors that name a division themselves: refused where it is not the registrar's."""
OF_EVERYBODY = {"GET /v1/parties/import-template", "GET /v1/parties/import-template.csv"}
"""Empty forms."""

PREFECTURE, COUNTY, NEXT_DOOR = "320500", "320508", "320509"
STREET, OTHER_STREET = "320508001", "320508002"


def test_every_door_of_an_overseer_is_bounded_by_whose_a_thing_is_or_row_by_row() -> None:
    overseen = {
        name_of(route): any(name in service.places for name in re.findall(r"{(\w+)}", route.path))
        for service in SERVICES
        for route in service.routes
        if route.roles & OVERSEERS
    }

    assert {name for name, placed in overseen.items() if not placed} == FILTERED | OF_THE_AREA | OF_EVERYBODY


def test_a_place_is_no_party_of_a_path_that_no_door_has() -> None:
    for service in SERVICES:
        named = {name for route in service.routes for name in re.findall(r"{(\w+)}", route.path)}
        assert set(service.places) <= named, service.name


@dataclass(frozen=True, slots=True)
class Prefecture:
    """An installation of a prefecture, whose registrars let in those of its counties and streets."""

    system: System
    one: Person
    other: Person
    auditor: Person

    @classmethod
    async def opened(cls, system: System) -> "Prefecture":
        one, other, _, auditor = await begin(system, PREFECTURE)
        return cls(system, one, other, auditor)

    async def office(self, kind: str, division: str, role: str, number: int = 0) -> list[Person]:
        """A verified party there, and two people with keys for it."""
        code = (
            None if role in ("registrar", "auditor") else uscc.make("11", division[:6], f"{number:04}{division[-4:]}")
        )
        body = {"kind": kind, "name": f"示例{kind}{division}", "uscc": code, "division": division}
        entered = await self.system.post("/v1/parties", body, self.one)
        assert entered.status == 201, entered.json
        party = entered.json["id"]
        assert (await self.system.post(f"/v1/parties/{party}/verifications", {}, self.other)).status == 201
        issued = [await issue(self.system, self.one, party, role, person_name=f"示例人员{n}") for n in (1, 2)]
        return [Person(party, key.json["person_id"], role, secret) for key, secret in issued]  # type: ignore[arg-type]

    async def account(self, division: str) -> str:
        """Of a funder there, with money that arrived."""
        finance, _ = await self.office("funder", division, "finance")
        await self._let_in("/v1/funds", finance)
        body = {"source_type": "donation", "budget_line": f"示例 {division}", "amount": {"fen": 4000}}
        made = await self.system.post("/v1/funds", body, finance)
        assert made.status == 201, made.json
        return str(made.json["account_id"])

    async def _let_in(self, path: str, by: Person) -> None:
        async def known() -> bool:
            return (await self.system.get(path, by)).status == 200

        await eventually(known, f"{path} to know the key")

    async def accounts_of(self, auditor: Person) -> list[str]:
        await self._let_in("/v1/funds", auditor)
        return sorted(one["account_id"] for one in (await self.system.get("/v1/funds", auditor)).json["accounts"])


@pytest.mark.timeout(180)
async def test_auditors_see_the_money_of_their_division_a_county_that_of_all_its_streets(running: Running) -> None:
    async with running(registry.SERVICE, funds.SERVICE, audit.SERVICE) as system:
        here = await Prefecture.opened(system)
        one, two, three = [await here.account(place) for place in (STREET, OTHER_STREET, NEXT_DOOR)]
        auditors = {
            place: (await here.office("auditor", place, "auditor"))[0]
            for place in (COUNTY, STREET, OTHER_STREET, NEXT_DOOR)
        } | {PREFECTURE: here.auditor}
        covered = {
            PREFECTURE: [one, two, three],
            COUNTY: [one, two],
            STREET: [one],
            OTHER_STREET: [two],
            NEXT_DOOR: [three],
        }

        for place, mine in covered.items():
            auditor = auditors[place]
            assert await here.accounts_of(auditor) == sorted(mine), place
            for account in (one, two, three):
                await _seen_or_nothing(system, account, auditor, account in mine)
            await eventually(partial(_told_of, system, auditor, mine), f"the archive to tell {place} of its own")
            told = str((await system.get("/v1/audit/events?stream=sanshe.funds&limit=200", auditor)).json)
            assert [account for account in (one, two, three) if account in told] == mine, place


async def _seen_or_nothing(system: System, account: str, auditor: Person, seen: bool) -> None:
    """Elsewhere the same words as for an account that there never was."""
    nothing = "00000000-0000-4000-8000-000000000001"
    for path in ("/v1/funds/{}", "/v1/funds/{}/transfers", "/v1/audit/sources/{}/uses"):
        of_it = await system.get(path.format(account), auditor)
        if seen:
            assert of_it.status == 200 or "audit" in path, path
            continue
        of_nothing = await system.get(path.format(nothing), auditor)
        assert (of_it.status, of_nothing.status) == (404, 404), path
        assert _text(of_it.json).replace(account, nothing) == _text(of_nothing.json), path


def _text(problem: Any) -> str:
    return str(sorted(problem.items()))


async def _told_of(system: System, auditor: Person, accounts: list[str]) -> bool:
    page = await system.get("/v1/audit/events?stream=sanshe.funds&limit=200", auditor)
    return page.status == 200 and all(account in str(page.json) for account in accounts)


@pytest.mark.timeout(120)
async def test_a_registrar_of_a_street_works_in_its_street_and_meets_no_other(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        here = await Prefecture.opened(system)
        mine, theirs = [await here.office("registrar", place, "registrar") for place in (STREET, OTHER_STREET)]
        finance, _ = await here.office("funder", STREET, "finance", 1)

        suspended = f"/v1/parties/{finance.party_id}/suspensions"
        refused = await system.post(suspended, {"reason": "示例"}, theirs[0])
        assert (refused.status, refused.json["title"]) == (404, "not_found")
        assert str(finance.party_id) in refused.json["detail"]
        assert (await system.post(suspended, {"reason": "示例"}, mine[0])).status == 201

        office = {"kind": "funder", "name": "示例办事处", "uscc": uscc.make("11", COUNTY, "99990001")}
        elsewhere = await system.post("/v1/parties", office | {"division": OTHER_STREET}, mine[0])
        assert (elsewhere.status, elsewhere.json["title"]) == (403, "outside_your_area")
        assert elsewhere.json["field"] == "division"
        assert (await system.post("/v1/parties", office | {"division": STREET}, mine[0])).status == 201


@pytest.mark.timeout(120)
async def test_who_is_at_home_elsewhere_is_looked_after_by_the_registrar_who_entered_it(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        here = await Prefecture.opened(system)
        mine, theirs = [await here.office("registrar", place, "registrar") for place in (STREET, OTHER_STREET)]

        entered = await system.post("/v1/parties", an_organization(), mine[0])
        party = entered.json["id"]
        verify = f"/v1/parties/{party}/verifications"
        day = {"valid_from": "2026-01-06", "valid_until": "2031-01-05"}
        grade = {"content": GRADE, "ground": "示例评估", "document": PAPER} | day

        assert entered.json["division"] == "340111"
        assert (await system.post(verify, {}, theirs[0])).json["title"] == "not_found"
        assert (await system.post(verify, {}, mine[1])).status == 201
        record = await system.post(f"/v1/organizations/{party}/records", grade, mine[0])
        assert record.status == 201, record.json
        waiting = [(await system.get("/v1/records/waiting", by)).json["records"] for by in (mine[1], theirs[0])]
        assert [len(records) for records in waiting] == [1, 0]


@pytest.mark.timeout(120)
async def test_a_real_name_is_shown_to_registrars_of_the_area(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        here = await Prefecture.opened(system)
        mine, theirs = [await here.office("registrar", place, "registrar") for place in (STREET, OTHER_STREET)]
        body = {"kind": "evaluator", "name": "王某某", "division": STREET}
        person = (await system.post("/v1/parties", body, mine[0])).json["id"]

        shown = [(await system.get(f"/v1/parties/{person}", by)).json["real_name"] for by in (mine[1], theirs[0], None)]

        assert shown == ["王某某", None, None]
