"""A framework agreement: concluded after the ranking, chosen among by service users, called off."""

from collections.abc import Mapping
from hashlib import sha256

from deploy.demo.client import Client, Person
from schemas.ids import PartyId, ProjectId
from schemas.project import FundShare
from services.tenders.api.answers import Step
from services.tenders.api.framework import CalledOff, Chosen, FrameworkAnswer, Listed

RULEBOOK = "example/framework"
CHOICE_DAYS = 14


def _framework(project_id: ProjectId) -> str:
    return f"/v1/projects/{project_id}/framework"


async def conclude(api: Client, buyer: Person, project_id: ProjectId) -> FrameworkAnswer:
    await api.post(_framework(project_id), Step, None, buyer)
    return await api.get(_framework(project_id), FrameworkAnswer)


async def list_users(api: Client, community: Person, project_id: ProjectId, *tokens: str) -> Listed:
    digests = [sha256(token.encode()).hexdigest() for token in tokens]
    return await api.post(f"{_framework(project_id)}/users", Listed, {"digests": digests}, community)


async def choose(api: Client, project_id: ProjectId, choices: Mapping[str, PartyId]) -> None:
    """Each user with a token of its own, and no account."""
    for token, provider_id in choices.items():
        body = {"token": token, "provider_id": provider_id}
        await api.post(f"{_framework(project_id)}/choices", Chosen, body)


async def chosen(api: Client, project_id: ProjectId) -> FrameworkAnswer:
    """Once the choices are counted."""
    return await api.until(_framework(project_id), FrameworkAnswer, lambda found: found.chosen is not None)


async def call_off(
    api: Client, buyer: Person, project_id: ProjectId, provider_id: PartyId, shares: tuple[FundShare, ...]
) -> CalledOff:
    body = {"provider_id": provider_id, "shares": shares}
    return await api.post(f"{_framework(project_id)}/call-offs", CalledOff, body, buyer)
