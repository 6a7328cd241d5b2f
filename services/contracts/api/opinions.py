"""The supervision committee's opinions and the answers: for the parties, and for everyone with the result."""

from datetime import datetime
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.delivery import OpinionKind
from schemas.ids import PartyId
from schemas.role import Role
from services.contracts import rules
from services.contracts.api.finding import found
from services.contracts.consumer import contract_of
from services.contracts.rules.roll import roll_digest
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class OpinionAnswer(Answer):
    """Without a `milestone` it is about the use of the money. `answer_due` is there where an answer is owed."""

    id: UUID
    kind: OpinionKind
    milestone: Milestone | None
    addressed_to: Role
    text: str
    filed_at: datetime
    answer_due: datetime | None
    answer: str | None
    answered_at: datetime | None
    overdue: bool
    signed: int | None
    """how many of the members `listed` stand behind it; none where nobody had to be counted"""
    listed: int | None


class RollAnswer(Answer):
    """How many members a committee has, and the SHA-256 of its roll; `opinion.signed` names the same."""

    committee_id: PartyId
    listed: int
    roll_digest: str


class OpinionsAnswer(Answer):
    version: int
    opinions: tuple[OpinionAnswer, ...]


def _opinion_answer(opinion: rules.Opinion) -> OpinionAnswer:
    return OpinionAnswer(
        id=opinion.id,
        kind=opinion.kind,
        milestone=opinion.milestone,
        addressed_to=opinion.addressed_to,
        text=opinion.text,
        filed_at=opinion.filed_at,
        answer_due=opinion.answer_due,
        answer=opinion.answer,
        answered_at=opinion.answered_at,
        overdue=opinion.overdue,
        signed=opinion.signed,
        listed=opinion.listed,
    )


async def get_opinions(tx: Connection, asked: Asked) -> OpinionsAnswer:
    """All of the project, in the order in which they came."""
    contract, version = await found(tx, asked)
    return OpinionsAnswer(version=version, opinions=tuple(_opinion_answer(one) for one in contract.opinions))


def _filed(world: World, command: rules.FileOpinion, cause: UUID) -> OpinionAnswer:
    return _opinion_answer(world.get(rules.Contract, command.project_id).opinions[-1])


def _answered(world: World, command: rules.AnswerOpinion, cause: UUID) -> OpinionAnswer:
    opinion = world.get(rules.Contract, command.project_id).opinion(command.opinion_id)
    assert opinion is not None  # it was answered just now
    return _opinion_answer(opinion)


def _listed(world: World, command: rules.ListCommittee, cause: UUID) -> RollAnswer:
    members = world.get(rules.CommitteeRoll, command.committee_id).members
    return RollAnswer(committee_id=command.committee_id, listed=len(members), roll_digest=roll_digest(members))


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


OPINIONS = (
    Post(
        path="/v1/committees/{committee_id}/roll",
        command=rules.ListCommittee,
        roles=frozenset({Role.REGISTRAR}),
        refs=rules.roll_refs,
        decide=rules.list_committee,
        subject=lambda command, cause: (rules.CommitteeRoll, command.committee_id),
        answer=_listed,
        summary="登记监督委员会成员名册(仅凭证摘要) · List a committee's members, by the digests of their tokens",
    ),
    Post(
        path="/v1/projects/{project_id}/opinions",
        command=rules.FileOpinion,
        roles=frozenset({Role.SUPERVISOR}),
        refs=rules.opinion_refs,
        decide=rules.file_opinion,
        subject=_subject,
        answer=_filed,
        summary="监督委员会提出意见(随节点验收结果、项目结果公开) · The supervision committee files an opinion",
    ),
    Post(
        path="/v1/projects/{project_id}/opinions/{opinion_id}/answers",
        command=rules.AnswerOpinion,
        roles=frozenset({Role.FUNDER, Role.COMMUNITY, Role.PROVIDER}),
        refs=contract_of,
        decide=rules.answer_opinion,
        subject=_subject,
        answer=_answered,
        summary="答复监督意见(随节点验收结果、项目结果公开) · Answer an opinion",
    ),
    Get(
        path="/v1/projects/{project_id}/opinions",
        roles=frozenset(),
        handler=get_opinions,
        answer=OpinionsAnswer,
        summary="监督意见与答复(公开前仅限当事方、监督委员会与审计) · Opinions and their answers",
    ),
)
