"""A charity-venture round: called, applied to, checked, scored, solved, publicised, and granted."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services.matching.solver.problem import Problem
from services.matching.solver.search import Choice, search
from tests.services.tenders.rounds import ACCOUNTS, CALL_DAYS, TEXTS, a_venture, yuan
from tests.support.fixtures import Running
from tests.support.system import BEGINNING


async def test_a_round_from_its_call_to_grants_that_go_on_as_projects(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        ids = [
            await venture.apply(number=number, asked=asked) for number, asked in enumerate((150_000, 160_000, 90_000))
        ]
        assert (await venture.get())["applications"] is None
        await venture.close()
        await venture.check()
        await venture.score(dict(zip(ids, (80, 85, 70), strict=True)))
        await venture.solve()

        assert await venture.chosen() == {ids[1]: 160_000, ids[2]: 90_000}
        certificate = (await venture.get("/solution"))["certificate"]
        assert (certificate["proof"], certificate["objective"], certificate["gap"]) == ("optimal", 15_500, 0)
        why = (await venture.why_not())[ids[0]]
        assert (why["because"], why["best_with_it"], why["points_short"]) == ("money", 15_000, 500)
        assert (why["instead_of"], why["score_lost"]) == (ids[1], 500)

        await venture.must("notice", None, venture.drafter)
        assert (await venture.post("confirmation", {}, venture.drafter)).json["title"] == "publisher_cannot_confirm"
        assert (await venture.post("confirmation", {}, venture.approver)).json["title"] == "notice_running"
        await venture.system.advance(timedelta(days=8))
        await venture.must("confirmation", {}, venture.approver)

        projects = [one["project_id"] for one in (await venture.get())["chosen"]]
        found = [(await venture.system.get(f"/v1/projects/{id}")).json for id in projects]
        assert [(one["phase"], one["brief"]["title"]) for one in found] == [
            ("approved", TEXTS[1][0]),
            ("approved", TEXTS[2][0]),
        ]
        approved = await venture.system.facts("tenders", "project.approved")
        paid = [[(share["account_id"], share["amount"]) for share in one["data"]["shares"]] for one in approved]
        assert paid == [
            [(ACCOUNTS[0], yuan(100_000)), (ACCOUNTS[1], yuan(60_000))],
            [(ACCOUNTS[1], yuan(90_000))],
        ]


async def test_what_the_notice_brought_up_is_left_out_and_nobody_takes_its_place(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        ids = [await venture.apply(number=number, asked=100_000) for number in range(4)]
        await venture.close()
        await venture.check()
        await venture.score(dict(zip(ids, (90, 85, 80, 75), strict=True)))
        await venture.solve()
        assert set(await venture.chosen()) == set(ids[:3])
        await venture.must("notice", None, venture.drafter)
        await venture.system.advance(timedelta(days=8))

        unknown = {"left_out": [{"application_id": ids[3], "reason": "未入选"}]}
        assert (await venture.post("confirmation", unknown, venture.approver)).json["field"] == "left_out"
        out = {"left_out": [{"application_id": ids[0], "reason": "公示期内举报属实"}]}
        await venture.must("confirmation", out, venture.approver)

        (confirmed,) = await venture.system.facts("tenders", "round.confirmed")
        assert [one["application_id"] for one in confirmed["data"]["grants"]] == ids[1:3]
        assert confirmed["data"]["left_out"] == out["left_out"]
        assert len(await venture.system.facts("tenders", "project.proposed")) == 2
        assert (await venture.post("confirmation", {}, venture.approver)).json["title"] == "wrong_round_phase"


async def test_public_and_expert_scores_make_the_total_by_the_published_rule(running: Running) -> None:
    """(81 × 70 + 60.55 × 30) ÷ 100 = 74.865, half up to 74.87."""
    async with a_venture(running) as venture:
        await venture.call(public_percent=30)
        id = await venture.apply()
        await venture.close()
        await venture.check()
        for given in (80, 81, 82):
            await venture.score({id: given}, [await venture.expert()])
        await venture.compared()
        assert (await venture.post("scores/closing", None, venture.drafter)).json["title"] == "public_score_missing"
        public = {"scores": [{"application_id": id, "points": "60.55"}], "record_digest": "a" * 64}
        await venture.must("public-scores", public, venture.drafter)
        await venture.solve()

        (one,) = (await venture.get("/applications"))["applications"]
        assert (one["total"], one["public"], one["scored_by"]) == (7487, "60.55", 3)
        (totalled,) = await venture.system.facts("tenders", "applications.totalled")
        assert totalled["data"]["totals"][0]["expert"] == "81.00"


async def test_of_a_similar_pair_that_a_person_calls_the_same_work_one_is_paid(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        first, second, other = [await venture.apply(number=number, asked=50_000) for number in (0, 0, 1)]
        await venture.close()
        await venture.check()
        await venture.score({first: 80, second: 85, other: 70})
        await venture.compared()
        assert (await venture.post("scores/closing", None, venture.drafter)).json["title"] == "pairs_undecided"
        (pair,) = (await venture.get("/pairs", venture.drafter))["pairs"]
        likeness = pair["likeness"]
        assert {likeness["application_id"], likeness["other_application_id"]} == {first, second}
        assert likeness["permille"] >= 999
        door = f"pairs/{pair['pair_id']}/decision"
        assert (await venture.post(door, {"same": True, "reason": " "}, venture.drafter)).status == 422
        await venture.must(door, {"same": True, "reason": "同一批老人,同一时段"}, venture.drafter)
        await venture.solve()

        assert set(await venture.chosen()) == {second, other}
        why = (await venture.why_not())[first]
        assert (why["because"], why["pair_id"]) == ("other_half", pair["pair_id"])
        assert (why["instead_of"], why["score_lost"]) == (second, 500)
        (kept,) = (await venture.get("/pairs", venture.approver))["pairs"]
        assert (kept["same"], kept["reason"]) == (True, "同一批老人,同一时段")


async def test_what_an_earlier_round_paid_is_found_again_and_not_paid_twice(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        paid = await venture.apply(number=2)
        await venture.close()
        venture.applied, first_round = [], venture.round
        moved = {"closes_at": (BEGINNING + timedelta(days=2 * CALL_DAYS)).isoformat()}
        await venture.call(**moved)
        again, new = await venture.apply(number=2), await venture.apply(number=3)
        await venture.system.advance(timedelta(days=CALL_DAYS))
        await venture.reaches("closed")
        await venture.check()
        await venture.score({again: 90, new: 80})
        await venture.compared()
        (pair,) = (await venture.get("/pairs", venture.drafter))["pairs"]
        other = pair["likeness"]
        assert (other["other_application_id"], other["other_round_id"]) == (paid, first_round)
        decision = {"same": True, "reason": "上一轮已资助"}
        await venture.must(f"pairs/{pair['pair_id']}/decision", decision, venture.drafter)
        await venture.solve()

        assert set(await venture.chosen()) == {new}
        assert (await venture.why_not())[again]["because"] == "paired"


async def test_floors_caps_and_named_workers_bind_the_choice(running: Running) -> None:
    """Of the budget 100,000 for youth; one project an organization; one worker cannot be in two places."""
    async with a_venture(running) as venture:
        worker = await venture.system.person(PartyKind.SOCIAL_WORKER, Role.PROVIDER)
        themes = [{"id": "elderly", "name": "扶老"}, {"id": "youth", "name": "助幼", "least": yuan(100_000)}]
        areas = [{"division": "320508001", "least": yuan(300_000)}]
        await venture.call(themes=themes, areas=areas, worker_hours=600)
        hours: dict[str, Any] = {"workers": [{"worker_id": str(worker.party_id), "hours": 400}]}
        one = await venture.organization()
        best = await venture.apply(one, number=0, asked=100_000, **hours)
        same_owner = await venture.apply(one, number=2, asked=100_000)
        same_worker = await venture.apply(number=4, asked=100_000, theme="elderly", **hours)
        plain = await venture.apply(number=5, asked=100_000, theme="elderly")
        youth = await venture.apply(number=3, asked=100_000)
        weaker = await venture.apply(number=1, asked=100_000)
        await venture.close()
        await venture.check()
        await venture.score({best: 99, same_owner: 98, same_worker: 96, plain: 97, youth: 50, weaker: 49})
        await venture.solve()

        assert set(await venture.chosen()) == {best, plain, youth}
        why = await venture.why_not()
        assert (why[same_owner]["because"], why[same_owner]["instead_of"]) == ("owner", best)
        assert (why[same_worker]["because"], why[weaker]["instead_of"]) == ("money", youth)
        floors = {floor["id"]: floor for floor in (await venture.get("/solution"))["certificate"]["floors"]}
        assert floors["youth"]["reached"] == yuan(100_000)
        assert floors["320508001"]["reached"] == yuan(300_000)


@pytest.mark.parametrize("partial", [True, False])
async def test_where_the_call_allows_it_less_than_was_asked_is_granted(running: Running, partial: bool) -> None:
    """What is left goes to the higher score first, up to what was asked."""
    async with a_venture(running) as venture:
        await venture.call(partial=partial)
        least: dict[str, Any] = {"least": yuan(100_000)} if partial else {}
        high, low = [await venture.apply(number=number, asked=180_000, **least) for number in (0, 1)]
        await venture.close()
        await venture.check()
        await venture.score({high: 90, low: 80})
        await venture.solve()

        assert await venture.chosen() == ({high: 180_000, low: 120_000} if partial else {high: 180_000})


async def test_floors_that_nobody_can_reach_are_proven_so_and_the_round_can_be_ended(running: Running) -> None:
    async with a_venture(running) as venture:
        themes = [{"id": "elderly", "name": "扶老"}, {"id": "youth", "name": "助幼", "least": yuan(200_000)}]
        await venture.call(themes=themes)
        elderly, youth = [await venture.apply(number=number) for number in (0, 1)]
        await venture.close()
        await venture.check()
        await venture.score({elderly: 90, youth: 80})
        await venture.solve("unsolved")

        certificate = (await venture.get())["certificate"]
        assert certificate["proof"] == "infeasible"
        (floor,) = certificate["floors"]
        assert (floor["least"], floor["at_most"]) == (yuan(200_000), yuan(60_000))
        assert (await venture.post("notice", None, venture.drafter)).json["title"] == "wrong_round_phase"
        await venture.must("voiding", {"reason": "助幼申报不足"}, venture.approver)


async def test_a_solver_that_broke_off_is_asked_again_and_nothing_is_lost(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken: list[Problem] = []

    def breaks_once(problem: Problem, limit: float) -> Choice:
        if not broken:
            broken.append(problem)
            raise RuntimeError("the process ended here")
        return search(problem, limit)

    monkeypatch.setattr("services.matching.solving.search", breaks_once)
    async with a_venture(running) as venture:
        await venture.call()
        id = await venture.apply()
        await venture.close()
        await venture.check()
        await venture.score({id: 80})
        await venture.solve()

        assert broken
        assert await venture.chosen() == {id: 60_000}
        assert len(await venture.system.facts("matching", "round.solved")) == 1
