"""Statement files through the doors: looked at, taken in, known again; and people who explain what stays open."""

import base64
import io
import json
from typing import Any
from uuid import uuid4

from schemas.party import PartyKind
from schemas.role import Role
from services import funds
from services.funds.rules.uploads import MOST_BYTES
from tests.services.funds.files import COLUMNS, a_row, csv_of, xlsx_of
from tests.services.funds.test_api import Scene, a_scene
from tests.support.fixtures import Running


def a_body(content: bytes, format: str = "csv", **more: Any) -> dict[str, Any]:
    return {"file_name": "三月.csv", "format": format, "content": base64.b64encode(content).decode(), **more}


async def an_order(scene: Scene, number: int = 1) -> dict[str, Any]:
    ordered = await scene.system.post(f"/v1/projects/{scene.project}/payments", {"number": number}, scene.finance)
    answer: dict[str, Any] = ordered.json
    return answer


async def written(scene: Scene) -> list[int]:
    counts = "SELECT (SELECT count(*) FROM funds.{}) AS n"
    tables = ("receipts", "statements", "column_mappings", "transfers", "outbox")
    return [(await scene.system.fetch(counts.format(table)))[0]["n"] for table in tables]


async def test_a_month_from_preview_to_an_empty_list(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = await an_order(scene)
        door = f"/v1/funders/{scene.funder.party_id}/statements"
        rows = [a_row(ordered["reference"], "50.00", "L1", day=ordered["ordered_on"]), a_row("利息", "0.07", "L2")]
        body = a_body(csv_of(rows).encode("gb18030"), columns=COLUMNS.model_dump())
        before = await written(scene)

        looked_at = await system.post(f"{door}/previews", body, scene.finance)
        between = await written(scene)
        taken = await system.post(door, body, scene.finance)
        again = await system.post(door, body, scene.finance)
        workbook = xlsx_of([*rows, a_row("手续费", 10, "L3")])
        more = await system.post(door, a_body(workbook, "xlsx"), scene.finance)

        assert between == before
        assert looked_at.json == taken.json
        assert (taken.status, taken.json["pays"], taken.json["open"], taken.json["encoding"]) == (201, 1, 1, "gb18030")
        assert (again.json["known_file"], again.json["lines"]) == (True, [])
        assert [line["result"] for line in more.json["lines"]] == ["known", "known", "open"]
        listed = (await system.get(door, scene.auditor)).json
        assert listed["columns"] == COLUMNS.model_dump()
        assert {one["format"] for one in listed["statements"]} == {"csv", "xlsx"}
        payment = (await system.get(f"/v1/payments/{ordered['payment_id']}", scene.provider)).json
        assert payment["paid_on"] == ordered["ordered_on"]
        await explain_all(scene)
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def explain_all(scene: Scene) -> None:
    other = await scene.system.person(PartyKind.FUNDER, Role.FINANCE, party_id=scene.funder.party_id)
    stray = (await scene.system.get("/v1/receipts/open", scene.finance)).json["receipts"]
    for line in stray:
        door = f"/v1/receipts/{line['receipt_id']}/explanations"
        told = await scene.system.post(door, {"code": "bank_fee", "text": "利息与手续费(示例)"}, other)
        assert told.json["explained"]["by"] == str(other.person_id)

    history = (await scene.system.get("/v1/receipts", scene.auditor)).json["receipts"]
    assert len(stray) == 2
    assert (await scene.system.get("/v1/receipts/open", scene.finance)).json["receipts"] == []
    assert len(history) == 3
    assert sum(line["explained"] is not None for line in history) == 2


async def test_a_tranche_the_bank_sent_back_is_payable_again_and_says_so(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = await an_order(scene)
        door = f"/v1/funders/{scene.funder.party_id}/statements"
        row = a_row(ordered["reference"], "50.00", day=ordered["ordered_on"], status="退票:账号错误")

        taken = await system.post(door, a_body(csv_of([row]).encode(), columns=COLUMNS.model_dump()), scene.finance)
        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json
        again = await an_order(scene)

        assert taken.json["sends_back"] == 1
        first = money["tranches"][0]
        assert (first["step"], first["missing"]["code"], first["reference"]) == ("released", "payment_returned", None)
        assert again["reference"] != ordered["reference"]
        (returned,) = await system.facts("funds", "payment.returned")
        assert returned["data"]["payment_id"] == ordered["payment_id"]
        old = (await system.get(f"/v1/payments/{ordered['payment_id']}", scene.provider)).json
        assert (old["returned_on"], old["return_reason"]) == (ordered["ordered_on"], "退票:账号错误")


async def test_whatever_is_wrong_with_a_file_is_said_and_nothing_is_written(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        ordered = await an_order(scene)
        rows = [a_row(ordered["reference"], "50.00")]
        good = csv_of(rows).encode()
        columns = COLUMNS.model_dump()
        before = await written(scene)

        told = [
            (await refused(scene, body), code)
            for body, code in (
                (a_body(good), "columns_not_known"),
                (a_body(good.decode().encode("utf-16"), columns=columns), "file_not_text"),
                (a_body(good, "xlsx", columns=columns), "file_not_readable"),
                (a_body(good, columns=columns | {"amount": "金额"}), "column_missing"),
                (a_body(csv_of([a_row("", "-1")]).encode(), columns=columns), "cell_wrong"),
                (a_body(csv_of([a_row("", 1, day="2099-01-01")]).encode(), columns=columns), "line_in_the_future"),
                (a_body(xlsx_of([a_row("", "=50")]), "xlsx", columns=columns), "cell_wrong"),
                (a_body(good, columns=columns, control={"lines": 2, "total": {"fen": 5000}}), "control_totals_differ"),
                (a_body(b"x" * (MOST_BYTES + 1), columns=columns), "invalid_field"),
                (a_body(good, columns=columns) | {"content": "no base64!"}, "invalid_field"),
            )
        ]
        huge = await refused(scene, a_body(b"x" * 2 * MOST_BYTES, columns=columns))

        assert [(status, problem["title"]) for (status, problem), _ in told] == [(422, code) for _, code in told]
        assert not any("{" in problem["detail"] for (_, problem), _ in told)
        assert "第 2 行“金额(元)”有误:金额为负" in told[4][0][1]["detail"]
        assert "2 笔、50.00 元,文件中是 1 笔、50.00 元" in told[7][0][1]["detail"]
        assert (huge[0], huge[1]["title"]) == (413, "body_too_large")
        assert await written(scene) == before


async def refused(scene: Scene, body: dict[str, Any]) -> tuple[int, Any]:
    """Status and problem; sent as a stream, for some are large."""
    headers = {"Idempotency-Key": uuid4().hex, "Authorization": f"Bearer {scene.finance.secret}"}
    path = f"/v1/funders/{scene.funder.party_id}/statements"
    async with scene.system.http.post(path, data=io.BytesIO(json.dumps(body).encode()), headers=headers) as answer:
        return answer.status, await answer.json(content_type="application/problem+json")
