"""A foundation pays through the doors: accounts stated and confirmed, a file for the bank, and its receipt back."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4
from xml.etree.ElementTree import fromstring

import asyncpg
import pytest

from schemas.ids import FundAccountId, PartyId
from schemas.party import PartyKind, PartyRegistered, PartyVerified
from schemas.role import Role
from services import funds
from services.funds.rules.pain import SPACE
from tests.services.funds.banking import CARD, FOUNDATION_CODE
from tests.services.funds.desk import a_brief, a_signing, an_approval
from tests.services.funds.test_api import GIFT, Scene, a_scene
from tests.services.funds.test_bank_files import schema
from tests.support.fixtures import Running
from tests.support.system import DIVISION, Person, System

OWN = "32010000000077889900"
NUMBER = "11020208090001234567"
NEW = "11020208090007654321"
BANK = {"bank": "示例银行苏州姑苏支行", "cnaps": "102305001234"}
NAME = "示例社会服务中心"


@dataclass(frozen=True, slots=True)
class House:
    """A foundation with two people in finance, a provider with two, and a signed project paid by a gift."""

    scene: Scene
    other_finance: Person
    other_provider: Person

    @property
    def system(self) -> System:
        return self.scene.system

    @property
    def funder(self) -> str:
        return f"/v1/funders/{self.scene.funder.party_id}"

    async def orders(self, number: int = 1) -> Any:
        path = f"/v1/projects/{self.scene.project}/payments"
        return (await self.system.post(path, {"number": number}, self.scene.finance)).json

    async def has_account(self, one: Person, other: Person, number: str, name: str) -> UUID:
        account = await self.states(one, number, name)
        done = await self.confirms(other, one.party_id, account, number)
        assert done.status == 201, done.json
        return account

    async def states(self, by: Person, number: str, name: str) -> UUID:
        body = {"account": {"holder": name, "number": number} | BANK}
        stated = await self.system.post(f"/v1/parties/{by.party_id}/bank-accounts", body, by)
        assert stated.status == 201, stated.json
        return UUID(stated.json["account_id"])

    async def confirms(self, by: Person, party_id: PartyId, account: UUID, number: str, **more: str) -> Any:
        path = f"/v1/parties/{party_id}/bank-accounts/{account}/confirmation"
        return await self.system.post(path, {"number": number} | more, by)

    async def both_have_accounts(self) -> None:
        await self.has_account(self.scene.finance, self.other_finance, OWN, "示例社区发展基金会")
        await self.has_account(self.scene.provider, self.other_provider, NUMBER, NAME)

    async def files(self, *payments: Any, by: Person | None = None) -> Any:
        body = {"payments": [payment["payment_id"] for payment in payments]}
        return await self.system.post(f"{self.funder}/bank-files", body, by or self.scene.finance)


async def a_foundation(system: System, kind: PartyKind = PartyKind.ORGANIZATION) -> House:
    funder_id = await _registered(system, PartyKind.FUNDER, "示例社区发展基金会", FOUNDATION_CODE)
    provider_id = await _registered(system, kind, NAME if kind is PartyKind.ORGANIZATION else None, None)
    roles = (Role.FUNDER, Role.FINANCE, Role.FINANCE)
    funder, finance, other = [await system.person(PartyKind.FUNDER, role, party_id=funder_id) for role in roles]
    provider, colleague = [await system.person(kind, Role.PROVIDER, party_id=provider_id) for _ in range(2)]
    auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
    made = await system.post("/v1/funds", GIFT | {"amount": {"fen": 10_000}}, finance)
    account = FundAccountId(made.json["account_id"])
    approval = an_approval({account: 10_000}, brief=a_brief(funder_id=funder_id))
    scene = Scene(system, funder, finance, provider, auditor, [account], approval.project_id)
    await scene.tell(approval, a_signing(scene.project, 10_000).model_copy(update={"provider_id": provider_id}))
    return House(scene, other, colleague)


async def _registered(system: System, kind: PartyKind, name: str | None, uscc: str | None) -> PartyId:
    id = PartyId(uuid4())
    registered = PartyRegistered(party_id=id, kind=kind, name=name, uscc=uscc, division=DIVISION, certificate=None)
    await system.teller.tell(registered, "registry")
    await system.seen(await system.teller.tell(PartyVerified(party_id=id), "registry"))
    return id


async def test_a_payment_leaves_in_a_file_and_its_receipt_pays_it(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        ordered = await house.orders()

        made = await house.files(ordered)
        file = made.json["file"]
        pain = await system.get(file["pain_001"], house.scene.finance)
        csv = await system.get(file["csv"], house.scene.finance)
        gb = await system.get(f"{file['csv']}?encoding=gb18030", house.scene.finance)

        assert made.status == 201
        assert (file["payments"], file["total"], file["paid_from"]) == (1, {"fen": 5000}, "****9900")
        assert [credit["paid_to"] for credit in made.json["credits"]] == ["****4567"]
        for reply, digest in ((pain, "pain_digest"), (csv, "csv_digest")):
            assert hashlib.sha256(reply.json).hexdigest() == made.json[digest]
            assert reply.headers["ETag"] == f'"{made.json[digest]}"'
        assert [reply.headers["Content-Type"] for reply in (pain, csv)] == ["application/xml", "text/csv"]
        schema().validate(pain.json.decode())
        (account,) = fromstring(pain.json).iterfind(f".//{{{SPACE}}}CdtrAcct")
        assert "".join(account.itertext()) == NUMBER
        assert gb.json.decode("gb18030") == csv.json.decode("utf-8-sig")
        shown = (await system.get(f"/v1/payments/{ordered['payment_id']}", house.scene.provider)).json
        assert (shown["paid_to"], shown["bank_file"]) == ("****4567", file["file_id"])

        line = {"line_reference": "1", "payment_reference": ordered["reference"], "amount": {"fen": 5000}}
        line |= {"paid_on": ordered["ordered_on"]}
        receipts = await system.post("/v1/receipts", {"lines": [line]}, house.scene.finance)
        assert receipts.json == {"matched": 1, "open": 0, "known": 0}


async def test_a_file_made_twice_is_the_same_and_stays_so_when_the_account_changes(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        ordered = await house.orders()
        made = (await house.files(ordered)).json
        first = (await system.get(made["file"]["pain_001"], house.scene.finance)).json
        await house.has_account(house.other_provider, house.scene.provider, NEW, NAME)

        again = await house.files(ordered)

        assert (again.status, again.json) == (201, made)
        assert (await system.get(made["file"]["pain_001"], house.scene.finance)).json == first
        assert len(await system.facts("funds", "payment.instructed")) == 1


async def test_two_who_make_a_file_at_once_make_one(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        ordered = await house.orders()

        made = await asyncio.gather(*(house.files(ordered, by=by) for by in (house.scene.finance, house.other_finance)))

        assert [reply.status for reply in made] == [201, 201]
        assert made[0].json == made[1].json
        assert len(await system.facts("funds", "payment.instructed")) == 1


async def test_what_the_bank_sends_back_goes_out_under_another_number_in_another_file(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        ordered = await house.orders()
        first = (await house.files(ordered)).json
        line = {"line_reference": "1", "payment_reference": ordered["reference"], "amount": {"fen": 5000}}
        line |= {"paid_on": ordered["ordered_on"], "returned": "账号已销户"}
        await system.post("/v1/receipts", {"lines": [line]}, house.scene.finance)
        await house.has_account(house.scene.provider, house.other_provider, NEW, NAME)

        again = await house.orders()
        second = (await house.files(again)).json

        assert again["reference"] != ordered["reference"]
        assert second["file"]["message_id"] != first["file"]["message_id"]
        assert [credit["paid_to"] for credit in second["credits"]] == ["****4321"]
        assert [credit["paid_to"] for credit in first["credits"]] == ["****4567"]


async def test_what_waits_for_a_file_says_what_it_lacks(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        ordered = await house.orders()

        lacking = (await system.get(f"{house.funder}/bank-files", house.scene.finance)).json
        refused = await house.files(ordered)
        account = await house.states(house.scene.provider, NUMBER, NAME)
        unconfirmed = (await system.get(f"{house.funder}/bank-files", house.scene.finance)).json
        await house.confirms(house.other_provider, house.scene.provider.party_id, account, NUMBER)
        await house.has_account(house.scene.finance, house.other_finance, OWN, "示例社区发展基金会")
        ready = (await system.get(f"{house.funder}/bank-files", house.scene.finance)).json
        await house.files(ordered)
        done = (await system.get(f"{house.funder}/bank-files", house.scene.auditor)).json

        (waits,) = lacking["waiting"]
        assert (waits["reference"], waits["kept_out"]["code"]) == (ordered["reference"], "payee_account_not_stated")
        assert "收款人" in waits["kept_out"]["zh"]
        assert (refused.status, refused.json["title"]) == (409, "no_account_to_pay_from")
        assert unconfirmed["waiting"][0]["kept_out"]["code"] == "payee_account_not_confirmed"
        assert ready["waiting"][0]["kept_out"] is None
        assert (done["waiting"], [file["payments"] for file in done["files"]]) == ([], [1])


async def test_the_same_person_never_confirms_and_finance_of_the_payer_may(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system, PartyKind.SOCIAL_WORKER)
        worker = house.scene.provider
        account = await house.states(worker, CARD, "张三")
        project = str(house.scene.project)

        own = await house.confirms(worker, worker.party_id, account, CARD)
        wrong = await house.confirms(house.scene.finance, worker.party_id, account, NUMBER, project_id=project)
        seen = (await system.get(f"/v1/parties/{worker.party_id}/bank-accounts", house.scene.finance)).json
        right = await house.confirms(house.scene.finance, worker.party_id, account, CARD, project_id=project)

        assert (own.status, own.json["title"]) == (403, "who_stated_does_not_confirm")
        assert (wrong.status, wrong.json["title"], wrong.json["field"]) == (422, "number_differs", "number")
        assert (seen["in_force"], seen["stated"]["number"], seen["stated"]["holder"]) == (None, "****3446", "张三")
        assert (right.status, right.json["in_force"]) == (201, True)


async def test_who_sees_how_much_of_a_social_workers_account(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system, PartyKind.SOCIAL_WORKER)
        await house.has_account(house.scene.provider, house.other_provider, CARD, "张三")
        path = f"/v1/parties/{house.scene.provider.party_id}/bank-accounts"
        stranger = await system.person(PartyKind.FUNDER, Role.FINANCE)
        other = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)

        async def sees(by: Person | None) -> Any:
            reply = await system.get(path, by)
            return reply.status if reply.status != 200 else [reply.json["in_force"][it] for it in ("number", "holder")]

        assert await sees(house.scene.provider) == [CARD, "张三"]
        assert await sees(house.scene.finance) == ["****3446", "张三"]
        assert await sees(house.scene.funder) == ["****3446", None]
        assert await sees(house.scene.auditor) == ["****3446", None]
        assert [await sees(by) for by in (stranger, other, None)] == [403, 403, 401]


async def test_who_confirms_does_not_read_the_number_here(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        path = f"/v1/parties/{house.scene.provider.party_id}/bank-accounts"
        account = await house.states(house.scene.provider, NUMBER, NAME)
        people = (house.scene.provider, house.other_provider)

        waiting = [(await system.get(path, by)).json["stated"]["number"] for by in people]
        await house.confirms(house.other_provider, house.scene.provider.party_id, account, NUMBER)
        confirmed = [(await system.get(path, by)).json["in_force"]["number"] for by in people]

        assert waiting == [NUMBER, "****4567"]
        assert confirmed == [NUMBER, NUMBER]


async def test_what_no_bank_could_use_is_refused_by_field_and_not_repeated(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        path = f"/v1/parties/{house.scene.provider.party_id}/bank-accounts"
        right = {"holder": NAME, "number": NUMBER} | BANK
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"holder": "示例\ufffe"}, "account.holder"),
            ({"number": "4512-secret!"}, "account.number"),
            ({"cnaps": "1023"}, "account.cnaps"),
            ({"cnaps": None}, "account"),
            ({"holder": "别人的名字"}, "account.holder"),
        ]

        replies = [await system.post(path, {"account": right | part}, house.scene.provider) for part, _ in wrong]

        assert [(reply.status, reply.json["field"]) for reply in replies] == [(422, field) for _, field in wrong]
        assert "4512" not in str([reply.json for reply in replies])
        assert (await system.get(path, house.scene.provider)).json["stated"] is None


async def test_a_street_has_no_files_for_a_bank(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = (await system.post(f"/v1/projects/{scene.project}/payments", {"number": 1}, scene.finance)).json
        path = f"/v1/funders/{scene.funder.party_id}/bank-files"

        made = await system.post(path, {"payments": [ordered["payment_id"]]}, scene.finance)

        assert (made.status, made.json["title"]) == (409, "not_a_foundation")
        assert (await system.get(path, scene.finance)).json["waiting"] == []
        application = await system.get(ordered["file"], scene.finance)
        assert hashlib.sha256(application.json).hexdigest() == ordered["file_digest"]


async def test_only_finance_of_the_foundation_fetches_a_file(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        file = (await house.files(await house.orders())).json["file"]
        stranger = await system.person(PartyKind.FUNDER, Role.FINANCE)
        people = [house.other_finance, house.scene.funder, house.scene.provider, house.scene.auditor, stranger, None]

        for path in (file["pain_001"], file["csv"]):
            assert [(await system.get(path, by)).status for by in people] == [200, 403, 403, 403, 403, 401]
        wrong = await system.get(f"{file['csv']}?encoding=latin-1", house.scene.finance)
        assert (wrong.status, wrong.json["title"]) == (422, "no_such_encoding")


async def test_a_withdrawn_account_is_gone_and_its_history_stays(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        provider = house.scene.provider
        account = await house.has_account(provider, house.other_provider, NUMBER, NAME)
        path = f"/v1/parties/{provider.party_id}/bank-accounts"

        done = await system.post(f"{path}/{account}/withdrawal", None, provider)
        seen = (await system.get(path, provider)).json

        assert (done.status, done.json["in_force"]) == (201, False)
        assert seen["in_force"] is None
        (former,) = seen["former"]
        assert (former["number"], former["holder"], former["ending"]) == (None, None, "4567")
        assert (former["stated_by"], former["confirmed_by"], former["ended_by"]) == (
            str(provider.person_id),
            str(house.other_provider.person_id),
            str(provider.person_id),
        )


async def test_the_numbers_are_in_the_two_tables_made_for_them_and_nowhere_else(
    running: Running, capfd: pytest.CaptureFixture[str]
) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        await house.states(house.scene.provider, NEW, NAME)
        await house.confirms(house.scene.provider, house.scene.provider.party_id, uuid4(), NEW)
        await house.files(await house.orders())

        holding = await _tables_with(system.dsn, (OWN, NUMBER, NEW))

        facts = await system.facts("funds", "bank_account.stated", "bank_account.confirmed", "payment.instructed")
        assert holding == {"bank_accounts", "bank_files"}
        assert len(facts) == 6
        assert all(number not in str(facts) for number in (OWN, NUMBER, NEW))
        said = [fact["data"] for fact in facts if fact["type"] == "bank_account.stated"]
        plain = {hashlib.sha256(number.encode()).hexdigest() for number in (OWN, NUMBER, NEW)}
        assert {one["ending"] for one in said} == {"9900", "4567", "4321"}
        assert not {one["digest"] for one in said} & plain
        logged = capfd.readouterr()
        assert all(number not in logged.out + logged.err for number in (OWN, NUMBER, NEW))


async def _tables_with(dsn: str, numbers: tuple[str, ...]) -> set[str]:
    """Tables of funds with a row in which one of the numbers stands, whatever the column; bytes are read as text."""
    connection = await asyncpg.connect(dsn)
    try:
        columns = await connection.fetch(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'funds'"
        )
        found = set()
        for table, column, kind in columns:
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            here = f"SELECT EXISTS (SELECT FROM funds.{table} WHERE {text} ~ $1)"
            if await connection.fetchval(here, "|".join(numbers)):
                found.add(table)
        assert {"outbox", "idempotency", "payments"} <= {row["table_name"] for row in columns}
        return found
    finally:
        await connection.close()


async def test_a_file_that_left_does_not_change_whoever_writes(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        house = await a_foundation(system)
        await house.both_have_accounts()
        await house.files(await house.orders())

        async with system.running[0].database.connection() as connection:
            with pytest.raises(asyncpg.CheckViolationError, match="does not change"):
                await connection.execute("UPDATE bank_files SET version = 2")
            with pytest.raises(asyncpg.CheckViolationError, match="two_persons"):
                await connection.execute(
                    "UPDATE bank_accounts SET state = jsonb_set(state, '{in_force,confirmed_by}', "
                    "state #> '{in_force,stated_by}')"
                )
