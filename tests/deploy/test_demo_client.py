"""The demonstration's client: patient with a busy installation, and it reads what it wrote."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from multidict import CIMultiDict

from deploy.demo.client import Client, Problem
from deploy.serve import listening
from services.kit.asked import Answer

PROJECT = UUID(int=7)
LINE = f"sanshe.projects/tenders/{PROJECT}/3"
REFUSAL = {"title": "bid_after_deadline", "status": 409, "detail": "现在不再收标书。", "rule": {"source": "第三十三条"}}


class Done(Answer):
    project_id: UUID


class Installation:
    """Busy the first time; then it takes everything, but bids."""

    def __init__(self) -> None:
        self.heard: list[CIMultiDict[str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(CIMultiDict(request.headers))
        if len(self.heard) == 1:
            return web.json_response({"title": "too_slow"}, status=503, headers={"Retry-After": "0"})
        if request.path.endswith("/bids"):
            return web.json_response(REFUSAL, status=409, content_type="application/problem+json")
        return web.json_response({"project_id": str(PROJECT)}, status=201, headers={"Sanshe-Line": LINE})


@pytest.fixture
async def installation() -> AsyncIterator[tuple[Installation, Client]]:
    one, app = Installation(), web.Application()
    app.router.add_route("*", "/{any:.*}", one.answer)
    async with listening(app, "127.0.0.1", 0) as address, Client(address) as api:
        yield one, api


async def test_what_a_busy_installation_did_not_take_is_sent_again_under_the_same_key(
    installation: tuple[Installation, Client],
) -> None:
    one, api = installation

    done = await api.post("/v1/projects", Done, {"title": "示例"})

    assert done.project_id == PROJECT
    assert len({headers["Idempotency-Key"] for headers in one.heard}) == 1
    assert len(one.heard) == 2


async def test_the_next_request_about_a_thing_waits_for_the_last_line_said_about_it(
    installation: tuple[Installation, Client],
) -> None:
    one, api = installation

    await api.post("/v1/projects", Done)
    await api.get(f"/v1/projects/{PROJECT}/money", Done)
    await api.get(f"/v1/projects/{uuid4()}/money", Done)

    assert one.heard[-2]["Sanshe-After"] == LINE
    assert one.heard[-2]["Prefer"].startswith("wait=")
    assert "Sanshe-After" not in one.heard[-1]


async def test_a_refusal_is_the_installations_sentence_with_its_rule(
    installation: tuple[Installation, Client],
) -> None:
    _, api = installation

    await api.post("/v1/projects", Done)
    with pytest.raises(Problem, match=r"^现在不再收标书。\(第三十三条\)$") as refused:
        await api.post(f"/v1/projects/{PROJECT}/bids", Done)

    assert (refused.value.status, refused.value.code) == (409, "bid_after_deadline")
