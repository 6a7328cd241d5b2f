"""Files of parties over HTTP and PostgreSQL: template, preview, import, verification."""

import io

from openpyxl import load_workbook

from schemas.importing import MOST_LINES
from services import registry
from services.kit.importing import LARGEST
from tests.services.registry.party_files import HEADER, a_body, a_worker, an_organization, csv_of, xlsx_of
from tests.services.registry.test_through_doors import begin, dump
from tests.support.fixtures import Running
from tests.support.system import Person, System

PREVIEWS, IMPORTS = "/v1/parties/import-previews", "/v1/parties/imports"


async def raw(system: System, path: str, by: Person) -> bytes:
    async with system.http.get(path, headers={"Authorization": f"Bearer {by.secret}"}) as answer:
        assert answer.status == 200
        return await answer.read()


async def test_the_template_filled_in_is_previewed_taken_in_and_verified_by_another(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, other, *_ = await begin(system)
        book = load_workbook(io.BytesIO(await raw(system, "/v1/parties/import-template", one)))
        lines, words = book.worksheets
        for row in (an_organization(1), a_worker(until="2029-01-01"), an_organization(2)):
            lines.append(row)
        filled = io.BytesIO()
        book.save(filled)
        body = a_body(filled.getvalue())

        preview = await system.post(PREVIEWS, body, one)
        nothing = await system.fetch("SELECT count(*) AS n FROM registry.outbox WHERE type = 'party.registered'")
        done = await system.post(IMPORTS, body, one)
        again = await system.post(IMPORTS, body, other)
        path = f"{IMPORTS}/{done.json['import_id']}"
        own = await system.post(f"{path}/verification", {}, one)
        verified = await system.post(f"{path}/verification", {}, other)
        shown = await system.get(path, other)
        listed = await system.get(IMPORTS, one)

        assert [cell.value for cell in lines[1]] == list(HEADER)
        assert "社会组织等机构" in {cell.value for cell in words["A"]}
        assert (preview.status, preview.json["new"], preview.json["wrong"]) == (201, 3, 0)
        assert nothing[0]["n"] == 3  # registrar, operator and auditor
        assert (done.status, done.json["entered"], done.json["known"]) == (201, 3, False)
        assert (again.status, again.json["entered"], again.json["known"]) == (201, 3, True)
        assert (own.status, own.json["title"]) == (403, "own_import")
        assert (verified.status, verified.json["verified"]) == (201, 3)
        assert shown.json["verified"]
        assert [each["import_id"] for each in listed.json["imports"]] == [done.json["import_id"]]
        for line in preview.json["lines"]:
            party = await system.get(f"/v1/parties/{line['party_id']}")
            assert party.json["verified"]
        types = [fact["type"] for fact in await system.facts("registry")]
        assert (types.count("party.registered"), types.count("party.verified")) == (6, 6)


async def test_a_persons_name_in_a_file_stays_in_the_registry(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, *_ = await begin(system)

        await system.post(IMPORTS, a_body(xlsx_of([a_worker("欧阳示例", until="2029-01-01")])), one)

        outbox = await system.fetch("SELECT body FROM registry.outbox")
        assert not any("欧阳示例".encode() in row["body"] for row in outbox)
        assert "欧阳示例" in str(await dump(system))


async def kept(system: System) -> list[int]:
    """How many rows of all that an import writes."""
    tables = ("registrations", "parties", "party_imports", "idempotency")
    told = len(await system.facts("registry"))
    return [told, *[len(await system.fetch(f"SELECT 1 FROM registry.{table}")) for table in tables]]


async def test_a_wrong_line_leaves_nothing_half_written_and_the_right_file_goes_through_afterwards(
    running: Running,
) -> None:
    async with running(registry.SERVICE) as system:
        one, *_ = await begin(system)
        before = await kept(system)

        wrong = await system.post(IMPORTS, a_body(csv_of([an_organization(1), an_organization(2, uscc="1")])), one)
        unread = await system.post(PREVIEWS, a_body(b"PK no workbook"), one)
        after = await kept(system)
        right = await system.post(IMPORTS, a_body(csv_of([an_organization(1)])), one)

        assert (wrong.status, wrong.json["title"], wrong.json["field"]) == (422, "lines_wrong", "content")
        assert "第 3 行" in wrong.json["detail"]
        assert (unread.status, unread.json["title"]) == (422, "file_not_readable")
        assert after == before
        assert right.status == 201


async def test_only_registrars_import_and_too_large_a_body_is_refused_unread(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, _, operator, _ = await begin(system)

        strange = await system.post(IMPORTS, a_body(csv_of([an_organization(1)])), operator)
        large = await system.post(IMPORTS, b" " * (LARGEST + 1), one)
        unknown = await system.post(f"{IMPORTS}/5a1f6e1c-3b7e-5c55-9f0e-000000000000/verification", {}, one)
        missing = await system.get(f"{IMPORTS}/5a1f6e1c-3b7e-5c55-9f0e-000000000000", one)

        assert (strange.status, strange.json["title"]) == (403, "wrong_role")
        assert (large.status, large.json["title"]) == (413, "body_too_large")
        assert [(unknown.status, unknown.json["title"]), (missing.status, missing.json["title"])] == [
            (404, "not_found")
        ] * 2


async def test_as_many_lines_as_may_be_are_taken_in_at_once_and_told_one_by_one(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, other, *_ = await begin(system)
        content = csv_of([an_organization(number) for number in range(MOST_LINES)])

        preview = await system.post(PREVIEWS, a_body(content), one)
        done = await system.post(IMPORTS, a_body(content), one)
        verified = await system.post(f"{IMPORTS}/{done.json['import_id']}/verification", {}, other)

        assert preview.json["new"] == done.json["entered"] == verified.json["verified"] == MOST_LINES
        told = await system.fetch("SELECT count(DISTINCT key) AS n FROM registry.outbox WHERE type = 'party.verified'")
        assert told[0]["n"] == MOST_LINES + 3
