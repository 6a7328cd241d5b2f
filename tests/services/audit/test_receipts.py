"""The lines of statements behind a payment, and what was delivered for it, at the auditor's doors."""

import pytest

from schemas.fact import Fact
from schemas.fund import TranchePaid
from schemas.tranche import Gate
from services.audit import SERVICE
from services.audit.rules import Reached, delivered, findings, openings_of, unlike_lines, use_of
from tests.services.audit.entries import project
from tests.services.audit.receipted import a_line, first_paid, receipted, shown_by
from tests.services.audit.stories import Told
from tests.services.audit.test_service import tell_all
from tests.services.audit.test_story import a_story
from tests.services.audit.test_tracing import auditor_of, transfers, uses
from tests.support.fixtures import Running

TWO = (a_line("L1", 20_000, 2, "1"), a_line("L2", 25_000, 3, "2"))


def facts_of(told: Told) -> list[Fact]:
    return [fact for _, fact in receipted(told, *TWO)]


def test_lines_whose_digest_the_payment_names_leave_the_story_complete() -> None:
    told = Told()

    assert findings(a_story(facts_of(told))) == []


def test_lines_that_are_not_those_the_payment_was_booked_by_are_a_finding() -> None:
    told = Told()
    facts = [
        fact.model_copy(update={"receipt_digest": "9" * 64}) if fact == first_paid_of(told) else fact
        for fact in facts_of(told)
    ]

    (finding,) = unlike_lines(facts)

    assert "tranche 1" in finding.en
    assert finding in findings(a_story(facts))


def first_paid_of(told: Told) -> TranchePaid:
    return next(fact for fact in facts_of(told) if isinstance(fact, TranchePaid))


def test_a_tranche_of_a_use_names_its_lines_and_what_was_delivered() -> None:
    told = Told()

    use = use_of(project(told, facts_of(told)), told.lots[0])

    assert [len(tranche.lines) for tranche in use.tranches] == [2, 0, 0]
    assert use.tranches[0].lines == TWO
    assert [one.reached for one in use.delivered.milestones] == [Reached.ACCEPTED] * 2
    assert use.opened[0].gate is Gate.SIGNED
    assert set(use.opened[0].by)


def test_nothing_is_delivered_and_no_gate_is_open_before_anything_happened() -> None:
    told = Told()
    begun = project(told, told.facts[:5])

    assert (delivered(begun).milestones, delivered(begun).visits, openings_of(begun)) == ((), 0, ())


async def test_a_transfer_and_a_lot_name_file_row_day_and_amount_of_each_line(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        told.by = receipted(told, *TWO)
        await tell_all(system, told)

        (ordered,) = (await transfers(system, first_paid(told).payment_id, auditor))["transfers"]
        lot = await uses(system, told.lots[0], auditor)

        part = ordered["project"]
        assert [line["statement_digest"] for line in part["payment"]["lines"]] == ["f" * 64] * 2
        assert [(line["row"], line["paid_on"], line["amount"]["fen"]) for line in part["payment"]["lines"]] == [
            (2, "2026-03-05", 20_000),
            (3, "2026-03-05", 25_000),
        ]
        assert part["payment"]["lines_missing"] is None
        assert {one["reached"] for one in part["delivered"]["milestones"]} == {"accepted"}
        assert [one["gate"] for one in part["opened"]] == part["gates"] == ["signed"]
        assert lot["uses"][0]["tranches"][0]["lines"] == part["payment"]["lines"]
        assert lot["complete"]


async def test_a_payment_of_before_lines_were_told_says_so(running: Running) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        await tell_all(system, told)

        (ordered,) = (await transfers(system, first_paid(told).payment_id, auditor))["transfers"]

        assert ordered["project"]["payment"]["lines"] == []
        assert "only the digest" in ordered["project"]["payment"]["lines_missing"]["en"]


@pytest.mark.parametrize("of", ["the payment", "a line"])
async def test_a_receipt_is_found_by_the_digest_of_its_payment_and_of_a_line(running: Running, of: str) -> None:
    async with running(SERVICE) as system:
        auditor, told = await auditor_of(system), Told()
        told.by = receipted(told, *TWO)
        await tell_all(system, told)
        digest = shown_by(told, *TWO).receipt_digest if of == "the payment" else TWO[1].digest

        reply = await system.get(f"/v1/audit/receipts/{digest.upper()}", auditor)

        assert (reply.status, reply.json["complete"]) == (200, True), reply.json
        (payment,) = reply.json["payments"]
        assert (payment["project_id"], payment["number"]) == (str(told.project), 1)
        assert [line["line_reference"] for line in payment["lines"]] == ["L1", "L2"]


async def test_what_is_no_digest_is_refused_and_names_the_field(running: Running) -> None:
    async with running(SERVICE) as system:
        reply = await system.get("/v1/audit/receipts/seven", await auditor_of(system))

        assert (reply.status, reply.json["title"], reply.json["field"]) == (422, "not_a_sha256", "digest")
