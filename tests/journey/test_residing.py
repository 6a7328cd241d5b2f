"""Residents are registered, vote and rate by tokens, and are erased: what was counted stays, what was known goes."""

from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import orjson
import pytest
from pydantic import BaseModel

from deploy.demo.story import whole
from services.evaluation.api import TokensAnswer
from services.needs.api.residents import ResidentsPage, ResidentStep
from services.needs.api.tokens import RatingTokensIssued, RatingTokensPage
from tests.journey.resided import RESIDENT, whole_residents
from tests.journey.test_delivering import an_awarded_project
from tests.journey.test_tracing import rebuilt
from tests.journey.town import Town, players
from tests.services.needs.test_ballot_doors import count_again
from tests.support.secrecy import everything_stored, everything_told


class Listed(BaseModel):
    listed: dict[str, int]


def events_in(page: bytes) -> dict[str, Any]:
    """By id: streams are archived beside each other, in whichever order they come."""
    return {event["event_id"]: event for event in orjson.loads(page)["events"]}


@pytest.mark.timeout(240)
async def test_erasing_residents_leaves_roll_and_outcome_and_every_event_as_they_were(
    town: Town, tmp_path: Path
) -> None:
    of = await players(town)
    ballot = await whole_residents(town, of)
    await town.days(8)
    await town.clock.quiet()
    home = f"/v1/communities/{of.community.party_id}/residents"
    paths = [
        *(f"/v1/ballots/{ballot}", f"/v1/ballots/{ballot}/outcome"),
        f"/v1/audit/events?key={of.community.party_id}&limit=200",
    ]
    before = {path: await town.api.read(path, town.auditor) for path in paths}

    (left,) = (await town.api.get(home, ResidentsPage, of.community)).residents
    await town.api.post(f"{home}/{left.id}/erasure", ResidentStep, {}, of.community)
    await town.clock.quiet()

    assert {path: await town.api.read(path, town.auditor) for path in paths} == before
    assert Listed.model_validate_json(before[paths[0]]).listed == {"registered": 2}
    counted = count_again(tmp_path / "outcome.json", before[paths[1]].decode())
    assert counted.exit_code == 0, counted.output
    headers = {"Authorization": f"Bearer {town.auditor.secret}"}
    async with rebuilt(town) as url, aiohttp.ClientSession(url) as http, http.get(paths[2], headers=headers) as reply:
        assert events_in(await reply.read()) == events_in(before[paths[2]])
    everywhere = await everything_stored(town.inside) + await everything_told(town.inside)
    assert str(ballot) in everywhere
    assert not [one for one in ("E0000000", "居民E", RESIDENT["born_on"]) if one in everywhere]
    assert await town.findings() == ()


@pytest.mark.timeout(240)
async def test_tokens_to_rate_with_are_registered_by_their_digests_at_the_projects_own_roll(town: Town) -> None:
    of = await players(town)
    plan, winner = await an_awarded_project(town, of)
    await whole.to_first_payment(town.api, plan, winner)
    await whole_residents(town, of)
    home, staff = f"/v1/communities/{of.community.party_id}", of.community
    residents = (await town.api.get(f"{home}/residents", ResidentsPage, staff)).residents
    path = f"{home}/projects/{plan.project_id}/tokens"
    until = (await town.now()).date().replace(month=12, day=31).isoformat()
    ids: list[UUID] = [one.id for one in residents]

    await town.api.post(path, RatingTokensIssued, {"residents": ids, "until": until}, staff)
    tokens = (await town.api.get(path, RatingTokensPage, staff)).tokens
    body = {"digests": [token.digest for token in tokens]}
    registered = await town.api.post(f"/v1/projects/{plan.project_id}/rating-tokens", TokensAnswer, body, staff)

    assert (len(tokens), registered.tokens) == (1, 1)
