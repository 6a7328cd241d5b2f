"""The experts of a round are drawn from a pool published before the deadline, and anybody can draw them again."""

import json
from typing import Any
from uuid import UUID

from schemas.ids import ApplicationId, PartyId
from schemas.party import TieDeclared, TieKind
from schemas.round import Proposal
from services.tenders.rules.committee.lot import commitment_of, order_of, seed_of
from services.tenders.rules.rounds.drawing import digest_of_application
from tests.services.tenders.rounds import Venture, a_venture
from tests.support.fixtures import Running
from tests.support.secrecy import everything_told
from tests.support.system import Person


async def pool_of(venture: Venture, number: int) -> dict[str, Person]:
    people = [await venture.expert() for _ in range(number)]
    return {str(one.party_id): one for one in people}


async def tie(venture: Venture, expert: Person, to: Person) -> None:
    told = TieDeclared(party_id=expert.party_id, tied_to=to.party_id, kind=TieKind.KINSHIP)
    await venture.system.seen(await venture.system.teller.tell(told, "registry"))


def drawn_again(venture: Venture, fact: dict[str, Any], applications: list[dict[str, Any]]) -> list[str]:
    """The order, from what is published: the secret, the pool, and the applications that stood."""
    digests = [
        digest_of_application(
            ApplicationId(UUID(one["application_id"])),
            PartyId(UUID(one["organization_id"])),
            Proposal.model_validate_json(json.dumps(one["proposal"])),
        )
        for one in applications
    ]
    seed = seed_of(UUID(venture.round), fact["secret"], digests)
    return [str(id) for id in order_of(seed, [PartyId(UUID(id)) for id in fact["order"]])]


async def test_anybody_draws_the_experts_of_a_round_again(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        pool = await pool_of(venture, 6)
        body = {"pool": list(pool), "seats": 3}
        early = await venture.post("committee/drawing", None, venture.drafter)
        await venture.must("committee/commitment", body, venture.drafter)
        twice = await venture.post("committee/commitment", body, venture.drafter)
        before = await venture.get("/committee")
        told_before = await everything_told(venture.system)
        ids = [await venture.apply(number=place) for place in range(3)]
        tied, away, *_ = pool.values()
        await tie(venture, tied, venture.owners[ids[0]])
        recusal = {"evaluator_id": str(away.party_id), "ground": "dispute"}
        await venture.must("committee/recusals", recusal, away)
        await venture.close()
        await venture.check()
        unseated = await venture.post("scores", venture.a_score(tied, {ids[1]: 80}), tied)
        await venture.must("committee/drawing", None, venture.drafter)
        hidden = await venture.get("/committee")
        shown = await venture.get("/committee", venture.drafter)
        outside = await venture.post("scores", venture.a_score(tied, {ids[1]: 80}), tied)
        recused = await venture.post("scores", venture.a_score(away, {ids[1]: 80}), away)
        complete = await venture.post("committee/drawing", None, venture.drafter)

        [fact] = [one["data"] for one in await venture.system.facts("tenders", "round_experts.drawn")]
        applications = [one["data"] for one in await venture.system.facts("tenders", "application.submitted")]
        again = drawn_again(venture, fact, applications)
        out = {str(tied.party_id), str(away.party_id)}
        assert commitment_of(UUID(venture.round), fact["secret"]) == before["commitment"]
        assert fact["order"] == again
        assert fact["members"] == [id for id in again if id not in out][:3] == shown["members"]
        assert {one["evaluator_id"]: one["why"] for one in shown["passed"]} == {
            str(tied.party_id): "tied",
            str(away.party_id): "recused",
        }
        assert (hidden["members"], hidden["drawn"]) == (None, 3)
        assert fact["secret"] not in str(told_before)
        assert [(one.status, one.json["title"]) for one in (early, twice, unseated, outside, recused, complete)] == [
            (409, "wrong_round_phase"),
            (409, "draw_committed_already"),
            (409, "committee_missing"),
            (403, "not_in_committee"),
            (409, "recused_already"),
            (409, "committee_stands"),
        ]


async def test_who_recuses_after_the_draw_is_replaced_by_the_next_in_the_same_order(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        pool = await pool_of(venture, 4)
        await venture.must("committee/commitment", {"pool": list(pool), "seats": 3}, venture.drafter)
        ids = [await venture.apply(number=place) for place in range(2)]
        await venture.close()
        await venture.check()
        await venture.must("committee/drawing", None, venture.drafter)
        first = (await venture.get("/committee", venture.drafter))["members"]
        leaves, stays = pool[first[0]], pool[first[1]]
        await venture.must("scores", venture.a_score(stays, dict.fromkeys(ids, 70)), stays)
        recusal = {"evaluator_id": first[0], "ground": "kinship"}
        scored = await venture.post("committee/recusals", recusal | {"evaluator_id": first[1]}, stays)
        await venture.must("committee/recusals", recusal, leaves)
        await venture.must("committee/drawing", None, venture.drafter)
        second = (await venture.get("/committee", venture.drafter))["members"]
        (rest,) = set(pool) - set(first)
        late = await venture.post("committee/recusals", recusal | {"evaluator_id": rest}, pool[rest])
        exhausted = await venture.post("committee/drawing", None, venture.drafter)

        one, other = (item["data"] for item in await venture.system.facts("tenders", "round_experts.drawn"))
        assert second == [*first[1:], rest]
        assert (one["seed"], one["order"]) == (other["seed"], other["order"])
        assert scored.json["title"] == "already_scored"
        assert late.status == 201
        assert (exhausted.status, exhausted.json["title"]) == (409, "round_pool_exhausted")


async def test_a_draw_that_breaks_a_rule_is_refused_and_nothing_is_written(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        ids = list(await pool_of(venture, 3))
        stranger = await venture.expert()
        few = await venture.post("committee/commitment", {"pool": ids, "seats": 2}, venture.drafter)
        small = await venture.post("committee/commitment", {"pool": ids, "seats": 4}, venture.drafter)
        twice = await venture.post("committee/commitment", {"pool": [*ids, ids[0]], "seats": 3}, venture.drafter)
        recusal = {"evaluator_id": str(stranger.party_id), "ground": "kinship"}
        foreign = await venture.post("committee/recusals", recusal, stranger)
        await venture.apply()
        await venture.close()
        late = await venture.post("committee/commitment", {"pool": ids, "seats": 3}, venture.drafter)
        undrawn = await venture.post("committee/drawing", None, venture.drafter)

        answers = (few, small, twice, foreign, late, undrawn)
        assert [one.json["title"] for one in answers] == [
            *("too_few_seats", "pool_too_small", "member_twice", "not_your_party", "wrong_round_phase"),
            "no_draw_committed",
        ]
        assert "示例" in few.json["rule"]["source"]
        assert await venture.system.facts("tenders", "round_draw.committed") == []


async def test_how_far_experts_stand_from_each_other_is_shown_once_scoring_is_closed(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        one = await venture.apply()
        await venture.close()
        await venture.check()
        experts = [await venture.expert() for _ in range(4)]
        for expert, points in zip(experts, (80, 81, 82, 30), strict=True):
            await venture.score({one: points}, [expert])
        early = await venture.system.get(f"/v1/rounds/{venture.round}/scores", venture.drafter)
        await venture.solve()
        told = await venture.get("/scores", venture.drafter)
        stranger = await venture.system.get(f"/v1/rounds/{venture.round}/scores", venture.owners[one])

        of_note = {one["evaluator_id"] for one in told["deviations"] if one["of_note"]}
        assert early.json["title"] == "wrong_round_phase"
        assert stranger.status == 403
        assert len(told["deviations"]) == 4
        assert of_note == {str(experts[3].party_id)}
