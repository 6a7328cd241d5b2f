"""Books of before corrections and refunds, brought up to date: who recorded what arrived is found again."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg

from services.funds import SERVICE
from services.funds.rules.columns import Columns, mapping_of
from services.funds.store.statements import remembered
from services.kit.migrations import migrate
from tests.support.databases import fresh_database

BEFORE = ("0001_ledger.sql", "0002_projects.sql", "0003_periods.sql")


async def test_who_recorded_an_arrival_is_taken_from_the_answer_to_the_request(
    postgres_dsn: str, tmp_path: Path
) -> None:
    folder = tmp_path / "funds"
    (folder / "migrations").mkdir(parents=True)
    for name in BEFORE:
        shutil.copy(SERVICE.folder / "migrations" / name, folder / "migrations" / name)
    person, known, unknown = uuid4(), uuid4(), uuid4()
    async with fresh_database(postgres_dsn, [replace(SERVICE, folder=folder)]) as dsn:
        tables = await asyncpg.connect(dsn, server_settings={"search_path": "funds"})
        try:
            for lot in (known, unknown):
                await _an_arrival(tables, lot)
            await tables.execute(
                """
                INSERT INTO idempotency (caller, route, key, body_hash, status, headers, answer)
                VALUES ($1, '/v1/funds', 'k', '', 201, '{}', convert_to($2, 'UTF8'))
                """,
                person,
                f'{{"account_id": "{uuid4()}", "lot_id": "{known}"}}',
            )

            await migrate(dsn, [SERVICE])

            found = await tables.fetch(
                "SELECT lot_id, recorded_by, corrected_fen FROM allocations"
                " JOIN transfers t ON t.id = transfer_id JOIN lots l ON l.id = lot_id"
            )
            assert {tuple(row) for row in found} == {(known, person, 0), (unknown, None, 0)}
        finally:
            await tables.close()


async def test_columns_of_before_reports_in_files_are_still_a_funders_own(postgres_dsn: str, tmp_path: Path) -> None:
    folder = tmp_path / "funds"
    shutil.copytree(SERVICE.folder / "migrations", folder / "migrations")
    for file in (folder / "migrations").iterdir():
        if file.name >= "0010":
            file.unlink()
    funder = uuid4()
    named = {"paid_on": "日期", "amount": "金额", "line_reference": "流水号", "payment_reference": "附言"}
    async with fresh_database(postgres_dsn, [replace(SERVICE, folder=folder)]) as dsn:
        tables = await asyncpg.connect(dsn, server_settings={"search_path": "funds"})
        try:
            state = {"id": str(mapping_of(funder)), "funder_id": str(funder), "columns": named}
            await tables.execute(
                "INSERT INTO column_mappings VALUES ($1, 1, $2)", mapping_of(funder), json.dumps(state)
            )

            await migrate(dsn, [SERVICE])

            assert await remembered(tables, funder) == Columns(**named)
        finally:
            await tables.close()


async def _an_arrival(tables: "asyncpg.Connection[asyncpg.Record]", lot: object) -> None:
    source, fund, transfer = uuid4(), uuid4(), uuid4()
    async with tables.transaction():
        for id, kind in ((source, "source"), (fund, "fund")):
            await tables.execute("INSERT INTO accounts VALUES ($1, 1, $2, $1, 0, 0, 0, 0, false)", id, kind)
        await tables.execute("INSERT INTO lots VALUES ($1, $2, 'budget', 'x', NULL, 1000, 0, 0, now())", lot, fund)
        await tables.execute(
            """
            INSERT INTO transfers (id, funder_id, debit_id, credit_id, amount_fen, state, correlation, effective_date,
                booked_on, recorded_at, reason)
            VALUES ($1, $3, $2, $3, 1000, 'posted', $1, '2026-03-02', '2026-03-02', now(), 'appropriation')
            """,
            transfer,
            source,
            fund,
        )
        await tables.execute("INSERT INTO allocations VALUES ($1, $2, 1000)", transfer, lot)
