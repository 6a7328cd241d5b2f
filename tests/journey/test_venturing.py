"""A venture round through the public doors of a whole installation, to signed agreements and the first payment."""

from deploy.demo.story import delivering, paying, venturing
from schemas.clauses import Instrument
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from tests.journey.town import Town, players
from tests.journey.ventured import solved


async def test_a_round_ends_in_agreements_that_are_signed_and_paid(town: Town) -> None:
    api = town.api
    of = await players(town)
    buyer = of.buyer
    round_id, applicants = await solved(town, of)
    await venturing.publicise(api, buyer, round_id)
    await town.days(venturing.NOTICE_DAYS)
    confirmed = await venturing.confirm(api, buyer, round_id)

    titles = {applicants[one.choice.application_id].title for one in confirmed.chosen}
    assert titles == {"独居老人助餐", "独居老人助餐服务"}
    assert confirmed.certificate is not None
    assert confirmed.certificate.gap == 0
    for one in confirmed.chosen:
        organization = applicants[one.choice.application_id].organization
        await delivering.endorse(api, buyer.approver, one.project_id)
        await delivering.endorse(api, organization, one.project_id)
        await paying.pay(api, buyer.finance, one.project_id, 1, buyer.approver)
        contract = await api.get(f"/v1/projects/{one.project_id}/contract", ContractAnswer, buyer.approver)
        assert contract.agreement.price == one.choice.amount
    (arranged,) = await town.told("award.arranged", confirmed.chosen[0].project_id)
    assert (arranged["instrument"], arranged["ground"]["code"]) == (Instrument.PROJECT_GRANT, "open_call")
    await town.clock.quiet()
    trace = await api.get(f"/v1/audit/projects/{confirmed.chosen[0].project_id}/trace", TraceAnswer, town.auditor)
    told = "\n".join(step.zh for step in trace.steps)
    assert "发布公益创投“街道公益创投大赛(示例)”" in told
    assert "整轮择优建议 2 项" in told
    assert await town.findings() == ()
