"""From the proposal to the award: terms, reserved money, sealed bids, scores, the ranking, the buyer's choice."""

from collections.abc import Mapping
from decimal import Decimal

from deploy.demo.client import Client, Person
from deploy.sealing import sealed
from schemas.envelope import public_of
from schemas.ids import BidId, ProjectId
from schemas.money import Money
from schemas.project import FundShare
from schemas.tender import BidScore, Criterion, Terms
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.tenders.api.answers import Bidders, Drafted, OwnBids, ProjectAnswer, Sealed, Step
from services.tenders.rules.project import Phase
from services.tenders.rules.sealing import SealBid

RULEBOOK = "example/below-limit"
BID_DAYS = 20
TERMS = Terms(
    price_points=Decimal(20),
    criteria=(
        Criterion(id="plan", name="服务方案", points=Decimal(40)),
        Criterion(id="team", name="人员与专业能力", points=Decimal(25)),
        Criterion(id="quality", name="质量与安全保障", points=Decimal(15)),
    ),
    tranche_plan=TranchePlan(
        tranches=(
            PlannedTranche(share_percent=Decimal(50), gate=Gate.SIGNED),
            PlannedTranche(share_percent=Decimal(40), gate=Gate.MID_TERM_ACCEPTED),
            PlannedTranche(share_percent=Decimal(10), gate=Gate.FINAL_GRADED),
        )
    ),
    requirements="按社区需求清单提供服务,中期、末期各提交一次成果,接受居民评价与购买方验收。",
)
"""An example within the bounds of the example rulebook: 20 points for the price, tranches of 50/40/10."""


def _project(project_id: ProjectId) -> str:
    return f"/v1/projects/{project_id}"


async def draft(
    api: Client,
    drafter: Person,
    project_id: ProjectId,
    shares: tuple[FundShare, ...],
    terms: Terms = TERMS,
    *,
    bid_days: int = BID_DAYS,
    rulebook: str = RULEBOOK,
    not_applicable: tuple[str, ...] = (),
) -> Drafted:
    """One person of the funder names ceiling, accounts and terms."""
    body = {
        "ceiling": Money(sum(share.amount.fen for share in shares)),
        "shares": shares,
        "terms": terms,
        "bid_days": bid_days,
        "rulebook": rulebook,
        "not_applicable": not_applicable,
    }
    return await api.post(f"{_project(project_id)}/drafts", Drafted, body, drafter)


async def approve(api: Client, approver: Person, drafted: Drafted) -> None:
    """Another person approves, and funds is asked for the money."""
    await api.post(f"{_project(drafted.project_id)}/drafts/{drafted.draft_id}/approval", Step, None, approver)


async def budgeted(api: Client, project_id: ProjectId) -> ProjectAnswer:
    """Once funds has answered: reserved, or drafted again when there was no money."""
    return await api.until(_project(project_id), ProjectAnswer, lambda p: p.phase is not Phase.APPROVED)


async def open_tender(api: Client, buyer: Person, project_id: ProjectId) -> ProjectAnswer:
    await api.post(f"{_project(project_id)}/tender", Step, None, buyer)
    return await api.get(_project(project_id), ProjectAnswer)


async def bid(
    api: Client, provider: Person, project_id: ProjectId, price: Money, proposal: str, *, replaces: BidId | None = None
) -> Sealed:
    """Sealed before it is stored; the receipt is the digest of what was sealed."""
    body = {"bidder_id": provider.party_id, "price": price, "proposal": proposal, "replaces": replaces}
    return await api.post(f"{_project(project_id)}/bids", Sealed, body, provider)


async def bid_sealed(
    api: Client, provider: Person, project_id: ProjectId, price: Money, proposal: str, own_key: bytes
) -> Sealed:
    """Sealed by its bidder, who keeps the key: the installation never sees what is in it before the opening."""
    offer = SealBid(project_id=project_id, bidder_id=provider.party_id, price=price, proposal=proposal)
    body = sealed(offer, public_of(own_key), own=True).model_dump(mode="json", exclude={"project_id"})
    return await api.post(f"{_project(project_id)}/sealed-bids", Sealed, body, provider)


async def release(api: Client, provider: Person, project_id: ProjectId, own_key: bytes) -> None:
    """Once the deadline's timer has rung; the last key opens all bids."""
    await api.until(_project(project_id), ProjectAnswer, lambda p: p.phase is not Phase.OPEN)
    bids = (await api.get("/v1/bids", OwnBids, provider)).bids
    bid_id = next(bid.bid_id for bid in bids if bid.project_id == project_id and not bid.withdrawn)
    await api.post(f"{_project(project_id)}/bids/{bid_id}/key", Step, {"key": own_key.hex()}, provider)


async def opened(api: Client, project_id: ProjectId) -> ProjectAnswer:
    """After the deadline's timer, and once every key is there: opened, or void."""
    return await api.until(_project(project_id), ProjectAnswer, lambda p: p.phase not in (Phase.OPEN, Phase.LOCKED))


async def qualify(
    api: Client,
    buyer: Person,
    project_id: ProjectId,
    refused: Mapping[BidId, str] | None = None,
    *,
    continue_reason: str | None = None,
) -> None:
    """A person looks at how every bidder stands and signs who takes part; `refused` gives reasons against.

    `continue_reason`: why it goes on with fewer than usual.
    """
    found = await api.get(f"{_project(project_id)}/bidders", Bidders, buyer)
    judgements = [
        {
            "bid_id": one.bid_id,
            "bidder_id": one.bidder_id,
            "qualified": one.bid_id not in (refused or {}),
            "reason": (refused or {}).get(one.bid_id, "主体已核验,报价未超过最高限价"),
        }
        for one in found.bidders
    ]
    body = {"judgements": judgements, "continue_reason": continue_reason}
    await api.post(f"{_project(project_id)}/qualification", Step, body, buyer)


async def score(
    api: Client, evaluator: Person, project_id: ProjectId, points: Mapping[BidId, Mapping[str, Decimal]]
) -> None:
    """One evaluator's points for every qualified bid on every criterion."""
    scores = tuple(BidScore(bid_id=bid_id, points=dict(given)) for bid_id, given in points.items())
    body = {"evaluator_id": evaluator.party_id, "scores": scores}
    await api.post(f"{_project(project_id)}/scores", Step, body, evaluator)


async def close_scoring(api: Client, buyer: Person, project_id: ProjectId) -> None:
    await api.post(f"{_project(project_id)}/scores/closing", Step, None, buyer)


async def ranked(api: Client, project_id: ProjectId) -> ProjectAnswer:
    """Once matching has advised."""
    return await api.until(_project(project_id), ProjectAnswer, lambda p: p.phase is not Phase.SCORED)


async def confirm_award(api: Client, buyer: Person, project_id: ProjectId, bid_id: BidId) -> None:
    """The buyer chooses; matching only proposed."""
    await api.post(f"{_project(project_id)}/award", Step, {"bid_id": bid_id}, buyer)


async def announce_award(api: Client, buyer: Person, project_id: ProjectId) -> None:
    """The notice goes out, and with it the days to object and to sign begin."""
    await api.post(f"{_project(project_id)}/award/notice", Step, None, buyer)
