"""A charity-venture round: called by two, applied to, checked, scored, solved, publicised, confirmed, granted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from deploy.demo.client import Client, Person
from deploy.demo.story.whole import Buyer
from schemas.ids import ApplicationId, PartyId, RoundId
from schemas.money import Money, sum_of
from schemas.project import FundShare
from services.matching.api import SolutionAnswer
from services.tenders.api.round_answers import Pairs, RoundAnswer, RoundStep, Submitted
from services.tenders.api.round_committee import RoundCommitteeAnswer
from services.tenders.rules.rounds.round import RoundPhase

CALL_DAYS = 20
NOTICE_DAYS = 8
"""after them the example rulebook's notice has ended"""
PLAN = {
    "tranches": [{"share_percent": "60", "gate": "signed"}, {"share_percent": "40", "gate": "final_accepted"}],
}
CRITERIA = [
    {"id": "plan", "name": "项目方案", "points": "70"},
    {"id": "pitch", "name": "路演答辩", "points": "30"},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What one organization applies with, and of 100 how good it will be found."""

    organization: Person
    title: str
    summary: str
    theme: str
    asked: Money
    own_funds: Money
    quality: int


def a_call(funder: PartyId, shares: tuple[FundShare, ...], closes_at: datetime) -> dict[str, Any]:
    """An example within the bounds of the example rulebook."""
    return {
        "title": "街道公益创投大赛(示例)",
        "funder_id": funder,
        "budget": sum_of(share.amount for share in shares),
        "shares": shares,
        "themes": [
            {"id": "elderly", "name": "扶老"},
            {"id": "children", "name": "助幼"},
            {"id": "civic", "name": "共治"},
        ],
        "criteria": CRITERIA,
        "public_percent": 20,
        "amount_most": Money(100_000_00),
        "cofunding_percent": 40,
        "worker_hours": 1000,
        "closes_at": closes_at,
        "tranche_plan": PLAN,
        "requirements": "按申报书实施,末期提交成果与决算,接受社区确认与资助方验收(示例)。",
    }


def _round(id: RoundId) -> str:
    return f"/v1/rounds/{id}"


async def call(api: Client, buyer: Buyer, shares: tuple[FundShare, ...], now: datetime) -> RoundId:
    """One person drafts, another approves, and it is open."""
    body = {"call": a_call(buyer.drafter.party_id, shares, now + timedelta(days=CALL_DAYS))}
    drafted = await api.post("/v1/rounds", RoundStep, body, buyer.drafter)
    await api.post(f"{_round(drafted.round_id)}/approval", RoundStep, None, buyer.approver)
    return drafted.round_id


async def apply(api: Client, round_id: RoundId, one: Applicant, community: Person) -> ApplicationId:
    proposal = {
        "title": one.title,
        "summary": one.summary,
        "theme": one.theme,
        "community_id": community.party_id,
        "beneficiaries": 60,
        "asked": one.asked,
        "own_funds": one.own_funds,
    }
    body = {"organization_id": one.organization.party_id, "proposal": proposal}
    return (await api.post(f"{_round(round_id)}/applications", Submitted, body, one.organization)).application_id


async def shown(api: Client, round_id: RoundId, phase: RoundPhase) -> RoundAnswer:
    """Once the round has come so far."""
    return await api.until(_round(round_id), RoundAnswer, lambda round: round.phase is phase)


async def check(api: Client, buyer: Buyer, round_id: RoundId, applicants: Mapping[ApplicationId, Applicant]) -> None:
    checks = [
        {"application_id": id, "organization_id": one.organization.party_id, "complete": True, "reason": "材料齐全"}
        for id, one in applicants.items()
    ]
    await api.post(f"{_round(round_id)}/checks", RoundStep, {"checks": checks}, buyer.drafter)


async def commit_draw(api: Client, buyer: Buyer, evaluators: Sequence[Person], round_id: RoundId, seats: int) -> None:
    """The pool of experts, before the deadline."""
    body = {"pool": [one.party_id for one in evaluators], "seats": seats}
    await api.post(f"{_round(round_id)}/committee/commitment", RoundStep, body, buyer.drafter)


async def draw(api: Client, buyer: Buyer, round_id: RoundId) -> RoundCommitteeAnswer:
    await api.post(f"{_round(round_id)}/committee/drawing", RoundStep, None, buyer.drafter)
    return await api.get(f"{_round(round_id)}/committee", RoundCommitteeAnswer, buyer.drafter)


async def score(
    api: Client,
    buyer: Buyer,
    evaluators: Iterable[Person],
    round_id: RoundId,
    applicants: Mapping[ApplicationId, Applicant],
) -> None:
    """Every expert on every criterion, and the public jury."""
    for place, evaluator in enumerate(evaluators):
        scores = [
            {"application_id": id, "points": {c["id"]: _part(c["points"], one.quality - place) for c in CRITERIA}}
            for id, one in applicants.items()
        ]
        body = {"evaluator_id": evaluator.party_id, "scores": scores}
        await api.post(f"{_round(round_id)}/scores", RoundStep, body, evaluator)
    jury = [{"application_id": id, "points": str(one.quality)} for id, one in applicants.items()]
    public = {"scores": jury, "record_digest": "0" * 64}
    await api.post(f"{_round(round_id)}/public-scores", RoundStep, public, buyer.drafter)


def _part(points: str, quality: int) -> Decimal:
    return (Decimal(points) * quality / 100).quantize(Decimal("0.01"))


async def decide_pairs(api: Client, buyer: Buyer, round_id: RoundId, reason: str) -> Pairs:
    """Every similar pair is different work, for a reason."""
    found = await api.get(f"{_round(round_id)}/pairs", Pairs, buyer.drafter)
    for pair in found.pairs:
        path = f"{_round(round_id)}/pairs/{pair.pair_id}/decision"
        await api.post(path, RoundStep, {"same": False, "reason": reason}, buyer.drafter)
    return found


async def solve(api: Client, buyer: Buyer, round_id: RoundId) -> SolutionAnswer:
    await api.post(f"{_round(round_id)}/scores/closing", RoundStep, None, buyer.drafter)
    await shown(api, round_id, RoundPhase.SOLVED)
    return await api.get(f"{_round(round_id)}/solution", SolutionAnswer)


async def publicise(api: Client, buyer: Buyer, round_id: RoundId) -> None:
    await api.post(f"{_round(round_id)}/notice", RoundStep, None, buyer.drafter)


async def confirm(api: Client, buyer: Buyer, round_id: RoundId) -> RoundAnswer:
    """By another person, after the notice; each grant is a project from here on."""
    await api.post(f"{_round(round_id)}/confirmation", RoundStep, None, buyer.approver)
    return await shown(api, round_id, RoundPhase.CONFIRMED)
