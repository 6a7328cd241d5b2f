"""All districts side by side, from one move of the clock to the next, with a bar for each stretch of the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo import election
from deploy.demo.client import Person
from deploy.demo.elections import load, names
from deploy.demo.krakow import market, report
from deploy.demo.krakow.people import District, Providers, enter_district, enter_provider, provider_entries
from deploy.demo.krakow.wishes import category_of
from deploy.demo.stage import Stage
from deploy.demo.story import choosing, rating, tendering, whole
from deploy.demo.story.registering import a_run
from deploy.demo.story.whole import Plan
from schemas.ids import BallotId, NeedId
from schemas.pabulib import Pabulib, parse
from schemas.party import PartyKind
from services.audit.api import TraceAnswer
from services.tenders.api.answers import ProjectAnswer

DISTRICTS = tuple(name for name in names() if name.startswith("Poland_Krakow_2024_"))
AT_ONCE = 32
"""how many people of the city ask at a time"""
VOTING_DAYS = 14
HALF_DAYS = 90
T = TypeVar("T")
R = TypeVar("R")


class Differs(Exception):
    """A district's chosen projects are not those the city published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A ballot of one district, and the needs in the file's order."""

    district: District
    ballot_id: BallotId
    needs: list[NeedId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A project and who carries it out."""

    plan: Plan
    winner: Person
    tokens: tuple[str, ...] = ()


class City:
    def __init__(self, stage: Stage, progress: Progress, seed: int) -> None:
        self.stage = stage
        self.random = Random(seed)
        self._progress = progress
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def each(self, label: str, items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
        """`do` for every item, some at a time; the results in the order of the items."""
        bar = self._progress.add_task(label, total=len(items))

        async def one(item: T) -> R:
            async with self._gate:
                result = await do(item)
            self._progress.advance(bar)
            return result

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(item)) for item in items]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def days(self, number: int) -> None:
        await self.stage.clock.until(await self.stage.clock.now() + timedelta(days=number))


async def run(stage: Stage, console: Console, districts: int, seed: int) -> report.Outcome:
    """The whole job; Differs when a district's count is not what the city published."""
    began = time.monotonic()
    before = await report.last_event(stage)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        city = City(stage, progress, seed)
        entered, providers = await _enter(city, [parse(load(name)) for name in DISTRICTS[:districts]])
        votes = await _vote(city, entered)
        plans = await _propose(city, votes, providers)
        ends = await _carry_out(city, plans)
    took_s = time.monotonic() - began
    return report.Outcome(
        districts=tuple(entered),
        projects=tuple(plans),
        traces=tuple(trace for trace, _ in ends),
        grades=tuple(grade for _, grade in ends),
        events=await report.count_events(stage, before),
        took_s=took_s,
    )


async def _enter(city: City, published: list[Pabulib]) -> tuple[list[District], Providers]:
    code, stage = a_run(), city.stage
    entered = await city.each(
        "社区与街道 communities, funders",
        list(enumerate(published, start=1)),
        lambda item: enter_district(stage, code, item[0], item[1], market.SCALE, market.WEIGHTS),
    )
    entries = provider_entries(stage, code)
    people = await city.each("社会组织、社工、专家 providers", entries, lambda entry: enter_provider(stage, entry))
    judges = {i for i, entry in enumerate(entries) if entry.kind is PartyKind.EVALUATOR}
    return entered, Providers(
        bidders=[person for i, person in enumerate(people) if i not in judges],
        evaluators=[person for i, person in enumerate(people) if i in judges],
    )


async def _vote(city: City, districts: list[District]) -> list[Vote]:
    """Needs, ballots and every real vote; then the clock moves, and each count is held against the city's."""
    api = city.stage.api
    closes_at = await city.stage.clock.now() + timedelta(days=VOTING_DAYS)

    async def open_ballot(district: District) -> Vote:
        drafts = election.needs(district.published, district.division, category_of)
        needs = await choosing.post_needs(api, district.community, drafts)
        terms = election.ballot(district.published, needs, district.buyer.drafter.party_id, closes_at)
        ballot = await choosing.open_ballot(api, district.community, terms)
        return Vote(district=district, ballot_id=ballot.id, needs=needs)

    votes = await city.each("需求与投票 needs, ballots", districts, open_ballot)
    batches = [
        (vote, batch)
        for vote in votes
        for batch in election.votes(vote.district.published, vote.needs, str(vote.ballot_id))
    ]
    await city.each(
        "真实选票 real votes(×5000)",
        batches,
        lambda item: choosing.cast_votes(api, item[0].district.community, item[0].ballot_id, item[1]),
    )
    await city.stage.clock.until(closes_at)
    return votes


async def _propose(city: City, votes: list[Vote], providers: Providers) -> list[Plan]:
    async def chosen(vote: Vote) -> list[ProjectAnswer]:
        result = (await choosing.counted(city.stage.api, vote.ballot_id)).result
        assert result is not None  # counted
        here, there = (
            election.chosen(vote.district.published, vote.needs, result.chosen),
            vote.district.published.selected,
        )
        if here != there:
            raise Differs(f"{vote.district.name}: {sorted(here)} / {sorted(there or ())}")
        return [await choosing.proposed(city.stage.api, vote.ballot_id, need) for need in result.chosen]

    found = await city.each("计票与公布结果一致 counted as published", votes, chosen)
    return [
        market.plan(city.random, project, vote.district, providers)
        for vote, projects in zip(votes, found, strict=True)
        for project in projects
    ]


async def _carry_out(city: City, plans: list[Plan]) -> list[tuple[TraceAnswer, str]]:
    """Every project's trace and grade."""
    api = city.stage.api

    async def award(plan: Plan) -> Work:
        winner = (await whole.to_award(api, plan)).provider
        await whole.to_first_payment(api, plan, winner)
        return Work(plan=plan, winner=winner)

    async def mid_term(work: Work) -> Work:
        tokens = await whole.to_mid_term(api, work.plan, work.winner)
        return Work(plan=work.plan, winner=work.winner, tokens=tuple(tokens))

    async def end(work: Work) -> tuple[TraceAnswer, str]:
        trace = await whole.to_the_end(api, work.plan, work.winner)
        graded = await rating.graded(api, work.plan.project_id)
        return trace, graded.grade or ""

    await city.each("立项、预留、密封标书 reserved, open, bids", plans, lambda plan: whole.to_bids(api, plan))
    await city.days(tendering.BID_DAYS)
    works = await city.each("开标、评审、签约、首期款 award, first tranche", plans, award)
    await city.days(HALF_DAYS)
    works = await city.each("中期、二期款 mid-term, second tranche", works, mid_term)
    await city.days(HALF_DAYS)
    await city.each(
        "末期与评价 final, ratings", works, lambda work: whole.to_final(api, work.plan, work.winner, work.tokens)
    )
    await city.days(whole.RATING_DAYS)
    return await city.each("评级、尾款、公开 grade, last tranche", works, end)
