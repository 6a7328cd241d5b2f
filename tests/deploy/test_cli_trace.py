"""`sanshe trace` as an auditor types it: a project, a lot, an account, a transfer, and what does not exist."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.serve import House
from events.kafka import Cluster
from events.outbox import Line
from schemas.fund import PaymentOrdered
from tests.deploy.test_cli import running, sanshe
from tests.services.audit.receipted import a_line, receipted
from tests.services.audit.stories import Told
from tests.services.audit.test_service import owners_of
from tests.support.telling import Teller
from tests.support.waiting import eventually


async def archived(one: House, cluster: Cluster, told: Told) -> list[Line]:
    """Every fact in the voice of the service that says it."""
    audit = one.service("audit")
    assert audit is not None
    async with Teller(cluster) as teller:
        owners = [await teller.tell(owner, "registry") for owner in owners_of(told)]
        lines = [await teller.tell(fact, service) for service, fact in told.by]

    async def all_there() -> bool:
        async with audit.database.connection() as connection:
            ids = [line.event_id for line in (*owners, *lines)]
            found = await connection.fetchval("SELECT count(*) FROM events WHERE event_id = ANY($1::uuid[])", ids)
        return bool(found == len(ids))

    await eventually(all_there, "the story to be archived")
    return lines


async def test_a_project_a_lot_an_account_and_a_transfer_are_told(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    told.by = receipted(told, a_line("L1", 45_000, 7, "1"))
    order = next(fact for fact in told.facts if isinstance(fact, PaymentOrdered))
    async with running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch) as (one, cluster):
        lines = await archived(one, cluster, told)
        at = f"--at={one.address}"

        project = await sanshe("trace", str(told.project), at)
        lot = await sanshe("trace", str(told.lots[0]), at)
        account = await sanshe("trace", str(told.accounts[1]), at)
        transfer = await sanshe("trace", str(order.payment_id), at)
        raw = await sanshe("trace", str(told.lots[0]), at, "--json")
        unknown = await sanshe("trace", str(uuid4()), at)

    for result in (project, lot, account, transfer, raw):
        assert result.exit_code == 0, result.output
    assert all(str(line.event_id) in project.stdout for line in lines)
    for shown in ("534.60 元", "楼道扶手", "等级 grade 合格", "档案完整"):
        assert shown in lot.stdout
    assert str(told.lots[1]) in account.stdout
    for shown in ("支付申请 ordered", "待定 pending", "450.00 元", str(told.lots[0]), str(told.lots[1]), "71.50"):
        assert shown in transfer.stdout
    for result in (lot, transfer):
        for shown in ("流水 line L1", "第 7 行 row", "f" * 64, "里程碑 milestone", "已验收 accepted"):
            assert shown in result.stdout
    assert json.loads(raw.stdout)["lots"][0]["columns"]["paid"] == {"fen": 53_460}
    assert unknown.exit_code == 1
    assert "没有找到" in unknown.stderr


async def test_an_incomplete_archive_is_said_and_ends_with_status_1(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    told.by = [(service, fact) for service, fact in told.by if not isinstance(fact, PaymentOrdered)]
    async with running(postgres_dsn, kafka_bootstrap, tmp_path, monkeypatch) as (one, cluster):
        await archived(one, cluster, told)

        lot = await sanshe("trace", str(told.lots[0]), f"--at={one.address}")
        project = await sanshe("trace", str(told.project), f"--at={one.address}")

    assert (lot.exit_code, project.exit_code) == (1, 1)
    assert (
        "✗ tranche.paid 之前没有 payment.ordered\n    tranche.paid without payment.ordered before it" in project.stdout
    )
    assert "不可尽信" in lot.stdout
    assert "no order of that amount" in lot.stdout


async def test_without_keys_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSHE_DATA", str(tmp_path))

    nothing = await sanshe("trace", str(uuid4()))
    keyless = await sanshe("trace", str(uuid4()), "--at=http://127.0.0.1:9")

    assert (nothing.exit_code, keyless.exit_code) == (1, 1)
    assert "sanshe up" in nothing.stderr
    assert "--keys" in keyless.stderr
