"""The agreement: signed by both, delivered in two milestones, published."""

from hashlib import sha256

from deploy.demo.client import Client, Person
from schemas.contract import Evidence, Milestone
from schemas.ids import ProjectId
from services.audit.api import TraceAnswer
from services.contracts.api import ContractAnswer, MilestoneAnswer
from services.contracts.api.consultations import ConsultationAnswer


def _contract(project_id: ProjectId) -> str:
    return f"/v1/projects/{project_id}/contract"


async def agreement(api: Client, project_id: ProjectId, by: Person) -> ContractAnswer:
    """The terms as drafted from the award, and the digest to sign."""
    return await api.until(_contract(project_id), ContractAnswer, lambda contract: True, by)


async def endorse(api: Client, signer: Person, project_id: ProjectId) -> ContractAnswer:
    """One party reads the terms and signs their digest."""
    read = await agreement(api, project_id, signer)
    return await api.post(f"{_contract(project_id)}/endorsements", ContractAnswer, {"digest": read.digest}, signer)


def _milestone(project_id: ProjectId, milestone: Milestone) -> str:
    return f"/v1/projects/{project_id}/milestones/{milestone}"


async def submit(api: Client, provider: Person, project_id: ProjectId, milestone: Milestone, report: str) -> None:
    """The provider shows evidence by its digest."""
    evidence = Evidence(digest=sha256(report.encode()).hexdigest(), description=report)
    path = f"{_milestone(project_id, milestone)}/submissions"
    await api.post(path, MilestoneAnswer, {"evidence": [evidence]}, provider)


async def confirm(api: Client, staff: Person, project_id: ProjectId, milestone: Milestone) -> None:
    """The community saw the delivery."""
    await api.post(f"{_milestone(project_id, milestone)}/confirmations", MilestoneAnswer, None, staff)


async def consult(api: Client, staff: Person, project_id: ProjectId, milestone: Milestone) -> None:
    """The community invited the people served to the acceptance, and keeps what they said."""
    body = {
        "invitation": "张贴通知并电话邀请(示例)",
        "invited": 6,
        "commented": 2,
        "comments": ["饭菜按时送到(示例)", "希望多些软食(示例)"],
    }
    await api.post(f"{_milestone(project_id, milestone)}/consultations", ConsultationAnswer, body, staff)


async def accept(api: Client, buyer: Person, project_id: ProjectId, milestone: Milestone) -> None:
    """The buyer accepts (验收) what the community confirmed."""
    await api.post(f"{_milestone(project_id, milestone)}/acceptances", MilestoneAnswer, None, buyer)


async def published(api: Client, project_id: ProjectId) -> ContractAnswer:
    """Without a key: to a stranger the agreement exists once it is public."""
    return await api.until(_contract(project_id), ContractAnswer, lambda contract: contract.published)


async def trace(api: Client, project_id: ProjectId, auditor: Person | None = None) -> TraceAnswer:
    """The whole story with its money. The archive may be a moment behind: the last step is its publication."""
    path = f"/v1/audit/projects/{project_id}/trace"
    return await api.until(path, TraceAnswer, lambda trace: trace.published, auditor)
