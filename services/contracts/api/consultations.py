"""The people served at the acceptance: recorded by the community, or by the buyer of its work, and
shown with the milestone."""

from uuid import UUID

from schemas.contract import Milestone
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.role import Role
from services.contracts import rules
from services.contracts.consumer import contract_of
from services.kit.asked import Answer
from services.kit.service import Post


class ConsultationAnswer(Answer):
    """How they were invited, how many, how many said something, and their words as they were edited."""

    milestone: Milestone
    invitation: str
    invited: int
    commented: int
    comments: tuple[str, ...]
    recorded_by: PartyId


def consultation_answer(contract: rules.Contract, milestone: Milestone) -> ConsultationAnswer | None:
    found = contract.consultations.get(milestone)
    if found is None:
        return None
    return ConsultationAnswer(
        milestone=milestone,
        invitation=found.invitation,
        invited=found.invited,
        commented=found.commented,
        comments=found.comments,
        recorded_by=found.recorded_by,
    )


def _subject(command: rules.ConsultUsers, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


def _consulted(world: World, command: rules.ConsultUsers, cause: UUID) -> ConsultationAnswer:
    consultation = consultation_answer(world.get(rules.Contract, command.project_id), command.milestone)
    assert consultation is not None  # it was recorded just now
    return consultation


CONSULTATIONS = (
    Post(
        path="/v1/projects/{project_id}/milestones/{milestone}/consultations",
        command=rules.ConsultUsers,
        roles=frozenset({Role.COMMUNITY, Role.FUNDER}),
        refs=contract_of,
        decide=rules.consult,
        subject=_subject,
        answer=_consulted,
        summary="记录服务对象参与验收(邀请、人数、意见;随验收书公开) · Record that the people served took part",
    ),
)
