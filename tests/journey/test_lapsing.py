"""A reservation ends while its tender is open, or its agreement half signed: both end with it, and everybody is told.

In a town of its own: half a year passes, and keys do not last for ever.
"""

from pathlib import Path

import pytest

from deploy.demo.client import Client, Person
from deploy.demo.story import delivering, paying, tendering, whole
from schemas.finding import Finding
from schemas.ids import ProjectId
from schemas.money import ZERO
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer
from services.contracts.rules.life import ContractState
from services.funds.rules.project import Phase as MoneyPhase
from services.tenders.api.answers import ProjectAnswer
from services.tenders.rules.project import Phase
from tests.journey.town import a_need, a_plan, a_town, choose, players, refused

NEARLY = 165
"""days after which an opened tender is still open when its reservation of 180 days ends"""


async def voided(api: Client, project_id: ProjectId) -> ProjectAnswer:
    return await api.until(f"/v1/projects/{project_id}", ProjectAnswer, lambda found: found.phase is Phase.VOIDED)


async def findings(api: Client, project_id: ProjectId, auditor: Person) -> tuple[Finding, ...]:
    path = f"/v1/audit/projects/{project_id}/trace"
    ends = ("tender.voided", "contract.lapsed")
    trace = await api.until(path, TraceAnswer, lambda trace: trace.steps[-1].type in ends, auditor)
    return trace.findings


@pytest.mark.timeout(240)
async def test_an_open_tender_and_a_half_signed_agreement_end_with_their_reservation(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with a_town(postgres_dsn, kafka_bootstrap, tmp_path) as town:
        of, api = await players(town), town.api
        unsigned, late = await choose(town, of, a_need(), a_need("楼道扶手"))
        plan, other = a_plan(of, unsigned), a_plan(of, late)
        drafted = await tendering.draft(api, of.buyer.drafter, late, other.shares)
        await tendering.approve(api, of.buyer.approver, drafted)
        await tendering.budgeted(api, late)
        await whole.to_bids(api, plan)
        await town.days(tendering.BID_DAYS)
        winner = (await whole.to_award(api, plan)).provider
        await delivering.endorse(api, winner, unsigned)
        await town.days(NEARLY - tendering.BID_DAYS)
        await tendering.open_tender(api, of.buyer.drafter, late)
        await town.days(16)

        for project_id in (unsigned, late):
            assert "预留资金到期" in ((await voided(api, project_id)).setback or "")
            money = await paying.money(api, project_id, of.buyer.finance)
            assert (money.phase, money.set_aside) == (MoneyPhase.RETURNED, ZERO)
            assert await findings(api, project_id, town.auditor) == ()
        contract = f"/v1/projects/{unsigned}/contract"
        lapsed = await api.until(
            contract, ContractAnswer, lambda found: found.state.code is ContractState.LAPSED, of.buyer.approver
        )
        assert "已失效" in lapsed.state.zh
        with refused("contract_is_over"):
            await delivering.endorse(api, of.buyer.approver, unsigned)
        with refused("wrong_phase"):
            await tendering.bid(api, winner, late, plan.offers[0].price, "迟到的方案")
        assert [told["was_signed"] for told in await town.told("contract.lapsed", unsigned)] == [False]
        assert await town.findings() == ()
