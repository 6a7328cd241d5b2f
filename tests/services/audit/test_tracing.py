"""Uses and transfers as others meet them: events in, answers out, on real PostgreSQL and Kafka."""

from typing import Any
from uuid import uuid4

import pytest

from schemas.dated import PaymentClassified
from schemas.fact import PROJECTS
from schemas.fund import FundAppropriated, PaymentOrdered, SourceType, TranchePaid
from schemas.ids import LotId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Role
from services.audit import SERVICE
from tests.services.audit.banked import an_instruction
from tests.services.audit.entries import OfTheSameMoney
from tests.services.audit.stories import Told
from tests.services.audit.test_service import tell_all, tell_whose
from tests.support.fixtures import Running
from tests.support.system import Person, System
from tests.support.waiting import eventually


async def auditor_of(system: System) -> Person:
    return await system.person(PartyKind.AUDITOR, Role.AUDITOR)


async def uses(system: System, source: object, by: Person, query: str = "") -> Any:
    reply = await system.get(f"/v1/audit/sources/{source}/uses{query}", by)
    assert reply.status == 200, reply.json
    return reply.json


async def transfers(system: System, id: object, by: Person) -> Any:
    reply = await system.get(f"/v1/audit/transfers/{id}", by)
    assert reply.status == 200, reply.json
    return reply.json


def fen(told: Any) -> dict[str, int]:
    return {name: amount["fen"] for name, amount in told.items()}


async def test_a_lot_is_told_by_its_projects_and_an_account_by_its_lots(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)

        lot = await uses(system, told.lots[0], auditor)
        account = await uses(system, told.accounts[0], auditor)

        assert (lot["complete"], lot["findings"], lot["next"]) == (True, [], None)
        (line,) = lot["lots"]
        assert (line["amount"], line["free"], line["adds_up"]) == ({"fen": 500_000}, {"fen": 446_540}, True)
        empty = dict.fromkeys(("reserved", "committed", "released", "ordered"), 0)
        assert fen(line["columns"]) == {**empty, "paid": 53_460, "returned": 6_540}
        (use,) = lot["uses"]
        assert (use["project_id"], use["title"], use["grade"]) == (str(told.project), "楼道扶手", "合格")
        assert [tranche["step"] for tranche in use["tranches"]] == ["paid"] * 3
        assert (account["lots"], account["uses"], account["complete"]) == ([line], [], True)


async def test_a_transfer_is_found_by_its_own_id_by_its_payment_and_by_its_event(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        lines = await tell_all(system, told)
        paid = next(line for line, fact in zip(lines, told.facts, strict=True) if isinstance(fact, TranchePaid))
        order = next(fact for fact in told.facts if isinstance(fact, PaymentOrdered))

        by_event = await transfers(system, paid.event_id, auditor)
        (payment,) = by_event["transfers"]
        by_id = await transfers(system, payment["transfer_id"], auditor)
        (ordered,) = (await transfers(system, order.payment_id, auditor))["transfers"]

        assert by_event["complete"]
        assert by_id["transfers"] == [payment]
        assert (payment["kind"], payment["state"], payment["resolves"]) == ("paid", "posted", str(order.payment_id))
        assert (ordered["state"], ordered["resolved_by"]) == ("pending", [payment["transfer_id"]])
        assert [(lot["source_type"], lot["amount"]["fen"]) for lot in payment["lots"]] == [
            ("budget", 27_000),
            ("lottery", 18_000),
        ]
        assert payment["project"]["payment"]["receipt_digest"] == "a" * 64
        assert (payment["project"]["gates"], payment["project"]["need_id"]) == (["signed"], str(told.need))
        assert "回单相符" in payment["zh"]


async def test_a_payment_shows_the_end_of_the_account_it_went_to_and_its_own_code(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)
        order = next(fact for fact in told.facts if isinstance(fact, PaymentOrdered))
        (before,) = (await transfers(system, order.payment_id, auditor))["transfers"]
        instructed = an_instruction(told).model_copy(update={"payment_id": order.payment_id})
        classified = PaymentClassified(project_id=told.project, payment_id=order.payment_id, economic_code="50299")
        for fact in (instructed, classified):
            await system.seen(await system.teller.tell(fact, "funds"))

        (ordered,) = (await transfers(system, order.payment_id, auditor))["transfers"]

        told_before, told_now = before["project"]["payment"], ordered["project"]["payment"]
        assert (told_before["paid_to"], told_before["economic_code"]) == (None, None)
        assert (told_now["paid_to"], told_now["economic_code"]) == ("****3456", "50299")


async def test_an_arrival_is_a_transfer_for_no_project_yet(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        lines = await tell_all(system, told)
        arrived = next(line for line, fact in zip(lines, told.facts, strict=True) if isinstance(fact, FundAppropriated))

        (arrival,) = (await transfers(system, arrived.event_id, auditor))["transfers"]

        assert (arrival["kind"], arrival["amount"], arrival["project"]) == ("arrived", {"fen": 500_000}, None)
        assert arrival["credit_id"] == str(told.accounts[0])
        assert (await transfers(system, arrival["transfer_id"], auditor))["transfers"] == [arrival]


async def test_only_auditors_ask_and_what_is_unknown_is_not_found(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER)
        lines = await tell_all(system, told)

        for path in (f"/v1/audit/sources/{told.lots[0]}/uses", f"/v1/audit/transfers/{lines[-1].event_id}"):
            assert (await system.get(path)).status == 401
            assert (await system.get(path, funder)).status == 403
        for path in (f"/v1/audit/sources/{uuid4()}/uses", f"/v1/audit/transfers/{uuid4()}"):
            reply = await system.get(path, auditor)
            assert (reply.status, reply.json["title"]) == (404, "not_found")
        moved_nothing = await system.get(f"/v1/audit/transfers/{lines[-1].event_id}", auditor)
        assert moved_nothing.status == 404


async def test_an_accounts_lots_come_in_pages(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_whose(system, told)
        lots = [LotId(uuid4()) for _ in range(5)]
        for lot in lots:
            line = await system.teller.tell(
                FundAppropriated(
                    account_id=told.accounts[0],
                    lot_id=lot,
                    funder_id=told.funder,
                    source_type=SourceType.OWN,
                    budget_line="自筹",
                    amount=Money(7),
                    restricted_to=None,
                ),
                "funds",
            )
        await system.seen(line)

        found: list[str] = []
        cursor = ""
        while True:
            page = await uses(system, told.accounts[0], auditor, f"?limit=2{cursor}")
            found += [one["lot_id"] for one in page["lots"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"

        assert found == [str(lot) for lot in lots]


async def test_a_lots_projects_come_in_pages_and_its_columns_are_of_all_of_them(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)
        others = [OfTheSameMoney(told), OfTheSameMoney(told)]
        for other in others:
            await tell_all(system, other)

        first = await uses(system, told.lots[0], auditor, "?limit=2")
        second = await uses(system, told.lots[0], auditor, f"?limit=2&cursor={first['next']}")

        shown = [use["project_id"] for page in (first, second) for use in page["uses"]]
        assert shown == [str(one.project) for one in (told, *others)]
        assert second["next"] is None
        assert first["lots"] == second["lots"]
        assert (first["lots"][0]["projects"], first["lots"][0]["columns"]["paid"]) == (3, {"fen": 3 * 53_460})


@pytest.mark.parametrize(
    ("gone", "finding"),
    [
        ("fund.appropriated", "its arrival is missing from the archive"),
        ("budget.reserved", "reserved is below zero"),
        ("tranche.paid", "lines about"),
        ("payment.ordered", "no order of that amount"),
    ],
)
async def test_what_is_missing_from_the_archive_makes_the_answer_incomplete(
    running: Running, gone: str, finding: str
) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)
        await system.fetch("DELETE FROM audit.events WHERE type = $1", gone)

        answer = await uses(system, told.lots[0], auditor)

        assert not answer["complete"]
        assert any(finding in one["en"] for one in answer["findings"])
        assert all(one["zh"] for one in answer["findings"])


async def test_lines_that_are_parked_make_the_answer_incomplete_until_they_are_archived(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        *before, _ = told.by
        told.by = before
        await tell_all(system, told)
        said = system.teller.sequences[PROJECTS, "funds", str(told.project)]
        await system.teller.tell_bytes(PROJECTS, str(told.project), "funds", said + 1, "tranche.paid", 1, b"{}")

        async def incomplete() -> Any:
            answer = await uses(system, told.lots[0], auditor)
            return [] if answer["complete"] else answer["findings"]

        (finding,) = await eventually(incomplete, "the key to be parked")
        assert "are parked (poison)" in finding["en"]


async def test_stories_of_before_the_movements_were_kept_are_read_with_the_next_batch(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)
        kept = await system.fetch("SELECT transfer_id, key FROM audit.movements ORDER BY 1")
        await system.fetch("DELETE FROM audit.movements")
        await system.fetch("INSERT INTO audit.movements_due SELECT DISTINCT key FROM audit.events")

        one = kept[0]["transfer_id"]
        waiting = await system.get(f"/v1/audit/transfers/{one}", auditor)
        assert (waiting.status, waiting.json["title"]) == (503, "archive_being_read")
        await system.person(PartyKind.FUNDER, Role.FUNDER)

        assert await system.fetch("SELECT transfer_id, key FROM audit.movements ORDER BY 1") == kept
        assert (await system.get(f"/v1/audit/transfers/{one}", auditor)).status == 200
