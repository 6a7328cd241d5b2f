"""An agreement ends before its work is done: by consent of both, or by notice, answer and a second person's decision.

The settlement says what is due in all for the work that was accepted, paid or not; funds finds what is left to pay of
it, or what has to come back.
"""

from datetime import datetime, timedelta
from functools import reduce
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.deciding import Context, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Source
from schemas.termination import (
    ClosedAs,
    ContractTerminated,
    SettlementLine,
    TerminationAnswered,
    TerminationClosed,
    TerminationProposed,
    TerminationReason,
)
from services.contracts.rules.contract import Contract, Dated, separate
from services.contracts.rules.evolving import after
from services.contracts.rules.life import ChangeStage, Proceeding
from services.contracts.rules.publishing import published

ANSWER_DAYS = "contracts.termination_answer_days"
CONSENT = Source("民法典 第五百六十二条:当事人协商一致,可以解除合同", Certainty.COMMON)
NOTICE = Source("民法典 第五百六十三条、第五百六十五条:法定解除与解除通知", Certainty.COMMON)
BY_FUNDER = frozenset(
    {TerminationReason.BREACH_BY_PROVIDER, TerminationReason.MID_TERM_FAILED, TerminationReason.STANDING_LOST}
)
BY_PROVIDER = frozenset({TerminationReason.BREACH_BY_FUNDER})
MOST_PROCEEDINGS = 20

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Lines = Annotated[tuple[SettlementLine, ...], Field(max_length=50)]


class ProposeTermination(Command):
    """`lines`: what is due for each accepted work, in all, whether it was paid or not; none: nothing is due."""

    project_id: ProjectId
    reason: TerminationReason
    text: Words
    lines: Lines = ()


class AnswerTermination(Command):
    """The other party consents, and the agreement ends with the settlement proposed; or it does not, and says why."""

    project_id: ProjectId
    termination_id: UUID
    consents: bool
    text: Words


class WithdrawTermination(Command):
    project_id: ProjectId
    termination_id: UUID
    text: Words


class DecideTermination(Command):
    """Another person of the funder decides on a notice, with the settlement it finds right."""

    project_id: ProjectId
    termination_id: UUID
    terminates: bool
    text: Words
    lines: Lines = ()


def propose(world: World, command: ProposeTermination, context: Context) -> list[Model]:
    """With a time to answer where it is a notice; one proceeding at a time."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    contract.must_be_in_force()
    allowed = command.reason not in (BY_PROVIDER if context.by.role is Role.FUNDER else BY_FUNDER)
    if not allowed:
        raise Refused("reason_of_the_other_party", NOTICE, status=422, field="reason", reason=command.reason)
    if contract.proceeding is not None:
        raise Refused("termination_under_way", termination=str(contract.proceeding.id))
    if len(contract.proceedings) >= MOST_PROCEEDINGS:
        raise Refused("too_many_proceedings", most=MOST_PROCEEDINGS)
    must_be_public(command.text, "text")
    must_be_public(command.lines, "lines")
    _within_price(contract, command.lines)
    id = context.new_id("termination")
    proposed = TerminationProposed(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        termination_id=id,
        reason=command.reason,
        text=command.text,
        lines=command.lines,
        proposed_by=context.by.party_id,
        signed_by=PartyId(context.by.person_id),
        answer_due=_answer_due(contract, command.reason, context),
    )
    return [proposed, _dated(contract, id, "proposed", context)]


def _answer_due(contract: Contract, reason: TerminationReason, context: Context) -> datetime | None:
    if reason is TerminationReason.MUTUAL_CONSENT:
        return None
    rulebook = context.rulebooks.by_hash(contract.agreement.rulebook)
    if ANSWER_DAYS not in rulebook.rules:
        raise Refused("no_days_to_answer", NOTICE, field="reason", reason=reason, rulebook=rulebook.version)
    return context.at + timedelta(days=rulebook.integer(ANSWER_DAYS))


def answer(world: World, command: AnswerTermination, context: Context) -> list[Model]:
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    proceeding = _open(contract, command.termination_id)
    context.by.must_be(contract.other_than(proceeding.proposed_by))
    person = separate(context.by, proceeding.signed_by)
    must_be_public(command.text, "text")
    if command.consents:
        return _terminated(contract, proceeding, command.text, proceeding.lines, person, context, by_consent=True)
    if proceeding.answer_due is None:
        return [_closed(contract, proceeding, ClosedAs.DECLINED, command.text, context)]
    if proceeding.answer is not None:
        raise Refused("termination_answered_already", termination=str(proceeding.id))
    answered = TerminationAnswered(
        project_id=contract.project_id,
        termination_id=proceeding.id,
        answered_by=context.by.party_id,
        signed_by=person,
        text=command.text,
    )
    return [answered, _dated(contract, proceeding.id, "answered", context)]


def withdraw(world: World, command: WithdrawTermination, context: Context) -> list[Model]:
    """By the party that proposed it."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    proceeding = _open(contract, command.termination_id)
    context.by.must_be(proceeding.proposed_by)
    must_be_public(command.text, "text")
    return [_closed(contract, proceeding, ClosedAs.WITHDRAWN, command.text, context)]


def decide(world: World, command: DecideTermination, context: Context) -> list[Model]:
    """After the answer, or after the time for it, by a person of the funder who took no step in it before."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    proceeding = _open(contract, command.termination_id)
    if proceeding.answer_due is None:
        raise Refused("termination_needs_consent", CONSENT, termination=str(proceeding.id))
    if proceeding.answer is None and context.at < proceeding.answer_due:
        raise Refused("answer_still_due", NOTICE, due=proceeding.answer_due)
    person = separate(context.by, proceeding.signed_by, proceeding.answered_by)
    must_be_public(command.text, "text")
    must_be_public(command.lines, "lines")
    if not command.terminates:
        return [_closed(contract, proceeding, ClosedAs.DISMISSED, command.text, context)]
    return _terminated(contract, proceeding, command.text, command.lines, person, context, by_consent=False)


def _open(contract: Contract, id: UUID) -> Proceeding:
    """The one that is named, which must be under way."""
    proceeding = next((one for one in contract.proceedings if one.id == id), None)
    if proceeding is None:
        raise Refused("not_found", status=404, what="Termination", id=str(id))
    if not proceeding.is_open:
        raise Refused("termination_closed", termination=str(id), stage=proceeding.stage)
    contract.must_be_in_force()
    return proceeding


def _within_price(contract: Contract, lines: Lines) -> Money:
    due_fen = sum(line.amount.fen for line in lines)
    if due_fen > contract.agreement.price.fen:
        raise Refused("settlement_above_price", status=422, field="lines", price=contract.agreement.price)
    return sum_of(line.amount for line in lines)


def _terminated(
    contract: Contract,
    proceeding: Proceeding,
    text: str,
    lines: tuple[SettlementLine, ...],
    person: PartyId,
    context: Context,
    *,
    by_consent: bool,
) -> list[Model]:
    """Never while money is being set aside for a change: that is answered within moments, and then this may be said."""
    change = contract.change
    if change is not None and change.stage is ChangeStage.AGREED:
        raise Refused("change_awaits_money", number=change.number)
    terminated = ContractTerminated(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        termination_id=proceeding.id,
        funder_id=contract.funder_id,
        provider_id=contract.provider_id,
        reason=proceeding.reason,
        text=text,
        lines=lines,
        due=_within_price(contract, lines),
        by_consent=by_consent,
        signed_by=person,
        rulebook=contract.agreement.rulebook,
    )
    said: list[Model] = [terminated, Dated(project_id=contract.project_id, step="terminated", at=context.at)]
    return [*said, *published(reduce(after, said, contract))]  # where its money had come to its end before


def _closed(contract: Contract, proceeding: Proceeding, how: ClosedAs, text: str, context: Context) -> Model:
    return TerminationClosed(
        project_id=contract.project_id,
        termination_id=proceeding.id,
        closed_as=how,
        closed_by=context.by.party_id,
        signed_by=PartyId(context.by.person_id),
        text=text,
    )


def _dated(contract: Contract, id: UUID, step: str, context: Context) -> Dated:
    return Dated(project_id=contract.project_id, step=f"termination.{id}.{step}", at=context.at)
