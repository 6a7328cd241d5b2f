"""A tender whose key is in shares, with a bidder who keeps a key of its own: from two registered keepers to readable
bids, through the public doors."""

from dataclasses import replace

from deploy.demo.client import Person
from deploy.demo.story import tendering, whole
from deploy.sealing import opened_share
from schemas.days import day_of
from schemas.envelope import new_key, public_of
from schemas.ids import ProjectId
from services.registry.api.rulebooks import RulebookAnswer
from services.tenders.api.answers import Drafted, ProjectAnswer, Step
from services.tenders.api.envelopes import KeeperAnswer, SealedShares
from tests.journey.town import COMMUNITY, Players, Town, a_need, a_plan, choose

RULEBOOK = f"{COMMUNITY[:6]}/sealed"


async def in_shares(town: Town, of: Players) -> ProjectAnswer:
    """The supervisor hands in its share, the recovery share stands in for the buyer's."""
    supervisors_key = new_key()
    await keep(town, town.auditor, supervisors_key)
    await keep(town, of.buyer.drafter, new_key())
    await adopt(town)
    (project_id,) = await choose(town, of, a_need("认知障碍早期筛查"))
    plan = a_plan(of, project_id)
    first, *others = plan.offers
    plan = replace(plan, offers=(replace(first, own_key=new_key()), *others))
    await open_in_shares(town, plan)
    for offer in plan.offers:
        await whole.bid(town.api, project_id, offer)
    await town.days(tendering.BID_DAYS)
    await whole.release(town.api, plan)
    await hand_in(town, project_id, supervisors_key)
    body = {"reason": "采购人的私钥文件损坏(示例)"}
    await town.api.post(f"/v1/projects/{project_id}/recovery", Step, body, town.operator)
    return await tendering.opened(town.api, project_id)


async def keep(town: Town, person: Person, private: bytes) -> None:
    body = {"public_key": public_of(private).hex()}
    await town.api.post(f"/v1/keepers/{person.party_id}/keys", KeeperAnswer, body, person)


async def adopt(town: Town) -> None:
    """One registrar hands it in, the other adopts it."""
    one, other = town.registry.enters, town.registry.verifies
    text = (
        f'id: {RULEBOOK}\nversion: "2026.1"\ntitle: 示例\neffective_from: {day_of(await town.now()).isoformat()}\n'
        'parent: "example/below-limit@2026.6"\nrules:\n  tender.sealing:\n    value: escrow\n'
        '    source: 本区通知(示例)\n    certainty: "?"\n'
    )
    body = {"registrar_id": one.party_id, "document": text}
    handed = await town.api.post("/v1/rulebooks", RulebookAnswer, body, one)
    body = {"registrar_id": other.party_id}
    await town.api.post(f"/v1/rulebooks/{handed.hash}/adoption", RulebookAnswer, body, other)
    await town.clock.quiet()


async def open_in_shares(town: Town, plan: whole.Plan) -> None:
    api, id, buyer = town.api, plan.project_id, plan.buyer
    body = {
        "ceiling": {"fen": sum(share.amount.fen for share in plan.shares)},
        "shares": plan.shares,
        "terms": plan.terms,
        "bid_days": tendering.BID_DAYS,
        "rulebook": RULEBOOK,
    }
    drafted = await api.post(f"/v1/projects/{id}/drafts", Drafted, body, buyer.drafter)
    await tendering.approve(api, buyer.approver, drafted)
    await tendering.budgeted(api, id)
    await api.post(f"/v1/projects/{id}/tender", Step, {"supervisor_id": town.auditor.party_id}, buyer.drafter)


async def hand_in(town: Town, project_id: ProjectId, private: bytes, keeper: Person | None = None) -> None:
    """Fetched, opened at home, and given: by the auditor unless said otherwise."""
    path, by = f"/v1/projects/{project_id}/shares", keeper or town.auditor
    sealed = await town.api.get(path, SealedShares, by)
    await town.api.post(path, Step, {"share": opened_share(sealed, private).hex()}, by)
