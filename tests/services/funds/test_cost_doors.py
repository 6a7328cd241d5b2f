"""Costs through the doors and in the database: seen by those whom they concern, an invoice once for everybody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from schemas.clauses import Clauses
from schemas.contract import ProjectPublished
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.role import Role
from services import funds
from tests.services.funds.costs import LIMITS, SHOP, WORKER, a_cost, a_limited_signing, a_report
from tests.services.funds.desk import CODES, a_brief, a_grade, a_signing, an_acceptance, an_approval
from tests.services.funds.ledger import Ledger, a_ledger
from tests.services.funds.test_api import Scene, a_scene
from tests.services.funds.test_at_once import with_retries
from tests.support.fixtures import Running
from tests.support.system import Person, Reply

LIMITED = {"clauses": Clauses(cost_limits=LIMITS)}


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn, size=8) as one:
        yield one


async def another_project(scene: Scene, provider: Person, limited: bool = True) -> ProjectId:
    made = await scene.system.post(
        "/v1/funds",
        CODES | {"source_type": "budget", "budget_line": "2080299", "amount": {"fen": 10_000}},
        scene.finance,
    )
    approval = an_approval({made.json["account_id"]: 10_000}, brief=a_brief(funder_id=PartyId(scene.funder.party_id)))
    changes: dict[str, Any] = {"provider_id": PartyId(provider.party_id)} | (LIMITED if limited else {})
    await scene.tell(approval, a_signing(approval.project_id, 10_000).model_copy(update=changes))
    return approval.project_id


def a_body(*lines: Any, batch: str = "2026-1") -> dict[str, Any]:
    return {"batch": batch, "lines": [line.model_dump(mode="json") for line in lines]}


async def hand_in(scene: Scene, project: ProjectId, by: Person, *lines: Any, batch: str = "2026-1") -> Reply:
    return await scene.system.post(f"/v1/projects/{project}/costs", a_body(*lines, batch=batch), by)


async def today(scene: Scene) -> date:
    (row,) = await scene.system.fetch("SELECT state ->> 'signed_on' AS day FROM funds.spendings LIMIT 1")
    return date.fromisoformat(row["day"])


async def test_costs_from_the_report_to_the_published_sums(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door, day = f"/v1/projects/{project}/costs", await today(scene)
        lines = [a_cost(7000, spent_on=day), a_cost(300, spent_on=day), a_cost(500, "management", spent_on=day)]

        first = await hand_in(scene, project, scene.provider, *lines)
        again = await hand_in(scene, project, scene.provider, *lines)
        over = await hand_in(scene, project, scene.provider, a_cost(701, spent_on=day), batch="2026-2")
        listed = (await system.get(f"{door}/lines?limit=2", scene.provider)).json
        rest = (await system.get(f"{door}/lines?limit=2&cursor={listed['next']}", scene.auditor)).json
        ids = [line["line_id"] for line in (*listed["lines"], *rest["lines"])]
        taken_back = await system.post(f"{door}/{ids[1]}/withdrawal", {"reason": "wrong_head"}, scene.provider)
        rejected = await system.post(f"{door}/{ids[2]}/rejection", {"reason": "无审批单"}, scene.finance)
        sums = (await system.get(door, scene.funder)).json

        assert (first.status, again.status, first.json == again.json) == (201, 201, True)
        assert first.json["heads"] == [
            {"head": "activity", "amount": {"fen": 7300}},
            {"head": "management", "amount": {"fen": 500}},
        ]
        assert (over.status, over.json["title"], over.json["field"]) == (409, "cost_above_limit", "lines.0.amount")
        assert (
            "第 1 行:科目“业务活动费”的限额为价款 100.00 元 的 80%,即 80.00 元;已列支 73.00 元" in over.json["detail"]
        )
        assert over.json["rule"]["source"].startswith("项目协议书")
        assert [line["row"] for line in (*listed["lines"], *rest["lines"])] == [1, 2, 3]
        assert rest["next"] is None
        assert (taken_back.json["status"], rejected.json["status"]) == ("withdrawn", "rejected")
        activity, management, tax = sums["heads"]
        assert (activity["name"], activity["limit"], activity["used"], activity["left"]) == (
            "业务活动费",
            {"fen": 8000},
            {"fen": 7000},
            {"fen": 1000},
        )
        assert (activity["used_percent"], activity["withdrawn"], management["rejected"]) == (
            "70.00",
            {"fen": 300},
            {"fen": 500},
        )
        assert (tax["limit"], tax["used"]) == ({"fen": 0}, {"fen": 0})
        assert (sums["paid"], sums["spent"], sums["advanced"]) == ({"fen": 0}, {"fen": 7000}, {"fen": 7000})
        assert sums["unspent"] is None
        said = [fact["type"] for fact in await system.facts("funds") if fact["key"] == str(project)]
        assert said[3:] == ["costs.reported", "cost.withdrawn", "cost.rejected"]
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def test_sums_are_public_after_publication_and_never_the_lines(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door, day = f"/v1/projects/{project}/costs", await today(scene)
        await hand_in(scene, project, scene.provider, a_cost(4000, spent_on=day))
        stranger = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        before = [await system.get(door), await system.get(door, stranger), await system.get(door, scene.provider)]

        await scene.tell(an_acceptance(project), a_grade(project))
        await pay_all(scene, project)
        await scene.tell(
            ProjectPublished(
                project_id=project,
                contract_id=a_signing(project, 1).contract_id,
                provider_id=PartyId(scene.provider.party_id),
                price=Money(10_000),
                paid=Money(10_000),
                returned=Money(0),
                grade="优秀",
            )
        )
        public = await system.get(door)
        lines = [await system.get(f"{door}/lines"), await system.get(f"{door}/lines", stranger)]

        assert [reply.status for reply in before] == [403, 403, 200]
        assert [before[0].json["title"], before[1].json["title"]] == ["costs_not_public", "not_your_party"]
        assert public.status == 200
        assert (public.json["spent"], public.json["unspent"]) == ({"fen": 4000}, {"fen": 6000})
        assert "issuer" not in str(public.json)
        assert [reply.status for reply in lines] == [401, 403]


async def pay_all(scene: Scene, project: ProjectId) -> None:
    for number in (1, 2, 3):
        ordered = await scene.system.post(f"/v1/projects/{project}/payments", {"number": number}, scene.finance)
        line = {
            "line_reference": f"{project}-{number}",
            "payment_reference": ordered.json["reference"],
            "amount": ordered.json["amount"],
            "paid_on": ordered.json["ordered_on"],
        }
        await scene.system.post("/v1/receipts", {"lines": [line]}, scene.finance)


async def test_of_two_providers_with_one_invoice_at_the_same_moment_one_wins(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        rival = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        mine, theirs = await another_project(scene, scene.provider), await another_project(scene, rival)
        day = await today(scene)

        for turn in range(5):
            line = a_cost(10, spent_on=day)
            replies = await asyncio.gather(
                hand_in(scene, mine, scene.provider, a_cost(1, spent_on=day), line, batch=f"{turn}"),
                hand_in(scene, theirs, rival, line, a_cost(1, spent_on=day), batch=f"{turn}"),
            )

            assert sorted(reply.status for reply in replies) == [201, 409]
            (lost,) = [reply for reply in replies if reply.status == 409]
            assert lost.json["title"] == "invoice_used"
            assert str(mine) not in str(lost.json).replace(lost.json["instance"], "")
            (winner,) = [project for project, reply in zip((mine, theirs), replies, strict=True) if reply.status == 201]
            found = (await system.get(f"/v1/invoices/{SHOP}/{line.invoice.number}", scene.auditor)).json
            assert [use["project_id"] for use in found["uses"]] == [str(winner)]
        refused = await system.get(f"/v1/invoices/{SHOP}/1", scene.provider)
        unknown = await system.get(f"/v1/invoices/{SHOP}/1", scene.auditor)
        assert (refused.status, unknown.status) == (403, 404)


async def test_auditors_see_every_line_an_invoice_ever_stood_on(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        first, second = [await another_project(scene, scene.provider) for _ in range(2)]
        line = a_cost(10, spent_on=await today(scene))
        await hand_in(scene, first, scene.provider, line)
        (known,) = (await system.get(f"/v1/projects/{first}/costs/lines", scene.provider)).json["lines"]
        path = f"/v1/projects/{first}/costs/{known['line_id']}/withdrawal"
        await system.post(path, {"reason": "wrong_project"}, scene.provider)
        await hand_in(scene, second, scene.provider, line)

        found = (await system.get(f"/v1/invoices/{SHOP.lower()}/{line.invoice.number}", scene.auditor)).json

        assert [(use["project_id"], use["line"]["status"]) for use in found["uses"]] == [
            (str(first), "withdrawn"),
            (str(second), "counted"),
        ]


async def test_many_reports_at_once_never_count_an_invoice_twice_nor_pass_a_limit(ledger: Ledger) -> None:
    account = await ledger.appropriate(10_000)
    projects = []
    for _ in range(4):
        approval = an_approval({account: 1000})
        await ledger.hear(approval, a_limited_signing(approval.project_id, 1000))
        projects.append(approval.project_id)
    numbers = [f"N{place}" for place in range(12)]
    codes = set()

    async def worker(place: int) -> int:
        taken = 0
        for turn in range(6):
            chosen = numbers[(place + turn) % 12], numbers[(5 * place + turn + 1) % 12]
            report = a_report(projects[place % 4], *(a_cost(100, number=one) for one in dict.fromkeys(chosen)))
            try:
                await with_retries(lambda: ledger.do(report, WORKER))  # noqa: B023  # called within the turn
                taken += 1
            except Refused as refusal:
                codes.add(refusal.code)
        return taken

    taken = await asyncio.gather(*(worker(place) for place in range(8)))

    assert sum(taken) > 0
    assert "invoice_used_by_you" in codes <= {"invoice_used_by_you", "cost_above_limit"}
    rows = await ledger.fetch("SELECT issuer, number, count(*) AS n FROM cost_lines WHERE NOT withdrawn GROUP BY 1, 2")
    assert rows
    assert {row["n"] for row in rows} == {1}
    assert await ledger.findings() == []


async def test_the_database_itself_counts_an_invoice_once_and_changes_no_line(ledger: Ledger) -> None:
    account = await ledger.appropriate(1000)
    approval = an_approval({account: 1000})
    await ledger.hear(approval, a_limited_signing(approval.project_id, 1000))
    await ledger.do(a_report(approval.project_id, a_cost(10, number="N1")), WORKER)
    again = """
        INSERT INTO cost_lines (id, version, state) SELECT gen_random_uuid(), 1, state || '{"row": 2}' FROM cost_lines
    """

    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.fetch(again)
    with pytest.raises(asyncpg.UniqueViolationError):
        await ledger.fetch("INSERT INTO invoices (id, version, state) SELECT gen_random_uuid(), 1, state FROM invoices")
    with pytest.raises(asyncpg.CheckViolationError):
        await ledger.fetch("UPDATE cost_lines SET state = jsonb_set(state, '{amount,fen}', '9')")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ledger.fetch("DELETE FROM cost_lines")
    assert await ledger.findings() == []
    await ledger.as_owner("UPDATE spendings SET state = jsonb_set(state, '{heads,0,counted,fen}', '9')")
    assert len(await ledger.findings()) == 1
