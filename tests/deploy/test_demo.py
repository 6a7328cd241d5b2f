"""`sanshe demo`: as somebody plays it, and the figures its story is made of."""

import asyncio
import os
import re
import secrets
import sys
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

from deploy import keys
from deploy.demo import election
from deploy.demo.elections import load
from deploy.demo.krakow import DISTRICTS, market
from deploy.demo.krakow.people import Providers
from deploy.demo.stage import stage
from deploy.demo.street.wishes import DEPARTMENTS_TASK, ELSEWHERE, ON_THE_BALLOT
from deploy.embedded import CannotStart
from deploy.serve import listening
from events.kafka import Cluster, delete_topics
from schemas.fact import STREAMS
from schemas.ids import PartyId
from schemas.money import Money, sum_of
from schemas.pabulib import parse
from schemas.personal import personal_data
from schemas.role import Role
from services.kit.rulebooks import shipped
from tests.support.databases import fresh_database

RULEBOOK = shipped().named("example/below-limit")
PROGRAM = "from deploy.cli import main; main()"


async def play(dsn: str, kafka: str, *arguments: str) -> tuple[int, str]:
    """`sanshe demo …` on a database and topics of its own; its exit status and what it printed."""
    cluster = Cluster(bootstrap=kafka, prefix=f"d{secrets.token_hex(4)}.", partitions=2)
    async with fresh_database(dsn, ()) as own:
        environment = os.environ | {
            "SANSHE_DATABASE": own,
            "SANSHE_KAFKA": kafka,
            "SANSHE_PREFIX": cluster.prefix,
            "SANSHE_PARTITIONS": "2",
            "COLUMNS": "100",
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", PROGRAM, "demo", *arguments), env=environment, stdout=asyncio.subprocess.PIPE
            )
            printed, _ = await process.communicate()
        finally:
            await delete_topics(cluster, STREAMS)
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_the_street_shows_one_purchased_service_from_need_to_trace(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    status, printed = await play(postgres_dsn, kafka_bootstrap, "street", "--no-stay")

    assert status == 0, printed
    for wish in (*ON_THE_BALLOT, *ELSEWHERE):
        assert wish.title in printed
    for refusal in ("不得将社区作为", "起草人不能批准自己起草的条款", "财政部令第87号第三十三条"):
        assert refusal in "".join(printed.split())
    told, trace = printed.split("追溯 Trace")
    steps = [int(number) for number in re.findall(r"^ {0,2}(\d+) ", told, re.M)]
    assert steps == list(range(1, len(steps) + 1))
    assert len(re.findall(r"^    http://127\.0\.0\.1:\d+/v1/", told, re.M)) == len(steps) - 3  # not of refusals
    for event in ("need.posted", "bids.opened", "award.confirmed", "tranche.paid", "project.published"):
        assert re.search(rf"\d{{4}}-\d\d-\d\d {event} [0-9a-f-]{{36}}", trace)
    assert "与上界差距 0.00,最优性有证书" in "".join(printed.split("\n"))
    assert "《独居老人防诈骗讲堂》签约" not in printed  # 84 and 80 points together are more than 88
    assert "《社区花园共建》签约" in printed
    assert "everything adds up, every story is complete" in printed


async def test_a_district_of_krakow_goes_all_the_way_and_is_counted_as_published(
    postgres_dsn: str, kafka_bootstrap: str
) -> None:
    status, printed = await play(postgres_dsn, kafka_bootstrap, "krakow", "--districts", "1")

    published = parse(load(DISTRICTS[0]))
    assert status == 0, printed
    assert "1 / 1" in printed
    assert f"{len(published.votes):,}" in printed
    assert re.search(rf"立项 projects +│ {len(published.selected or ())} ", printed)
    assert "everything adds up, every story is complete" in printed


@pytest.mark.parametrize("name", DISTRICTS)
def test_every_project_that_was_chosen_fits_below_the_limit_and_its_district_can_pay_for_all(name: str) -> None:
    published = parse(load(name))
    election.must_fit(published)

    costs = [election.yuan(published, project.cost) for project in published.projects if project.selected]
    ceilings = [market.ceiling_of(cost) for cost in costs]

    assert max(ceilings) < Money(RULEBOOK.integer("tender.below_fen"))
    assert sum_of(ceilings) <= market.ceiling_of(election.yuan(published, published.budget))


def test_the_same_seed_makes_the_same_market() -> None:
    people: Any = [SimpleNamespace(name=f"示例{n}") for n in range(9)]
    district: Any = SimpleNamespace(buyer=None, community=None, accounts=(uuid4(), uuid4(), uuid4()))
    project: Any = SimpleNamespace(project_id=uuid4(), brief=SimpleNamespace(cost=Money(123_456_78)))
    providers = Providers(bidders=people[:6], evaluators=people[6:])

    one, again, other = (market.plan(Random(seed), project, district, providers) for seed in (1, 1, 2))

    assert one == again != other
    assert sum_of(share.amount for share in one.shares) == market.ceiling_of(Money(123_456_78))
    assert all(offer.price < market.ceiling_of(Money(123_456_78)) for offer in one.offers)


def test_the_wishes_of_the_street_cover_all_nine_categories_and_name_nobody() -> None:
    wishes = (*ON_THE_BALLOT, *ELSEWHERE, DEPARTMENTS_TASK)

    assert {wish.category for wish in wishes} == set(RULEBOOK.value("need.categories"))
    assert {RULEBOOK.value("need.routes")[wish.category] for wish in ON_THE_BALLOT} == {"project"}
    assert not [wish for wish in wishes if personal_data(wish.title + wish.description)]


async def test_a_demonstration_does_not_touch_an_installation_on_real_time(tmp_path: Path) -> None:
    ring = keys.new_ring([(name, role, name, name, PartyId(uuid4())) for name, role in _founders()])
    keys.write(tmp_path, ring)

    async def no_such_page(request: web.Request) -> web.Response:
        return web.json_response({"title": "no_such_page"}, status=404, content_type="application/problem+json")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", no_such_page)
    async with listening(app, "127.0.0.1", 0) as address:
        with pytest.raises(CannotStart, match="real time"):
            async with stage(address, tmp_path / keys.NAME, None):
                pass


def _founders() -> list[tuple[str, Role]]:
    return [("registrar-1", Role.REGISTRAR), ("registrar-2", Role.REGISTRAR), ("operator", Role.OPERATOR)]
