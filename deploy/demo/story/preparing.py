"""Before a statutory purchase opens: its intent, what the public was asked, and the notice of a single source."""

from datetime import date, timedelta
from uuid import UUID

from deploy.demo.client import Client, Person
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from services.tenders.api.answers import Step
from services.tenders.api.preparing import ObjectionReceived

NOT_APPLICABLE = (
    "not_government_duty",
    "direct_duty",
    "goods_works_bundle",
    "financing",
    "staffing",
    "other_forbidden",
)
"""the national negative list, each item declared not to apply"""
INTENT_DAYS = 40
"""thirty, and a holiday on which they would have ended"""


async def publish_intent(api: Client, buyer: Person, project_id: ProjectId, budget: Money, today: date) -> None:
    body = {"content": "社区服务需求概况(示例)", "budget": budget, "expected_on": today + timedelta(days=INTENT_DAYS)}
    await api.post(f"/v1/projects/{project_id}/intent", Step, body, buyer)


async def consult_the_public(api: Client, buyer: Person, project_id: ProjectId, today: date) -> None:
    body = {
        "questions": ("每周几次合适?",),
        "asked": 120,
        "first_day": today - timedelta(days=5),
        "last_day": today,
        "opinions": ({"text": "希望周末也有。", "answer": "已列入采购需求。"},),
    }
    await api.post(f"/v1/projects/{project_id}/public-consultation", Step, body, buyer)


async def give_notice(api: Client, buyer: Person, project_id: ProjectId, supplier_id: PartyId) -> None:
    """Of a single source."""
    body = {"supplier_id": supplier_id, "ground": "unique", "reasoning": "专业人员论证意见(示例)", "experts": 3}
    await api.post(f"/v1/projects/{project_id}/single-source-notice", Step, body, buyer)


async def object_to_notice(api: Client, provider: Person, project_id: ProjectId) -> UUID:
    body = {"objector_id": provider.party_id, "text": "本机构也具备承接条件(示例)。"}
    path = f"/v1/projects/{project_id}/single-source-objections"
    return (await api.post(path, ObjectionReceived, body, provider)).objection_id


async def answer_objection(
    api: Client, buyer: Person, project_id: ProjectId, objection_id: UUID, *, upheld: bool = False
) -> None:
    body = {"text": "经再次论证,答复如下(示例)。", "upheld": upheld}
    path = f"/v1/projects/{project_id}/single-source-objections/{objection_id}/answers"
    await api.post(path, Step, body, buyer)
