"""Through the doors: HTTP for people, the log for other services, real servers behind both."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from schemas.ids import FundAccountId, PartyId, ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from schemas.tranche import TranchePlan
from services import funds
from tests.services.funds.desk import CODES, PLAN, a_brief, a_grade, a_signing, an_acceptance, an_approval
from tests.support.fixtures import Running
from tests.support.system import Person, System

MONEY = CODES | {"source_type": "budget", "budget_line": "2080299 民政管理事务", "amount": {"fen": 6000}}
GIFT = {"source_type": "donation", "budget_line": "示例基金会 2026-7", "amount": {"fen": 4000}}


@dataclass(frozen=True, slots=True)
class Scene:
    """A funder with its finance, a provider, and a signed project of 10,000 fen from two sources."""

    system: System
    funder: Person
    finance: Person
    provider: Person
    auditor: Person
    accounts: list[FundAccountId]
    project: ProjectId

    async def tell(self, *facts: Any) -> None:
        for fact in facts:
            line = await self.system.teller.tell(fact, "elsewhere")
        await self.system.seen(line)


async def a_scene(system: System, *, plan: TranchePlan = PLAN, **first: str) -> Scene:
    funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
    finance = await system.person(PartyKind.FUNDER, Role.FINANCE, party_id=funder.party_id)
    provider = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
    auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
    made = [await system.post("/v1/funds", body, finance) for body in (MONEY | first, GIFT)]
    accounts = [FundAccountId(reply.json["account_id"]) for reply in made]
    brief = a_brief(funder_id=funder.party_id)
    approval = an_approval(dict(zip(accounts, (6000, 4000), strict=True)), brief=brief)
    scene = Scene(system, funder, finance, provider, auditor, accounts, approval.project_id)
    signing = a_signing(scene.project, 10_000, plan).model_copy(update={"provider_id": PartyId(provider.party_id)})
    await scene.tell(approval, signing)
    return scene


async def test_a_project_is_funded_released_paid_and_settled_through_the_doors(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        money = f"/v1/projects/{scene.project}/money"
        waiting = (await system.get(money, scene.provider)).json

        await scene.tell(an_acceptance(scene.project), a_grade(scene.project, 90))
        for number in (1, 2, 3):
            ordered = await system.post(f"/v1/projects/{scene.project}/payments", {"number": number}, scene.finance)
            assert ordered.status == 201
            line = {
                "line_reference": f"2026-{number}",
                "payment_reference": ordered.json["reference"],
                "amount": ordered.json["amount"],
                "paid_on": ordered.json["ordered_on"],
            }
            receipts = await system.post("/v1/receipts", {"lines": [line]}, scene.finance)
            assert receipts.json == {"matched": 1, "open": 0, "known": 0}
            again = await system.post("/v1/receipts", {"lines": [line]}, scene.finance)
            assert again.json == {"matched": 0, "open": 0, "known": 1}
        settled = (await system.get(money, scene.provider)).json

        assert [tranche["step"] for tranche in waiting["tranches"]] == ["released", "waiting", "waiting"]
        first, *later = [tranche["clock"] for tranche in waiting["tranches"]]
        assert (first["days_left"], first["days_late"], first["late_interest"]) == (30, 0, {"fen": 0})
        assert later == [None, None]
        assert [tranche["missing"]["code"] for tranche in waiting["tranches"]] == [
            "payment_not_ordered",
            "mid_term_not_accepted",
            "final_not_graded",
        ]
        assert (settled["phase"], settled["paid"], settled["returned"]) == ("settled", {"fen": 9900}, {"fen": 100})
        assert [line["amount"]["fen"] for line in settled["tranches"][0]["sources"]] == [3000, 2000]
        assert settled["tranches"][0]["paid_on"] == ordered.json["ordered_on"]
        said = [fact["type"] for fact in await system.facts("funds") if fact["key"] == str(scene.project)]
        assert said == [
            "budget.reserved",
            "funds.committed",
            "tranche.released",
            "tranche.released",
            "tranche.released",
            *["payment.ordered", "tranche.paid", "receipts.matched"] * 3,
            "project.settled",
        ]
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def test_the_payment_file_is_what_its_digest_says_and_not_for_the_provider(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json

        file = await system.get(ordered["file"], scene.finance)

        assert hashlib.sha256(file.json).hexdigest() == ordered["file_digest"]
        assert file.headers["Content-Type"] == "text/csv"
        assert (await system.get(ordered["file"], scene.provider)).status == 403
        payment = f"/v1/payments/{ordered['payment_id']}"
        assert [line["source_type"] for line in (await system.get(payment, scene.provider)).json["lines"]] == [
            "budget",
            "donation",
        ]


async def test_who_may_do_and_see_what(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        stranger = await system.person(PartyKind.FUNDER, Role.FINANCE)
        other = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        account, project = f"/v1/funds/{scene.accounts[0]}", f"/v1/projects/{scene.project}"
        payment = f"/v1/payments/{ordered['payment_id']}"
        people = [scene.funder, scene.finance, scene.provider, scene.auditor, stranger, other, None]

        seen = {
            path: [(await system.get(path, person)).status for person in people]
            for path in (account, f"{account}/transfers", f"{project}/money", payment, f"{payment}/file")
        }
        done = {
            path: [(await system.post(path, body, person)).status for person in people]
            for path, body in (
                (f"{account}/appropriations", MONEY),
                (f"{project}/payments", {"number": 1}),
                ("/v1/receipts", {"lines": [_line(ordered)]}),
            )
        }

        assert seen == {
            account: [200, 200, 403, 200, 403, 403, 401],
            f"{account}/transfers": [200, 200, 403, 200, 403, 403, 401],
            f"{project}/money": [200, 200, 200, 200, 403, 403, 401],
            payment: [200, 200, 200, 200, 403, 403, 401],
            f"{payment}/file": [200, 200, 403, 200, 403, 403, 401],
        }
        assert done == {
            f"{account}/appropriations": [201, 201, 403, 403, 403, 403, 401],
            f"{project}/payments": [403, 409, 403, 403, 403, 403, 401],
            "/v1/receipts": [403, 201, 403, 403, 403, 403, 401],
        }


def _line(ordered: Any, fen: int | None = None) -> dict[str, Any]:
    amount = ordered["amount"] if fen is None else {"fen": fen}
    return {
        "line_reference": uuid4().hex,
        "payment_reference": ordered["reference"],
        "amount": amount,
        "paid_on": ordered["ordered_on"],
    }


async def test_lists_show_their_own_and_page(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        stranger = await system.person(PartyKind.FUNDER, Role.FINANCE)
        await system.post("/v1/funds", MONEY, stranger)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        await system.post("/v1/receipts", {"lines": [_line(ordered, 1), _line(ordered, 2)]}, scene.finance)

        own = (await system.get("/v1/funds", scene.finance)).json["accounts"]
        first = (await system.get("/v1/funds?limit=1", scene.finance)).json
        second = (await system.get(f"/v1/funds?limit=1&cursor={first['next']}", scene.finance)).json
        everybodys = (await system.get("/v1/funds", scene.auditor)).json["accounts"]
        one_funders = (await system.get(f"/v1/funds?funder_id={scene.funder.party_id}", scene.auditor)).json["accounts"]
        statement = f"/v1/funds/{scene.accounts[0]}/transfers"
        newest = (await system.get(f"{statement}?limit=1", scene.finance)).json
        older = (await system.get(f"{statement}?cursor={newest['next']}", scene.finance)).json
        still_open = (await system.get("/v1/receipts/open", scene.finance)).json["receipts"]

        assert {account["account_id"] for account in own} == set(scene.accounts)
        assert {one["account_id"] for page in (first, second) for one in page["accounts"]} == set(scene.accounts)
        assert (len(everybodys), len(one_funders)) == (3, 2)
        assert sorted(one["free"]["fen"] for one in own) == [0, 0]
        assert [t["reason"] for t in newest["transfers"] + older["transfers"]] == [
            "tranche 1 released",
            "reservation",
            "appropriation",
        ]
        assert newest["transfers"][0]["lots"] == [{"lot_id": own_lot(own, scene.accounts[0]), "amount": {"fen": 3000}}]
        assert [(line["why_open"], line["age_days"]) for line in still_open] == [("part_of_payment", 0)] * 2
        assert (await system.get("/v1/receipts/open", stranger)).json["receipts"] == []


def own_lot(accounts: list[Any], account_id: FundAccountId) -> str:
    lot: str = next(one for one in accounts if one["account_id"] == account_id)["lots"][0]["lot_id"]
    return lot


async def test_a_fact_told_twice_and_a_gate_told_too_early_change_nothing(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        approval = an_approval(dict.fromkeys(scene.accounts[:1], 1), brief=a_brief(funder_id=scene.funder.party_id))
        first = await system.teller.tell(an_acceptance(scene.project), "contracts", sequence=1)
        await system.teller.tell(an_acceptance(scene.project), "contracts", sequence=1)
        early = await system.teller.tell(an_acceptance(approval.project_id), "contracts")
        refused = await system.teller.tell(approval, "tenders")
        for line in (first, early, refused):
            await system.seen(line)

        released = await system.facts("funds", "tranche.released")
        assert [fact["data"]["number"] for fact in released] == [1, 2]
        (too_early,) = await system.facts("funds", "tranche.refused")
        assert (too_early["data"]["code"], too_early["key"]) == ("gate_before_signing", str(approval.project_id))
        assert "签署" in too_early["data"]["reason_zh"]
        (no_money,) = await system.facts("funds", "budget.refused")
        assert no_money["data"]["code"] == "not_enough_money"
        assert "0.01 元" in no_money["data"]["reason_zh"]
        assert "102号" in no_money["data"]["source"]


WRONG = [
    (MONEY | {"amount": {"fen": 0}}, "amount"),
    (MONEY | {"amount": {"yuan": 5}}, "amount.fen"),
    (MONEY | {"amount": {"fen": 1e30}}, "amount.fen"),
    (MONEY | {"budget_line": "\u0001"}, "budget_line"),
    (MONEY | {"funder_id": "me"}, "funder_id"),
]


async def test_a_body_that_does_not_fit_is_refused_with_its_field(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        finance = await system.person(PartyKind.FUNDER, Role.FINANCE)

        replies = [await system.post("/v1/funds", body, finance) for body, _ in WRONG]

        assert [(reply.status, reply.json["field"]) for reply in replies] == [(422, field) for _, field in WRONG]
        assert (await system.get("/v1/funds", finance)).json["accounts"] == []


CORRECTION = {"amount": {"fen": 100}, "reason": "entered_twice", "basis": "更正单〔2026〕1 号"}
REFUND = {"amount": {"fen": 10}, "reason": "overpaid", "basis": "多付", "line_reference": "R-1"}


async def test_a_mistake_is_corrected_by_a_second_person_and_shown_with_what_it_corrects(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        account = f"/v1/funds/{scene.accounts[0]}"
        more = (await system.post(f"{account}/appropriations", MONEY, scene.finance)).json["lot_id"]
        arrival = (await system.get(f"{account}/transfers?limit=1", scene.funder)).json["transfers"][0]
        path = f"/v1/funders/{scene.funder.party_id}/transfers/{arrival['transfer_id']}/corrections"

        own = await system.post(path, CORRECTION, scene.finance)
        done = await system.post(path, CORRECTION, scene.funder)
        its_own = path.replace(arrival["transfer_id"], done.json["transfer_id"])
        again = await system.post(its_own, CORRECTION, scene.finance)
        beyond = await system.post(path, CORRECTION | {"amount": {"fen": 5901}}, scene.funder)
        strange = await system.post(path, CORRECTION | {"reason": "because"}, scene.funder)

        assert arrival["recorded_by"] == str(scene.finance.person_id)
        assert (own.status, own.json["title"]) == (403, "who_recorded_does_not_correct")
        assert (done.status, done.json["corrects"]) == (201, arrival["transfer_id"])
        assert (again.status, again.json["title"]) == (409, "correction_of_a_correction")
        assert (beyond.status, beyond.json["title"], beyond.json["field"]) == (409, "more_than_is_free", "amount")
        assert (strange.status, strange.json["field"]) == (422, "reason")
        mirror = (await system.get(f"{account}/transfers?limit=1", scene.auditor)).json["transfers"][0]
        assert (mirror["corrects"], mirror["recorded_by"]) == (arrival["transfer_id"], str(scene.funder.person_id))
        seen = (await system.get(account, scene.auditor)).json
        (lot,) = [lot for lot in seen["lots"] if lot["lot_id"] == more]
        assert (seen["appropriated"], seen["free"]) == ({"fen": 11_900}, {"fen": 5900})
        assert (lot["amount"], lot["corrected"], lot["free"]) == ({"fen": 6000}, {"fen": 100}, {"fen": 5900})
        (told,) = await system.facts("funds", "fund.corrected")
        assert (told["key"], told["data"]["amount"]) == (str(scene.accounts[0]), {"fen": 100})


async def test_a_refund_is_recorded_by_finance_and_seen_by_whom_it_concerns(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        await system.post("/v1/receipts", {"lines": [_line(ordered)]}, scene.finance)
        path = f"/v1/projects/{scene.project}/refunds"
        body = REFUND | {"received_on": ordered["ordered_on"]}
        stranger = await system.person(PartyKind.FUNDER, Role.FINANCE)

        done = [(await system.post(path, body, by)).status for by in (scene.funder, scene.provider, stranger)]
        first = await system.post(path, body, scene.finance)
        twice = await system.post(path, body, scene.finance)
        beyond = await system.post(path, body | {"line_reference": "R-2", "amount": {"fen": 4991}}, scene.finance)

        assert done == [403, 403, 403]
        assert [share["amount"]["fen"] for share in first.json["refund"]["shares"]] == [6, 4]
        assert (twice.status, twice.json["title"]) == (409, "refund_recorded_already")
        assert (beyond.status, beyond.json["title"]) == (409, "refund_above_paid")
        assert "49.90" in beyond.json["detail"]
        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json
        assert (money["paid"], money["refunded"]) == ({"fen": 5000}, {"fen": 10})
        for by in (scene.provider, scene.auditor, scene.funder):
            assert (await system.get(path, by)).json["refunds"] == [first.json["refund"]]
        assert (await system.get(path, stranger)).status == 403
        account = (await system.get(f"/v1/funds/{scene.accounts[0]}", scene.finance)).json
        assert (account["appropriated"], account["spent"], account["free"]) == (
            {"fen": 6000},
            {"fen": 2994},
            {"fen": 6},
        )
        (told,) = await system.facts("funds", "payment.refunded")
        assert (told["data"]["reason"], told["data"]["amount"]) == ("overpaid", {"fen": 10})
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def test_how_long_a_reservation_stands_and_what_lies_idle_can_be_asked(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        approval = an_approval({scene.accounts[0]: 100}, brief=a_brief(funder_id=scene.funder.party_id))
        await system.post(f"/v1/funds/{scene.accounts[0]}/appropriations", MONEY, scene.finance)
        await scene.tell(approval)

        reserved = (await system.get(f"/v1/projects/{approval.project_id}/money", scene.finance)).json
        committed = (await system.get(f"/v1/projects/{scene.project}/money", scene.finance)).json
        idle = await system.get(f"/v1/funders/{scene.funder.party_id}/idle", scene.funder)
        ahead = await system.get(f"/v1/funders/{scene.funder.party_id}/idle?on=2999-01-01", scene.auditor)

        assert date.fromisoformat(reserved["reserved_until"]) > date.fromisoformat(idle.json["on"])
        assert committed["reserved_until"] is None
        accounts = {one["account_id"]: one for one in idle.json["accounts"]}
        of_budget = accounts[str(scene.accounts[0])]
        assert (of_budget["appropriated"], of_budget["spent"], of_budget["reserved"], of_budget["balance"]) == (
            {"fen": 12_000},
            {"fen": 3000},
            {"fen": 3100},
            {"fen": 9000},
        )
        assert {lot["standing"] for one in accounts.values() for lot in one["lots"]} == {"current", "kept"}
        assert (ahead.status, ahead.json["title"]) == (422, "idle_day_ahead")
