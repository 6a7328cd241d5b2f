"""双向选择: posts and seekers find each other with reasons; only where both choose, somebody is employed."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from services import registry
from tests.services.registry.test_workers_at_doors import Bureau
from tests.support.fixtures import Running
from tests.support.system import Person, Reply

PLACE = "320508001"


class Market:
    """A bureau with its worker and two organizations, one of which offers a post."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau, self.system = bureau, bureau.system

    async def offer(self, by: Person | None = None, **changes: Any) -> Reply:
        by = by or self.bureau.employer
        body = {"level": "assistant", "division": PLACE, "full_time": True, "first": self.bureau.today.isoformat()}
        body |= {"text": "社区为老服务,每周五天"}
        return await self.system.post(f"/v1/organizations/{by.party_id}/vacancies", body | changes, by)

    async def seek(self, by: Person | None = None, **changes: Any) -> Reply:
        by = by or self.bureau.worker
        body = {"division": PLACE[:6], "full_time": True} | changes
        return await self.system.post(f"/v1/social-workers/{by.party_id}/search", body, by)

    def at(self, post: Reply, noun: str) -> str:
        return f"/v1/organizations/{post.json['employer_id']}/vacancies/{post.json['id']}/{noun}"

    async def choose(self, post: Reply, noun: str, by: Person, worker: Person | None = None) -> Reply:
        worker = worker or self.bureau.worker
        return await self.system.post(self.at(post, noun), {"worker_id": str(worker.party_id)}, by)

    async def jobs(self) -> list[tuple[str, str]]:
        page = (await self.system.get("/v1/employments", self.bureau.worker)).json["employments"]
        return [(one["employer_id"], one["phase"]) for one in page]


def said(*replies: Reply) -> list[tuple[int, str | None]]:
    return [(reply.status, reply.json.get("title")) for reply in replies]


async def test_an_invited_worker_who_applies_is_employed_and_the_post_is_taken(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        market = Market(await Bureau.opened(system))
        bureau, post = market.bureau, await market.offer()

        invited = await market.choose(post, "invitations", bureau.employer)
        before = await market.jobs()
        applied = await market.choose(post, "applications", bureau.worker)

        assert (invited.json["phase"], before) == ("offered", [])
        assert applied.json["phase"] == "taken"
        assert await market.jobs() == [(str(bureau.employer.party_id), "agreed")]
        [told] = await system.facts("registry", "employment.confirmed")
        assert told["data"]["employer_id"] == str(bureau.employer.party_id)
        assert (await system.get("/v1/vacancies")).json["vacancies"] == []


async def test_an_applicant_who_is_invited_is_employed_by_the_rules_of_every_employment(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        market = Market(await Bureau.opened(system))
        bureau = market.bureau
        first, second = await market.offer(), await market.offer(bureau.second)
        for post in (first, second):
            await market.choose(post, "applications", bureau.worker)

        taken = await market.choose(first, "invitations", bureau.employer)
        twice = await market.choose(second, "invitations", bureau.second)

        assert said(taken, twice) == [(201, None), (409, "full_time_already")]
        assert await market.jobs() == [(str(bureau.employer.party_id), "agreed")]
        assert len((await system.get("/v1/vacancies")).json["vacancies"]) == 1


async def test_posts_and_seekers_are_suggested_to_each_other_item_by_item(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        market = Market(await Bureau.opened(system))
        bureau = market.bureau
        post, other = await market.offer(), await market.offer(bureau.second, full_time=False)
        far = await market.offer(bureau.second, division="340111001")
        senior = await market.offer(bureau.second, level="senior")
        await market.seek()

        shown = (await system.get(market.at(post, "candidates"), bureau.employer)).json["candidates"]
        own = (await system.get(f"/v1/social-workers/{bureau.worker.party_id}/vacancies", bureau.worker)).json

        [one] = shown
        assert (one["worker_id"], one["level"]) == (str(bureau.worker.party_id), "social_worker")
        assert {item["name"]: item["met"] for item in one["criteria"]} == dict.fromkeys(
            ("level", "registration", "place", "time", "employed"), True
        )
        assert "示例王某" not in str(shown)
        assert own["posts"][0]["vacancy"]["id"] == post.json["id"]
        unmet = {
            found["vacancy"]["id"]: [item["name"] for item in found["criteria"] if not item["met"]]
            for found in own["posts"]
        }
        assert unmet == {post.json["id"]: [], other.json["id"]: ["time"], senior.json["id"]: ["level"]}
        assert far.json["id"] not in unmet
        stopped = await system.post(f"/v1/social-workers/{bureau.worker.party_id}/search/withdrawal", {}, bureau.worker)
        assert stopped.json["on"] is False
        assert (await system.get(market.at(post, "candidates"), bureau.employer)).json["candidates"] == []


async def test_what_does_not_fit_what_is_over_and_what_is_anothers_is_refused(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        market = Market(await Bureau.opened(system))
        bureau = market.bureau
        post, senior = await market.offer(), await market.offer(level="senior")
        late = await market.offer(first=(bureau.until + timedelta(days=1)).isoformat())

        for_others = [
            await market.choose(post, "invitations", bureau.second),
            await market.choose(post, "applications", bureau.second),
            await market.seek(bureau.employer),
            await system.get(market.at(post, "candidates"), bureau.second),
            await system.get(f"/v1/social-workers/{bureau.worker.party_id}/vacancies", bureau.second),
        ]
        unfit = [
            await market.choose(senior, "applications", bureau.worker),
            await market.choose(late, "invitations", bureau.employer),
            await market.choose(post, "invitations", bureau.employer, bureau.second),
            await market.offer(text="请联系 13800138000"),
            await market.offer(division="999999"),
            await market.choose(Reply(201, post.json | {"id": str(uuid4())}, {}), "invitations", bureau.employer),
        ]
        await market.choose(post, "invitations", bureau.employer)
        again = await market.choose(post, "invitations", bureau.employer)
        await system.post(market.at(post, "withdrawal"), {}, bureau.employer)
        over = await market.choose(post, "applications", bureau.worker)

        assert said(*for_others) == [
            (403, "not_your_party"),
            (403, "not_your_party"),
            (422, "no_social_worker"),
            (403, "not_your_party"),
            (403, "not_your_party"),
        ]
        assert said(*unfit) == [
            (409, "post_asks_more"),
            (409, "post_asks_more"),
            (422, "no_social_worker"),
            (422, "personal_data"),
            (422, "division_wrong"),
            (404, "not_found"),
        ]
        assert said(again, over) == [(409, "chosen_already"), (409, "post_not_open")]
        assert await market.jobs() == []


async def test_what_ran_out_yesterday_is_neither_shown_nor_taken(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        market = Market(await Bureau.opened(system))
        bureau, post = market.bureau, await market.offer()
        await market.seek()
        yesterday = (bureau.today - timedelta(days=1)).isoformat()
        await system.fetch(
            "UPDATE registry.boards SET state = jsonb_set(state, '{posts,0,until}', to_jsonb($1::text))", yesterday
        )

        over = await market.choose(post, "applications", bureau.worker)

        assert said(over) == [(409, "post_not_open")]
        assert (await system.get("/v1/vacancies")).json["vacancies"] == []
