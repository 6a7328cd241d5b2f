"""A statutory purchase from the proposal to the award, wholly under one method of the shipped examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.demo.client import Person
from deploy.demo.story import preparing, tendering, whole
from deploy.demo.story.registering import give_key, known
from schemas.days import day_of
from schemas.envelope import new_key
from schemas.ids import ProjectId
from schemas.obligation import Duty
from schemas.role import Role
from services.tenders.api.answers import ProjectAnswer, Step
from services.tenders.api.preparing import PreparationAnswer
from services.tenders.rules.project import Phase
from tests.journey import sealed
from tests.journey.test_due import becomes
from tests.journey.town import Players, Town, a_need, choose, players, refused, shares, yuan

CEILING = 1_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Chosen by residents; nothing is drafted yet."""

    town: Town
    of: Players
    second: Person
    """another approver"""
    project_id: ProjectId
    method: str
    keepers: tuple[tuple[Person, bytes], ...]
    """of a share of the tender's key, each with the private key it is sealed to"""

    @property
    def path(self) -> str:
        return f"/v1/projects/{self.project_id}"

    async def draft(self, **changes: Any) -> Any:
        fields: dict[str, Any] = {
            "rulebook": f"example/{self.method}",
            "not_applicable": preparing.NOT_APPLICABLE,
            "bid_days": 20,
        }
        api, drafter = self.town.api, self.of.buyer.drafter
        return await tendering.draft(
            api, drafter, self.project_id, shares(self.of, yuan(CEILING)), **(fields | changes)
        )

    async def prepared(self) -> PreparationAnswer:
        return await self.town.api.get(f"{self.path}/preparation", PreparationAnswer)

    async def publish(self) -> None:
        api, buyer, today = self.town.api, self.of.buyer.drafter, day_of(await self.town.now())
        await preparing.publish_intent(api, buyer, self.project_id, yuan(CEILING), today)
        await preparing.consult_the_public(api, buyer, self.project_id, today)

    async def reserve(self, drafted: Any) -> None:
        """Approved by two others."""
        api = self.town.api
        await tendering.approve(api, self.of.buyer.approver, drafted)
        with refused("approved_already", "不相容岗位"):
            await tendering.approve(api, self.of.buyer.approver, drafted)
        assert len((await self.prepared()).approvals) == 1
        await tendering.approve(api, self.second, drafted)
        assert (await tendering.budgeted(api, self.project_id)).phase is Phase.RESERVED

    async def open(self) -> Any:
        """The tender's key in shares, as the national document has it: one for the buyer, one for the auditor."""
        body = {"supervisor_id": self.town.auditor.party_id}
        await self.town.api.post(f"{self.path}/tender", Step, body, self.of.buyer.drafter)
        return await self.town.api.get(self.path, ProjectAnswer)

    async def bid(self, *prices: int) -> None:
        for provider, price in zip(self.of.providers, prices, strict=False):
            await tendering.bid(self.town.api, provider, self.project_id, yuan(price), "示例方案")
        await self.town.days(20)
        await self.town.api.until(self.path, ProjectAnswer, lambda project: project.phase is not Phase.OPEN)
        for keeper, key in self.keepers:
            await sealed.hand_in(self.town, self.project_id, key, keeper)
        await tendering.opened(self.town.api, self.project_id)

    async def seat(self, *evaluators: Person) -> None:
        """As the provincial library drew them, all of them experts."""
        body = {
            "record_number": "示例2026-1",
            "drawn_on": day_of(await self.town.now()).isoformat(),
            "pool": "示例评审专家库",
            "members": [{"evaluator_id": one.party_id, "seat": "expert"} for one in evaluators],
        }
        await self.town.api.post(f"{self.path}/committee/import", Step, body, self.of.buyer.drafter)

    async def explain_the_low_price(self) -> None:
        """Of the first provider, below 45 % of the ceiling: asked about, explained, found reasonable."""
        project = await tendering.opened(self.town.api, self.project_id)
        low, provider = min(project.opened, key=lambda bid: bid.price.fen), self.of.providers[0]
        door = f"{self.path}/low-price/{low.bid_id}"
        words = {"bidder_id": provider.party_id, "text": "志愿者分担(示例)"}
        await self.town.api.post(f"{door}/explanation", Step, words, provider)
        decision = {"accepted": True, "reason": "合理(示例)"}
        await self.town.api.post(f"{door}/decision", Step, decision, self.of.buyer.drafter)

    async def award(self, evaluators: Sequence[Person], terms: Any = tendering.TERMS) -> None:
        api, project_id, buyer = self.town.api, self.project_id, self.of.buyer
        project = await tendering.opened(api, project_id)
        points = {bid.bid_id: whole.marks(terms, 80) for bid in project.opened}
        for evaluator in evaluators:
            await tendering.score(api, evaluator, project_id, points)
        await tendering.close_scoring(api, buyer.drafter, project_id)
        first = (await tendering.ranked(api, project_id)).ranking[0]
        await tendering.confirm_award(api, buyer.approver, project_id, first.bid_id)
        assert (await tendering.ranked(api, project_id)).phase is Phase.AWARDED


async def a_purchase(town: Town, method: str) -> Purchase:
    of = await players(town)
    funder = of.buyer.drafter.party_id
    second = await give_key(town.api, await town.clerks(), funder, Role.FUNDER, "分管领导")
    await known(town.api, second)
    (project_id,) = await choose(town, of, a_need())
    keepers = ((town.auditor, new_key()), (of.buyer.drafter, new_key()))
    for keeper, key in keepers:
        await sealed.keep(town, keeper, key)
    return Purchase(town=town, of=of, second=second, project_id=project_id, method=method, keepers=keepers)


async def test_an_open_bidding_goes_from_proposal_to_award_by_the_national_rules(town: Town) -> None:
    one = await a_purchase(town, "open-bidding")
    with refused("negative_list_undeclared", "财政部令第102号"):
        await one.draft(not_applicable=())
    with refused("bid_days_out_of_bounds", "政府采购法第三十五条"):
        await one.draft(bid_days=19)
    await one.reserve(await one.draft())
    with refused("intent_not_published", "采购意向公开"):
        await one.open()
    await one.publish()
    with refused("intent_too_recent", "采购意向公开"):
        await one.open()
    before = await one.prepared()
    assert before.opens_from is not None
    assert (before.approvals_needed, before.not_applicable) == (2, ())
    await town.until(before.opens_from)
    assert (await one.open()).phase is Phase.OPEN
    assert (await one.prepared()).not_applicable == preparing.NOT_APPLICABLE
    await one.bid(1_400_000, 1_450_000, 1_480_000)
    await tendering.qualify(town.api, one.of.buyer.drafter, one.project_id)
    with refused("committee_missing", "财政部令第87号"):
        await one.award(one.of.evaluators)
    with refused("committee_size", "财政部令第87号"):
        await one.seat(*one.of.evaluators)
    experts = (*one.of.evaluators, *[await town.evaluator() for _ in range(2)])
    await one.seat(*experts)
    await one.award(experts)
    assert await town.findings() == ()


async def test_a_consultation_goes_on_with_two_suppliers_for_a_recorded_reason(town: Town) -> None:
    one = await a_purchase(town, "consultation")
    await one.publish()
    await one.reserve(await one.draft(bid_days=10))
    await town.days(preparing.INTENT_DAYS)
    await one.open()
    await one.bid(600_000, 1_450_000)
    with refused("fewer_needs_reason", "财库〔2015〕124号"):
        await tendering.qualify(town.api, one.of.buyer.drafter, one.project_id)
    reason = "公告期满只有两家响应,采购文件无不合理条款"
    await tendering.qualify(town.api, one.of.buyer.drafter, one.project_id, continue_reason=reason)
    await one.seat(*one.of.evaluators)
    await one.explain_the_low_price()
    await one.award(one.of.evaluators)
    (goes_on,) = await town.told("tender.continued", one.project_id)
    assert (goes_on["qualified"], goes_on["usual"], goes_on["reason"]) == (2, 3, reason)
    assert await town.findings() == ()


async def test_a_single_source_waits_for_its_notice_and_the_answer_to_each_objection(town: Town) -> None:
    one = await a_purchase(town, "single-source")
    api, buyer = town.api, one.of.buyer.drafter
    supplier, other, _ = one.of.providers
    await one.publish()
    await one.reserve(await one.draft())
    await town.days(preparing.INTENT_DAYS)
    with refused("single_source_unannounced", "政府采购法实施条例第三十八条"):
        await one.open()
    await preparing.give_notice(api, buyer, one.project_id, supplier.party_id)
    with refused("single_source_notice_running"):
        await one.open()
    objection = await preparing.object_to_notice(api, other, one.project_id)
    due = (await becomes(api, buyer, Duty.ANSWER_NOTICE_OBJECTION, Duty.SIGN))[Duty.ANSWER_NOTICE_OBJECTION]
    assert due.zh == "答复对单一来源公示的异议,答复前不得开始采购"
    notice = (await one.prepared()).notice
    assert notice is not None
    await town.until(notice.ends_at)
    with refused("single_source_objection_open"):
        await one.open()
    await preparing.answer_objection(api, buyer, one.project_id, objection)
    await becomes(api, buyer, Duty.SIGN)
    await one.open()
    with refused("not_invited", "政府采购法第三十一条"):
        await tendering.bid(api, other, one.project_id, yuan(1_400_000), "示例方案")
    await one.bid(1_400_000)
    await tendering.qualify(api, buyer, one.project_id)
    await one.award(one.of.evaluators)
    assert await town.findings() == ()
