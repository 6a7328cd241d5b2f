"""Requests as a stranger's program makes them from `/openapi.json`, right and wrong ones, to a town with a history.

Whatever is sent: no error of ours, and every answer is one that the document describes.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from deploy.demo.client import Client, Person
from deploy.demo.story import choosing, whole
from deploy.demo.story.choosing import BallotTerms
from schemas.need import BallotItem
from schemas.role import Role
from services.kit.service import Get, Post
from tests.journey.town import COST, Town, a_need, a_plan, a_town, choose
from tests.services.doors import ROUTES, method_of, name_of
from tests.services.everything import tell_everything
from tests.services.strangers import post_at

A = TypeVar("A", bound=BaseModel)

# the town works in the loop beside, and rolls dice of its own
pytestmark = [
    pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies"),
    pytest.mark.timeout(480),  # the first one waits for the whole story
]

EXAMPLES = 8
"""of each operation and kind"""
load_all_checks()
ALWAYS: list[Any] = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
WHEN_WRONG: list[Any] = CHECKS.get_by_names(["negative_data_rejection"])


class Noting(Client):
    """Remembers the ids it met, by their names in addresses."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.ids: dict[str, list[str]] = defaultdict(list)

    async def post(
        self, path: str, answers: type[A], body: Any = None, by: Person | None = None, *, key: str | None = None
    ) -> A:
        answer = await super().post(path, answers, body, by, key=key)
        found = post_at(path)
        met = {**(found[1] if found else {}), **to_jsonable_python(body or {}), **answer.model_dump(mode="json")}
        for name, value in _ids_in(met):
            if value not in self.ids[name]:
                self.ids[name].append(value)
        return answer


def _ids_in(part: Any) -> Iterator[tuple[str, str]]:
    """Every id in a body, with the name of its field."""
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and name.endswith("_id"):
                yield name, value
            yield from _ids_in(value)
    elif isinstance(part, list):
        for inner in part:
            yield from _ids_in(inner)


def _with_known(part: Any, ids: dict[str, list[str]], data: st.DataObject) -> Any:
    """The same body about things that exist."""
    if isinstance(part, dict):
        return {
            name: data.draw(st.sampled_from(ids[name])) if name in ids and value else _with_known(value, ids, data)
            for name, value in part.items()
        }
    return [_with_known(inner, ids, data) for inner in part] if isinstance(part, list) else part


@dataclass(frozen=True, slots=True)
class Target:
    api: Any
    """the document, as schemathesis read it"""
    keys: dict[Role, str]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
async def target(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Target]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    async with a_town(postgres_dsn, kafka_bootstrap, folder) as town, Noting(town.api.url) as api:
        keys = await _history(replace(town, api=api))
        document = await asyncio.to_thread(schemathesis.openapi.from_url, f"{api.url}/openapi.json")
        known = {name: ids for name, ids in api.ids.items() if name != "party_id"}  # nobody here shall be suspended
        yield Target(document, keys, known | {"party_id": [str((await town.organization()).party_id)]})


async def _history(town: Town) -> dict[Role, str]:
    """A project at its end, one open for bids, one proposed, a ballot that is open; the keys of who takes part."""
    of = await tell_everything(town)
    open_, _proposed = await choose(town, of, a_need("健步走"), a_need("助浴"))
    await whole.to_bids(town.api, a_plan(of, open_))
    (need,) = await choosing.post_needs(town.api, of.community, [a_need("理发")])
    terms = BallotTerms(
        funder_id=of.buyer.drafter.party_id,
        items=(BallotItem(need_id=need, cost=COST),),
        budget=COST,
        max_choices=1,
        closes_at=await town.now() + timedelta(days=7),
    )
    await choosing.open_ballot(town.api, of.community, terms)
    people = (
        *(of.community, of.buyer.drafter, of.buyer.finance, of.providers[0], of.evaluators[0]),
        *(town.auditor, town.operator, await town.committee(), await town.supervisor()),
    )
    return {person.role: person.secret for person in (*people, town.registry.enters)}


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("route", ROUTES, ids=name_of)
async def test_every_answer_is_one_that_the_document_describes(
    target: Target, route: Post | Get, mode: GenerationMode
) -> None:
    await asyncio.to_thread(_ask, target, route, mode)


def _ask(target: Target, route: Post | Get, mode: GenerationMode) -> None:
    operation = target.api[route.path][method_of(route)]
    key = target.keys[min(route.roles)] if route.roles else None
    right = mode is GenerationMode.POSITIVE

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Case[Any], data: st.DataObject) -> None:
        if right and data.draw(st.integers(0, 3)):
            case.path_parameters = _with_known(dict(case.path_parameters), target.ids, data)
            case.body = _with_known(case.body, target.ids, data)
            case.headers.pop("If-Match", None)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        case.call_and_validate(headers=headers, checks=ALWAYS if right else ALWAYS + WHEN_WRONG)

    with suppress(Unsatisfiable):  # where any text will do, nothing is wrong
        ask()
