"""The people served take part in the acceptance: the community invites them and keeps what they said."""

from typing import Annotated

from pydantic import Field

from schemas.canonical import digest_of
from schemas.clauses import Instrument
from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.delivery import UsersConsulted
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rule
from services.contracts.rules.annex import USERS_CONSULTED
from services.contracts.rules.contract import Contract, separate
from services.contracts.rules.step import Consultation, Stage

PURCHASES = frozenset({Instrument.PURCHASE, Instrument.COMMISSION})
"""what is bought, and so falls under the law of government procurement; a grant does not"""


class ConsultUsers(Command):
    """How people were invited and how many, how many said something, and their words without anybody's number.

    The words become public with the acceptance report: the community leaves out whatever tells who spoke.
    """

    project_id: ProjectId
    milestone: Milestone
    invitation: Annotated[str, Field(min_length=1, max_length=500)]
    invited: Annotated[int, Field(ge=1, le=100_000)]
    commented: Annotated[int, Field(ge=0, le=100_000)]
    comments: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=500)], ...], Field(max_length=50)] = ()


class ConsultationKept(Note):
    project_id: ProjectId
    milestone: Milestone
    consultation: Consultation


def consult(world: World, command: ConsultUsers, context: Context) -> list[Model]:
    """From the submission until the buyer accepts; a later record replaces the one before.

    The community's to record; where it performs itself, the buyer's: nobody keeps what is said of its own work.
    """
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id if contract.by_community else contract.community_id)
    delivery = contract.deliveries[command.milestone]
    contract.must_go_on()
    if delivery.stage not in (Stage.SUBMITTED, Stage.CONFIRMED):
        raise Refused("nothing_to_consult_on", milestone=command.milestone, stage=delivery.stage)
    if command.commented > command.invited:
        raise Refused("more_comments_than_invited", status=422, field="commented", invited=command.invited)
    if len(command.comments) > command.commented:
        raise Refused("more_words_than_comments", status=422, field="comments", commented=command.commented)
    must_be_public(command.invitation, "invitation")
    must_be_public(command.comments, "comments")
    person = separate(context.by, delivery.submitted_by)
    consulted = UsersConsulted(
        project_id=command.project_id,
        milestone=command.milestone,
        invited=command.invited,
        commented=command.commented,
        digest=digest_of({"comments": list(command.comments), "invitation": command.invitation}),
        recorded_by=person,
    )
    kept = Consultation(
        invitation=command.invitation,
        invited=command.invited,
        commented=command.commented,
        comments=command.comments,
        recorded_by=person,
    )
    return [consulted, ConsultationKept(project_id=command.project_id, milestone=command.milestone, consultation=kept)]


def missing(contract: Contract, milestone: Milestone) -> Rule | None:
    """The rule that asks for a consultation which is not there; only the end of what was bought asks for one."""
    rule = contract.rule(USERS_CONSULTED)
    if milestone is not Milestone.FINAL or contract.agreement.instrument not in PURCHASES:
        return None
    return None if milestone in contract.consultations else rule


def must_be_consulted(contract: Contract, milestone: Milestone) -> None:
    """Before the buyer accepts the final milestone of a public service."""
    rule = missing(contract, milestone)
    if rule is not None:
        raise Refused("users_not_consulted", rule.source, milestone=milestone)
