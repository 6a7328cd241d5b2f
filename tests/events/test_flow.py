"""A fact goes in, its effect and its follow-on come out, once."""

from uuid import uuid4

from schemas.ids import ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from tests.support import jars
from tests.support.fixtures import Running
from tests.support.jars import CATALOGUE, CoinDropped


def a_jar() -> ProjectId:
    return ProjectId(uuid4())


async def test_a_fact_is_counted_and_its_effect_is_told(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        for fen in (1, 2, 3):
            line = await system.teller.tell(CoinDropped(project_id=jar, fen=fen))
        await system.seen(line)
        await system.settled()

        said = await system.facts("jars", "coin.counted")

    assert [(fact["sequence"], fact["data"]["total"]) for fact in said] == [(1, 1), (2, 3), (3, 6)]


async def test_a_command_over_http_is_durable_and_told(running: Running) -> None:
    jar = a_jar()
    async with running(jars.SERVICE, catalogue=CATALOGUE) as system:
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

        first = await system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="one")
        again = await system.post(f"/v1/jars/{jar}/coins", {"fen": 5}, staff, Idempotency_Key="one")

        assert (first.status, first.json) == (201, {"total": 5})
        assert first.headers["Sanshe-Line"] == f"sanshe.projects/jars/{jar}/1"
        assert (again.status, again.json) == (201, {"total": 5})
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(await system.facts("jars")) == 1
