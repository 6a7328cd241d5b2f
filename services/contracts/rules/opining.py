"""The supervision committee (居务监督委员会) inspects and gives opinions; who is addressed must answer, not agree."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.contract import Milestone
from schemas.deciding import Context, Ref, World
from schemas.delivery import OpinionAnswered, OpinionFiled, OpinionKind, OpinionOverdue, OpinionSigned
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.role import Role
from schemas.workdays import deadline
from services.contracts.rules.annex import DAYS_AFTER_ANSWER, OPINION_DAYS
from services.contracts.rules.contract import AcceptanceAwaited, Contract, separate
from services.contracts.rules.opinion import SUPERVISION, Opinion
from services.contracts.rules.roll import MOST_MEMBERS, Seats, Token, must_be_signed_by_enough, roll_digest

MOST_OPINIONS = 20
"""on one project; a platform limit, so that no project waits for ever"""

Words = Annotated[str, Field(min_length=1, max_length=1000)]


class FileOpinion(Command):
    """About one milestone, or about the use of the money when it names none. The words become public with the
    milestone's acceptance, or in the end."""

    project_id: ProjectId
    kind: OpinionKind
    milestone: Milestone | None = None
    addressed_to: Literal[Role.PROVIDER, Role.COMMUNITY, Role.FUNDER]
    text: Words
    tokens: Annotated[tuple[Token, ...], Field(max_length=MOST_MEMBERS)] = ()
    """of the members who stand behind it, each of whom has a secret one; counted and not kept"""


class AnswerOpinion(Command):
    """The words become public as those of the opinion do."""

    project_id: ProjectId
    opinion_id: UUID
    text: Words


class OpinionKept(Note):
    """With its words; new, or answered."""

    project_id: ProjectId
    opinion: Opinion


def opinion_refs(command: FileOpinion, cause: UUID) -> tuple[Ref, ...]:
    return (Contract, command.project_id), (Seats, command.project_id)


def file_opinion(world: World, command: FileOpinion, context: Context) -> list[Model]:
    """By the committee of the project's community, from signing to the published result."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.committee_id)
    if not contract.signed or contract.published:
        raise Refused("opinion_out_of_time", SUPERVISION, project=str(contract.id))
    contract.must_go_on()
    if len(contract.opinions) >= MOST_OPINIONS:
        raise Refused("too_many_opinions", most=MOST_OPINIONS)
    must_be_public(command.text, "text")
    seats = world.find(Seats, command.project_id) or Seats(id=contract.id)
    signed = must_be_signed_by_enough(seats, command.tokens, context.rulebooks.by_hash(contract.agreement.rulebook))
    due, known = _due(contract, command.kind, context)
    opinion = Opinion(
        id=context.new_id("opinion"),
        kind=command.kind,
        milestone=command.milestone,
        addressed_to=command.addressed_to,
        text=command.text,
        filed_by=_inspector(contract, command.milestone, context),
        filed_at=context.at,
        answer_due=due,
        signed=signed,
        listed=None if signed is None else len(seats.members),
    )
    filed = OpinionFiled(
        project_id=contract.project_id,
        opinion_id=opinion.id,
        committee_id=context.by.party_id,
        filed_by=opinion.filed_by,
        kind=opinion.kind,
        milestone=opinion.milestone,
        addressed_to=opinion.addressed_to,
        text_digest=_digest(command.text),
        answer_due=due,
        holidays_known=known,
    )
    return [filed, *_signed(contract, opinion, seats), OpinionKept(project_id=contract.project_id, opinion=opinion)]


def _signed(contract: Contract, opinion: Opinion, seats: Seats) -> list[Model]:
    if opinion.signed is None:
        return []
    return [
        OpinionSigned(
            project_id=contract.project_id,
            opinion_id=opinion.id,
            signed=opinion.signed,
            listed=len(seats.members),
            roll_digest=roll_digest(seats.members),
        )
    ]


def answer_opinion(world: World, command: AnswerOpinion, context: Context) -> list[Model]:
    """By the party it was addressed to, once, also late. Where acceptance waited for it the buyer gets some days."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_involved(context.by)
    opinion = contract.opinion(command.opinion_id)
    if opinion is None:
        raise Refused("not_found", status=404, what="Opinion", id=str(command.opinion_id))
    if context.by.role is not opinion.addressed_to:
        raise Refused("opinion_to_another", SUPERVISION, status=403, to=opinion.addressed_to)
    if opinion.answer is not None:
        raise Refused("opinion_answered_before", opinion=str(opinion.id))
    must_be_public(command.text, "text")
    person = separate(context.by, opinion.filed_by)
    answered = OpinionAnswered(
        project_id=contract.project_id,
        opinion_id=opinion.id,
        answered_by=person,
        text_digest=_digest(command.text),
    )
    kept = replace(opinion, answer=command.text, answered_by=person, answered_at=context.at)
    note = OpinionKept(project_id=contract.project_id, opinion=kept)
    return [answered, note, *_some_days_more(contract, opinion, context.at)]


def overdue(contract: Contract, at: datetime) -> list[Model]:
    """The deadline rang; nothing, if the answer was quicker."""
    return [
        OpinionOverdue(
            project_id=contract.project_id,
            opinion_id=late.id,
            addressed_to=late.addressed_to,
            answer_due=late.answer_due,
        )
        for late in contract.opinions
        if late.owed and not late.overdue and late.answer_due is not None and at >= late.answer_due
    ]


def must_be_answered(contract: Contract, milestone: Milestone) -> None:
    """Before the buyer accepts a milestone, what the committee asked about it is answered."""
    open_ones = (one for one in contract.opinions if one.owed and one.milestone is milestone)
    if (first := next(open_ones, None)) is not None:
        raise Refused(
            "opinion_unanswered",
            SUPERVISION,
            milestone=milestone,
            opinion=str(first.id),
            to=first.addressed_to,
            due=first.answer_due,
        )


def _due(contract: Contract, kind: OpinionKind, context: Context) -> tuple[datetime | None, bool]:
    """No answer is owed to praise, nor under an edition of the rulebook that sets no time for it."""
    rule = contract.rule(OPINION_DAYS)
    if rule is None or kind is OpinionKind.PRAISE:
        return None, True
    until = deadline(context.today, int(rule.value))
    return until.at, until.holidays_known


def _inspector(contract: Contract, milestone: Milestone | None, context: Context) -> PartyId:
    """Who took a step of the delivery does not inspect it."""
    if milestone is None:
        return separate(context.by)
    delivery = contract.deliveries[milestone]
    return separate(context.by, delivery.submitted_by, delivery.confirmed_by, delivery.accepted_by)


def _some_days_more(contract: Contract, opinion: Opinion, at: datetime) -> list[Model]:
    """Only while the window is open: what counts as accepted already stays so."""
    rule = contract.rule(DAYS_AFTER_ANSWER)
    if rule is None or opinion.milestone is None or not opinion.owed:
        return []
    due = contract.deliveries[opinion.milestone].acceptance_due
    if due is None or contract.silent(opinion.milestone, at):
        return []
    longer = max(due, at + timedelta(days=int(rule.value)))
    return [AcceptanceAwaited(project_id=contract.project_id, milestone=opinion.milestone, due=longer)]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
