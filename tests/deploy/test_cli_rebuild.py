"""`sanshe rebuild audit`: the archive is dropped and made again from the log, and answers as it did before."""

from pathlib import Path

import pytest

from deploy import keys
from deploy.founding import founded
from deploy.serve import House
from events.kafka import Cluster
from schemas.fund import PaymentOrdered
from tests.deploy.houses import get, house, place
from tests.deploy.test_cli import sanshe
from tests.deploy.test_cli_trace import archived
from tests.services.audit.stories import Told
from tests.support.waiting import eventually


async def answers(one: House, key: str, paths: list[str]) -> list[tuple[int, str]]:
    return [await get(one.address, path, key) for path in paths]


async def events(one: House) -> int:
    audit = one.service("audit")
    assert audit is not None
    async with audit.database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM events"))


async def test_the_archive_made_again_from_the_log_answers_byte_for_byte_as_before(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    payments = [fact.payment_id for fact in told.facts if isinstance(fact, PaymentOrdered)]
    async with place(postgres_dsn, kafka_bootstrap, tmp_path) as chosen:
        for name in ("database", "kafka", "prefix", "partitions", "data"):
            monkeypatch.setenv(f"SANSHE_{name.upper()}", str(getattr(chosen, name)))
        async with house(chosen) as one:
            await founded(one, street=False)
            lines = await archived(one, Cluster(bootstrap=kafka_bootstrap, prefix=chosen.prefix, partitions=2), told)
            paths = [
                f"/v1/audit/projects/{told.project}/trace",
                *(f"/v1/audit/sources/{source}/uses" for source in (*told.lots, *told.accounts)),
                *(f"/v1/audit/transfers/{id}" for id in (*payments, *(line.event_id for line in lines))),
            ]
            ring = keys.read(tmp_path)
            assert ring is not None
            live, many = await answers(one, ring["auditor"].key, paths), await events(one)
            assert {status for status, _ in live} == {200, 404}  # most events move no money
            too_early = await sanshe("rebuild", "audit")

        done, other = await sanshe("rebuild", "audit"), await sanshe("rebuild", "registry")

        async with house(chosen) as one:

            async def read_again() -> bool:
                return await events(one) == many

            await eventually(read_again, "the log to be read again")
            assert await answers(one, ring["auditor"].key, paths) == live

    assert (too_early.exit_code, done.exit_code, other.exit_code) == (1, 0, 1)
    assert "正在运行" in too_early.stderr
    assert "audit_20" in done.stdout
    assert "不能重建" in other.stderr
