"""The papers of an agreement that was signed and changed, as its doors give them, against the database's rows."""

import json
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.change import CommitmentChanged
from schemas.days import minute_of
from schemas.money import Money
from schemas.paper import GATES
from schemas.tranche import Gate, PlannedTranche, Tranche, TranchePlan
from services.contracts import SERVICE
from tests.schemas.test_capitals import read_back
from tests.services.contracts.awarded import EVIDENCE
from tests.services.contracts.reading import Read, read
from tests.services.contracts.test_service import Project, a_project
from tests.support.fixtures import Running

PLAN = TranchePlan(
    tranches=(
        PlannedTranche(share_percent=Decimal("33.33"), gate=Gate.MID_TERM_ACCEPTED),
        PlannedTranche(share_percent=Decimal("66.67"), gate=Gate.FINAL_GRADED, grade_at_least="良好"),
    )
)
INCREASE = 1_234_56
Rows = Any


async def rows_of(project: Project) -> Rows:
    found = await project.system.fetch("SELECT state FROM contracts.contracts WHERE id = $1", project.id)
    return json.loads(found[0]["state"])


async def names_of(project: Project) -> dict[str, str | None]:
    found = [json.loads(row["state"]) for row in await project.system.fetch("SELECT state FROM contracts.parties")]
    return {party["id"]: party["name"] for party in found}


async def paper(project: Project, path: str) -> Read:
    reply = await project.system.get(f"{project.at}/{path}", project.community)
    assert reply.status == 200, reply.json
    return read(reply.json)


def money(figures: str, capitals: str) -> Money:
    """Both say the same."""
    amount = Money(int(re.sub(r"\D", "", figures)))
    assert read_back(capitals) == amount
    return amount


def at(rows: Rows, step: str) -> str:
    return minute_of(datetime.fromisoformat(rows["dates"][step]))


def expect_parties(found: Read, agreement: Any, names: dict[str, str | None]) -> None:
    ids = [agreement["brief"]["funder_id"], agreement["provider_id"], agreement["brief"]["community_id"]]
    assert [row[3] for row in found.tables["parties"]] == ids
    assert [row[1] for row in found.tables["parties"]] == [names[id] for id in ids]


def expect_tranches(printed: list[list[str]], tranches: Any) -> None:
    """Number, both amounts, every gate, and the least grade."""
    assert [(row[0], money(row[1], row[2]).fen) for row in printed] == [
        (str(one["number"]), one["amount"]["fen"]) for one in tranches
    ]
    for row, one in zip(printed, tranches, strict=True):
        least = one.get("grade_at_least")
        assert GATES[Gate(one["gate"])] in row[3]
        assert (f"等级不低于 · grade at least:{least}" in row[3]) is (least is not None)


async def changed(project: Project) -> None:
    """A supplement behind the grade, signed by both, its money set aside."""
    second = {"number": 2, "amount": {"fen": 65_847_11 + INCREASE}, "gate": "final_graded", "grade_at_least": "合格"}
    first = {"number": 1, "amount": {"fen": 32_918_32}, "gate": "mid_term_accepted"}
    body = {"reason": "quantity", "text": "每周增加一次送餐", "price": {"fen": 98_765_43 + INCREASE}}
    door = f"{project.at}/contract/changes"
    proposed = await project.system.post(door, body | {"tranches": [first, second]}, project.provider)
    assert proposed.status == 201, proposed.json
    sign = f"{door}/{proposed.json['change_id']}/endorsements"
    agreed = await project.system.post(sign, {"digest": proposed.json["digest"]}, project.funder)
    assert agreed.status == 201, agreed.json
    terms = proposed.json["agreement"]
    set_aside = CommitmentChanged(
        project_id=project.id,
        change_id=proposed.json["change_id"],
        number=1,
        price=Money(terms["price"]["fen"]),
        tranches=tuple(Tranche.model_validate_json(json.dumps(one)) for one in terms["tranches"]),
        before=(),
        after=(),
        added=(),
        freed=(),
    )
    await project.system.seen(await project.system.teller.tell(set_aside, "funds"))


@pytest.mark.timeout(90)
async def test_every_amount_date_and_party_of_the_three_papers_is_what_the_rows_say(running: Running) -> None:
    async with running(SERVICE, virtual=True) as system:
        project = await a_project(system)
        terms = project.award.terms.model_copy(update={"tranche_plan": PLAN})
        project.award = project.award.model_copy(update={"terms": terms})
        await project.signed()
        rows, names = await rows_of(project), await names_of(project)

        agreement = await paper(project, "contract/document")

        expect_parties(agreement, rows["agreement"], names)
        assert money(*agreement.tables["price"][0]).fen == rows["agreement"]["price"]["fen"]
        *tranches, total = agreement.tables["tranches"]
        expect_tranches(tranches, rows["agreement"]["tranches"])
        assert money(total[1], total[2]).fen == rows["agreement"]["price"]["fen"]
        persons = {one["party_id"]: one["signed_by"] for one in rows["endorsements"]}
        signers = (str(project.funder.party_id), str(project.provider.party_id))
        assert [row[1:] for row in agreement.tables["signatures"]] == [
            [persons[id], at(rows, f"endorsed.{id}")] for id in signers
        ]

        await changed(project)
        rows = await rows_of(project)
        (change,) = rows["changes"]
        supplement = await paper(project, "contract/changes/1/document")

        expect_parties(supplement, change["agreement"], names)
        before, now = (money(row[1], row[2]).fen for row in supplement.tables["price"])
        assert (before, now) == (change["before"]["price"]["fen"], change["agreement"]["price"]["fen"])
        assert now == rows["agreement"]["price"]["fen"] == before + INCREASE
        expect_tranches(supplement.tables["tranches"], rows["agreement"]["tranches"])
        assert [row[1:] for row in supplement.tables["signatures"]] == [
            [change["signed_by"], at(rows, "change.1.proposed")],
            [change["agreed_by"], at(rows, "change.1.agreed")],
        ]

        assert await project.step("mid_term", "submissions", project.provider, {"evidence": EVIDENCE}) == 201
        assert await project.step("mid_term", "confirmations", project.community) == 201
        assert await project.step("mid_term", "acceptances", project.funder) == 201
        rows = await rows_of(project)
        delivery = rows["deliveries"]["mid_term"]
        report = await paper(project, "milestones/mid_term/report")

        expect_parties(report, rows["agreement"], names)
        assert [row[1:] for row in report.tables["steps"]] == [
            [delivery[f"{step}_by"], at(rows, f"mid_term.{step}")] for step in ("submitted", "confirmed", "accepted")
        ]
