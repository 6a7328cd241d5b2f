"""Reports of costs as files through the doors: the template filled in, looked at, taken in, known again."""

import io
from base64 import b64encode
from typing import Any

from openpyxl import load_workbook

from schemas.party import PartyKind
from schemas.role import Role
from services import funds
from tests.services.funds.cost_files import HEADER, a_cell_row
from tests.services.funds.costs import SHOP, a_cost
from tests.services.funds.files import csv_of, filled, xlsx_of
from tests.services.funds.test_api import Scene, a_scene
from tests.services.funds.test_cost_doors import another_project, hand_in, today
from tests.support.fixtures import Running

TABLES = ("spendings", "cost_batches", "cost_lines", "invoices", "column_mappings", "outbox")


def a_body(content: bytes, format: str = "csv", batch: str = "2026-1", **more: Any) -> dict[str, Any]:
    encoded = b64encode(content).decode()
    return {"batch": batch, "file_name": "支出.csv", "format": format, "content": encoded, **more}


async def written(scene: Scene) -> list[Any]:
    rows = [await scene.system.fetch(f"SELECT * FROM funds.{table} ORDER BY 1") for table in TABLES]
    return [[tuple(row) for row in table] for table in rows]


async def test_a_template_is_filled_in_looked_at_and_taken_in_once(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door, day = f"/v1/projects/{project}/costs", await today(scene)
        await hand_in(scene, project, scene.provider, a_cost(7000, spent_on=day), batch="2026-0")

        template = await system.get(f"{door}/template.xlsx", scene.provider)
        sheet = load_workbook(io.BytesIO(template.json)).active
        assert sheet is not None
        shown = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
        rows = [a_cell_row(10, spent_on=day), a_cell_row("9.99", "管理费用", spent_on=day)]
        body = a_body(filled(template.json, *rows), "xlsx")
        before = await written(scene)
        looked_at = await system.post(f"{door}/files/previews", body, scene.provider)
        between = await written(scene)
        taken = await system.post(f"{door}/files", body, scene.provider)
        after = await written(scene)
        again = await system.post(f"{door}/files", body, scene.provider)

        assert shown[6:9] == [
            ["activity", "业务活动费", 80, 70, 10],
            ["management", "管理费用", 10, 0, 10],
            ["tax", "税费", 0, 0, 0],
        ]
        assert shown[4] == ["全部科目还可列支 Left in all", 30]
        assert "现金" not in str(shown[3])
        assert tuple(shown[-1]) == HEADER
        assert (looked_at.status, taken.status, again.status) == (201, 201, 201)
        assert between == before
        assert looked_at.json == taken.json
        assert (taken.json["counted"], taken.json["refused"], taken.json["total"]) == (2, 0, {"fen": 1999})
        assert [line["row"] for line in taken.json["lines"]] == [12, 13]
        assert (again.json["known_batch"], again.json["lines"]) == (True, [])
        assert (await written(scene))[:5] == after[:5]
        sums = (await system.get(door, scene.funder)).json
        assert [head["used"]["fen"] for head in sums["heads"]] == [8000, 999, 0]
        async with system.running[0].database.connection() as connection:
            assert await funds.store.verify(connection) == []


async def test_each_line_of_a_preview_says_in_both_languages_why_it_would_be_refused(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door, day = f"/v1/projects/{project}/costs", await today(scene)
        rows = [
            a_cell_row(80, spent_on=day),
            a_cell_row("0.01", spent_on=day),
            a_cell_row("一元", kind="杂项", spent_on=day),
        ]
        body = a_body(csv_of(rows, HEADER).encode("gb18030"))
        before = await written(scene)

        looked_at = await system.post(f"{door}/files/previews", body, scene.provider)
        refused = await system.post(f"{door}/files", body, scene.provider)
        over = a_body(csv_of(rows[:2], HEADER).encode())
        above = await system.post(f"{door}/files", over, scene.provider, Accept_Language="en")

        assert (looked_at.json["encoding"], looked_at.json["counted"], looked_at.json["refused"]) == ("gb18030", 1, 2)
        first, second, third = looked_at.json["lines"]
        assert (first["counts"], first["problems"], first["issuer"]) == (True, [], SHOP)
        (limit,) = second["problems"]
        assert (limit["column"], limit["code"]) == ("金额(元)", "cost_above_limit")
        assert limit["zh"].startswith("第 3 行:科目“业务活动费”的限额为")
        assert limit["en"].startswith("Row 3: 业务活动费 may take 80%")
        assert [(p["column"], p["zh"].split(":")[-1]) for p in third["problems"]] == [
            ("支出类别", "没有这个支出类别。未写入任何内容。"),
            ("金额(元)", "不是金额(元,至多两位小数)。未写入任何内容。"),
        ]
        assert (third["amount"], third["head"]) == (None, None)
        assert (refused.status, refused.json["title"], refused.json["field"]) == (422, "cells_wrong", "content")
        assert "第 4 行“支出类别”(没有这个支出类别)、第 4 行“金额(元)”" in refused.json["detail"]
        assert (above.status, above.json["title"], above.json["field"]) == (409, "cost_above_limit", "content")
        assert above.json["detail"].startswith("Row 3: ")
        assert above.json["rule"]["source"].startswith("项目协议书")
        assert await written(scene) == before


async def test_whatever_is_wrong_with_a_file_of_costs_is_said_and_nothing_is_written(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        project = await another_project(scene, scene.provider)
        door = f"/v1/projects/{project}/costs/files"
        good = csv_of([a_cell_row(1, spent_on=await today(scene))], HEADER).encode()
        before = await written(scene)

        bodies = [
            (a_body(good.decode().encode("utf-16")), "file_not_text"),
            (a_body(good, "xlsx"), "file_not_readable"),
            (a_body(good, "camt.053"), "invalid_field"),
            (a_body(good, columns={"amount": "金额"}), "column_missing"),
            (a_body(good, columns={"issuer_uscc": None, "issuer_tax_id": None}), "invalid_field"),
            (a_body(good, columns={"evidence_digest": None}), "evidence_not_given"),
            (a_body(good, control={"lines": 2, "total": {"fen": 100}}), "control_totals_differ"),
            (a_body(good, batch="13812345678"), "personal_data"),
        ]
        replies = [(await system.post(door, body, scene.provider), code) for body, code in bodies]
        stranger = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        foreign = [await system.post(path, a_body(good), stranger) for path in (door, f"{door}/previews")]
        hidden = await system.get(f"/v1/projects/{project}/costs/template.xlsx", stranger)

        assert [(reply.status, reply.json["title"]) for reply, _ in replies] == [(422, code) for _, code in bodies]
        assert not any("{" in reply.json["detail"] for reply, _ in replies)
        assert [reply.json["title"] for reply in (*foreign, hidden)] == ["not_your_party"] * 3
        assert await written(scene) == before


async def test_a_providers_columns_head_its_next_template(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        first, second = [await another_project(scene, scene.provider) for _ in range(2)]
        day = (await today(scene)).isoformat()
        row = [value for value in a_cell_row(1, spent_on=day) if value]
        header = ["日期", *HEADER[1:7], "摘要值"]
        columns = {"spent_on": "日期", "issuer_name": None, "issuer_tax_id": None, "evidence_digest": "摘要值"}
        body = a_body(xlsx_of([row], header), "xlsx", columns=columns)

        assert (await system.post(f"/v1/projects/{first}/costs/files", body, scene.provider)).status == 201
        template = await system.get(f"/v1/projects/{second}/costs/template.xlsx", scene.provider)
        more = a_body(filled(template.json, [*row[:5], "N9", *row[6:]]), "xlsx")
        taken = await system.post(f"/v1/projects/{second}/costs/files", more, scene.provider)

        assert taken.json["counted"] == 1
        assert template.headers["Content-Type"].startswith("application/vnd.openxmlformats")
