"""What a venture round refuses, by field and by rule."""

from typing import Any
from uuid import uuid4

import pytest

from schemas.ids import PartyId
from schemas.organization import GroupRegistered
from schemas.party import PartyKind, PartyVerified, TieDeclared, TieKind
from schemas.role import Role
from tests.services.tenders.rounds import ACCOUNTS, Venture, a_call, a_venture, yuan
from tests.support.fixtures import Running
from tests.support.system import Person, Reply


def said(reply: Reply) -> tuple[int, str, str | None]:
    return reply.status, reply.json["title"], reply.json.get("field")


CALLS: list[tuple[dict[str, Any], str, str]] = [
    ({"amount_most": yuan(500_001)}, "above_venture_bound", "call.amount_most"),
    ({"per_organization": 2}, "above_venture_bound", "call.per_organization"),
    ({"public_percent": 51}, "above_venture_bound", "call.public_percent"),
    ({"worker_hours": 2001}, "above_venture_bound", "call.worker_hours"),
    ({"cofunding_percent": 39}, "cofunding_too_low", "call.cofunding_percent"),
    ({"criteria": [{"id": "plan", "name": "方案", "points": "99"}]}, "criteria_miss_full_marks", "call.criteria"),
    ({"closes_at": "2026-03-10T00:00:00Z"}, "call_days_out_of_bounds", "call.closes_at"),
    ({"closes_at": "2026-08-01T00:00:00Z"}, "call_days_out_of_bounds", "call.closes_at"),
    ({"shares": [{"account_id": ACCOUNTS[0], "amount": yuan(1)}]}, "shares_miss_budget", "call.shares"),
    ({"themes": [{"id": "a", "name": "甲", "least": yuan(300_001)}]}, "floors_above_budget", "call.themes"),
    ({"areas": [{"division": "320508", "least": yuan(300_001)}]}, "floors_above_budget", "call.areas"),
    (
        {"tranche_plan": {"tranches": [{"share_percent": "100", "gate": "signed"}]}},
        "upfront_too_large",
        "call.tranche_plan",
    ),
    ({"themes": [{"id": "a", "name": "甲"}] * 2}, "invalid_field", "call"),
    ({"areas": [{"division": d, "least": yuan(1)} for d in ("320508", "320508001")]}, "invalid_field", "call"),
    ({"budget": {"fen": -1}}, "invalid_field", "call.budget.fen"),
]


async def test_a_call_outside_the_rulebooks_bounds_is_refused_by_its_field(running: Running) -> None:
    async with a_venture(running) as venture:
        for changes, code, field in CALLS:
            whole = a_call(venture.drafter) | changes
            reply = await venture.system.post("/v1/rounds", {"call": whole}, venture.drafter)
            assert said(reply) == (422, code, field), changes
            if code in ("above_venture_bound", "cofunding_too_low", "call_days_out_of_bounds", "upfront_too_large"):
                assert "示例" in reply.json["rule"]["source"]
        named = {"call": a_call(venture.drafter), "rulebook": "example/below-limit"}
        reply = await venture.system.post("/v1/rounds", named, venture.drafter)
        assert said(reply) == (422, "no_venture_rules", "rulebook")
        named = {"call": a_call(venture.drafter), "agreement_rulebook": "example/charity-venture"}
        reply = await venture.system.post("/v1/rounds", named, venture.drafter)
        assert said(reply) == (422, "no_agreement_rules", "agreement_rulebook")
        assert await venture.system.fetch("SELECT 1 FROM tenders.rounds") == []


async def test_a_registered_group_is_named_by_its_hub_alone(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        hub, other = await venture.organization(), await venture.organization()
        group_id = PartyId(uuid4())
        registered = GroupRegistered(
            party_id=group_id,
            name="示例互助社",
            division="320508001001",
            hub_id=hub.party_id,
            filed_with="示例街道",
            filing_number="备〔2026〕3号",
        )
        teller = venture.system.teller
        named: dict[str, Any] = {"group": "示例互助社", "group_id": str(group_id)}

        async def apply(by: Person) -> Reply:
            body = {"organization_id": str(by.party_id), "proposal": venture.a_proposal(**named)}
            return await venture.post("applications", body, by)

        await venture.system.seen(await teller.tell(registered, "registry"))
        unverified = await apply(hub)
        await venture.system.seen(await teller.tell(PartyVerified(party_id=group_id), "registry"))
        of_another = await apply(other)
        own = await apply(hub)

        assert said(unverified)[:2] == (403, "party_not_verified")
        assert said(of_another) == (422, "not_ones_group", "proposal.group_id")
        assert own.status == 201
        told = await venture.system.facts("tenders", "application.submitted")
        assert [fact["data"]["proposal"]["group_id"] for fact in told] == [str(group_id)]


async def test_who_drafted_a_call_cannot_approve_it_and_until_then_nobody_else_sees_it(running: Running) -> None:
    async with a_venture(running) as venture:
        body = {"call": a_call(venture.drafter)}
        drafted = await venture.system.post("/v1/rounds", body, venture.drafter)
        path = f"/v1/rounds/{drafted.json['round_id']}"

        assert said(await venture.system.post(f"{path}/approval", None, venture.drafter))[1] == "drafter_cannot_approve"
        assert (await venture.system.get(path)).status == 404
        assert (await venture.system.get(path, venture.approver)).json["phase"] == "call_drafted"
        assert (await venture.system.get("/v1/rounds")).json["rounds"] == []


async def _proposals(venture: Venture) -> list[tuple[dict[str, Any], str, str]]:
    funder = str(venture.drafter.party_id)
    return [
        ({"theme": "nature"}, "theme_unknown", "proposal.theme"),
        ({"asked": yuan(200_001), "own_funds": yuan(200_001)}, "asked_too_much", "proposal.asked"),
        ({"asked": yuan(149), "own_funds": yuan(149)}, "asked_too_little", "proposal.asked"),
        ({"own_funds": yuan(39_999)}, "own_funds_too_low", "proposal.own_funds"),
        ({"least": yuan(59_999)}, "granted_whole_only", "proposal.least"),
        ({"least": yuan(60_001)}, "least_above_asked", "proposal.least"),
        ({"community_id": funder}, "community_unregistered", "proposal.community_id"),
        ({"workers": [{"worker_id": funder, "hours": 10}]}, "not_a_social_worker", "proposal.workers.0"),
        ({"summary": "联系电话 13912345678"}, "personal_data", "proposal.summary"),
        ({"asked": yuan(0)}, "invalid_field", "proposal.asked"),
    ]


async def test_an_application_that_breaks_the_call_is_refused_by_its_field(running: Running) -> None:
    """40 % of the cost from elsewhere: with 60,000 asked that is 40,000."""
    async with a_venture(running) as venture:
        await venture.call()
        one = await venture.organization()
        for changes, code, field in await _proposals(venture):
            body = {"organization_id": str(one.party_id), "proposal": venture.a_proposal() | changes}
            assert said(await venture.post("applications", body, one)) == (422, code, field), changes
        id = await venture.apply(one, own_funds=yuan(40_000))
        assert (await venture.get("/applications"))["applications"] == []
        own = (await venture.system.get("/v1/applications", one)).json["applications"]
        assert [found["application_id"] for found in own] == [id]


async def test_only_a_standing_organization_applies_and_only_so_often(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        worker = await venture.system.person(PartyKind.SOCIAL_WORKER, Role.PROVIDER)
        body = {"organization_id": str(worker.party_id), "proposal": venture.a_proposal()}
        assert said(await venture.post("applications", body, worker))[1] == "applicant_no_organization"
        one = await venture.organization()
        for _ in range(10):
            await venture.apply(one)
        body = {"organization_id": str(one.party_id), "proposal": venture.a_proposal()}
        assert said(await venture.post("applications", body, one))[1] == "too_many_applications"


async def test_after_the_deadline_nothing_comes_in_or_goes_out(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        one = await venture.organization()
        kept, gone = await venture.apply(one), await venture.apply(one)
        await venture.must(f"applications/{gone}/withdrawal", None, one)
        await venture.close()

        assert (await venture.get())["applications"] == 1
        shown = (await venture.get("/applications"))["applications"]
        assert [found["application_id"] for found in shown] == [kept]
        body = {"organization_id": str(one.party_id), "proposal": venture.a_proposal()}
        assert said(await venture.post("applications", body, one))[1] == "wrong_round_phase"
        assert said(await venture.post(f"applications/{kept}/withdrawal", None, one))[1] == "wrong_round_phase"


async def test_experts_score_what_is_complete_once_and_nobody_they_are_tied_to(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        good, poor = await venture.apply(number=0), await venture.apply(number=1)
        await venture.close()
        expert = await venture.expert()
        assert said(await venture.post("scores", venture.a_score(expert, {good: 80}), expert))[1] == (
            "application_not_complete"
        )
        await venture.check(poor)
        tied = await venture.expert()
        tie = TieDeclared(party_id=tied.party_id, tied_to=venture.owners[good].party_id, kind=TieKind.KINSHIP)
        await venture.system.seen(await venture.system.teller.tell(tie, "registry"))
        told = await venture.post("scores", venture.a_score(tied, {good: 80}), tied)
        assert said(told) == (403, "evaluator_tied_to_applicant", "scores.0")
        assert told.json["rule"]["certainty"] == "G"
        await venture.must("scores", venture.a_score(expert, {good: 80}), expert)
        assert said(await venture.post("scores", venture.a_score(expert, {good: 80}), expert))[1] == (
            "application_scored_already"
        )
        again = await venture.post("scores", venture.a_score(await venture.expert(), {poor: 80}), expert)
        assert said(again)[1] == "not_your_party"
        other = await venture.expert()
        assert said(await venture.post("scores", venture.a_score(other, {poor: 80}), other))[1] == (
            "application_not_complete"
        )
        above = venture.a_score(other, {good: 80})
        above["scores"][0]["points"] = {"plan": "70.01", "pitch": "1"}
        assert said(await venture.post("scores", above, other)) == (422, "points_above_most", "scores.0.points")
        above["scores"][0]["points"] = {"plan": "70"}
        assert said(await venture.post("scores", above, other)) == (422, "criteria_incomplete", "scores.0.points")
        await venture.compared()
        few = await venture.post("scores/closing", None, venture.drafter)
        assert said(few)[1] == "too_few_scores"
        assert few.json["rule"]["source"].startswith("示例")


@pytest.mark.parametrize("noun", ["scores/closing", "notice", "confirmation"])
async def test_no_step_comes_before_its_turn(running: Running, noun: str) -> None:
    async with a_venture(running) as venture:
        await venture.call()

        assert said(await venture.post(noun, None, venture.drafter))[1] == "wrong_round_phase"
        stranger = await venture.system.person(PartyKind.FUNDER, Role.FUNDER)
        assert said(await venture.post(noun, None, stranger))[1] == "not_your_party"


async def test_a_round_that_is_ended_stays_ended_and_solves_nothing(running: Running) -> None:
    async with a_venture(running) as venture:
        await venture.call()
        await venture.apply()
        await venture.must("voiding", {"reason": "预算调整"}, venture.drafter)

        assert (await venture.get())["voided_because"] == "预算调整"
        assert said(await venture.post("voiding", {"reason": "再次"}, venture.drafter))[1] == "wrong_round_phase"
        assert (await venture.system.get(f"/v1/rounds/{uuid4()}/solution")).status == 404
