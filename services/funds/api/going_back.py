"""What goes back: a mistake corrected by a second person, a refund recorded by finance."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.fund import RefundReason
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.project import FundShare
from schemas.refused import Refused
from schemas.role import Role
from services.funds.api.reading import must_see
from services.funds.rules import corrections, refunds, unrefunds
from services.funds.rules.ledger import Transfer
from services.funds.rules.project import ProjectMoney
from services.funds.rules.refunds import Refund
from services.funds.store import questions
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post

_FINANCE = frozenset({Role.FINANCE})
_KEEPERS = _FINANCE | {Role.FUNDER}


class CorrectionAnswer(Answer):
    funder_id: PartyId
    transfer_id: UUID
    """of the correction"""
    corrects: UUID
    amount: Money
    effective_date: date
    """of the mistake"""
    booked_on: date


class RefundLine(Model):
    refund_id: UUID
    amount: Money
    shares: tuple[FundShare, ...]
    """to which lots it went"""
    reason: RefundReason
    basis: str
    received_on: date
    line_reference: str
    recorded_by: UUID
    corrected: Money
    """of the amount, what had never come back"""


class RefundAnswer(Answer):
    project_id: ProjectId
    refund: RefundLine


class RefundsAnswer(Answer):
    project_id: ProjectId
    refunds: tuple[RefundLine, ...]
    next: UUID | None


def _corrected(world: World, command: corrections.CorrectTransfer, cause: UUID) -> CorrectionAnswer:
    mirror = world.get(Transfer, corrections.correction_of(cause))
    return CorrectionAnswer(
        funder_id=command.funder_id,
        transfer_id=mirror.id,
        corrects=command.transfer_id,
        amount=mirror.amount,
        effective_date=mirror.effective_date,
        booked_on=mirror.booked_on,
    )


def _refunded(world: World, command: refunds.RecordRefund, cause: UUID) -> RefundAnswer:
    return RefundAnswer(project_id=command.project_id, refund=_line(world.get(Refund, refunds.refund_of(command))))


def _unrefunded(world: World, command: unrefunds.CorrectRefund, cause: UUID) -> RefundAnswer:
    return RefundAnswer(project_id=command.project_id, refund=_line(world.get(Refund, command.refund_id)))


async def get_refunds(tx: Connection, asked: Asked) -> RefundsAnswer:
    """For the funder, the community, the provider and auditors, as the project's money is."""
    project_id = ProjectId(asked.id("project_id"))
    found = await questions.project(tx, project_id)
    if found is None:
        raise Refused("not_found", status=404, what="ProjectMoney", id=str(project_id))
    money, _ = found
    must_see(asked.actor, money.funder_id, money.community_id, None if money.payee is None else money.payee.id)
    lines = await questions.refunds_of(tx, project_id, asked.cursor, asked.limit)
    return RefundsAnswer(
        project_id=project_id,
        refunds=tuple(_line(refund) for refund in lines),
        next=lines[-1].id if len(lines) == asked.limit else None,
    )


def _line(refund: Refund) -> RefundLine:
    return RefundLine(
        refund_id=refund.id,
        amount=refund.amount,
        shares=refund.shares,
        reason=refund.reason,
        basis=refund.basis,
        received_on=refund.received_on,
        line_reference=refund.line_reference,
        recorded_by=refund.recorded_by,
        corrected=sum_of(share.amount for share in refund.corrected),
    )


GOING_BACK = (
    Post(
        path="/v1/funders/{funder_id}/transfers/{transfer_id}/corrections",
        command=corrections.CorrectTransfer,
        roles=_KEEPERS,
        refs=corrections.refs,
        decide=corrections.correct,
        subject=lambda command, cause: (Transfer, command.transfer_id),
        answer=_corrected,
        summary="更正误记的到账 · Correct what was booked as arrived by mistake, by another person than recorded it",
    ),
    Post(
        path="/v1/projects/{project_id}/refunds",
        command=refunds.RecordRefund,
        roles=_FINANCE,
        refs=refunds.refs,
        decide=refunds.record,
        subject=lambda command, cause: (ProjectMoney, command.project_id),
        answer=_refunded,
        summary="登记退款 · Record money the payee paid back; it returns to the lots it came from",
    ),
    Post(
        path="/v1/projects/{project_id}/refunds/{refund_id}/corrections",
        command=unrefunds.CorrectRefund,
        roles=_KEEPERS,
        refs=unrefunds.refs,
        decide=unrefunds.correct,
        subject=lambda command, cause: (Refund, command.refund_id),
        answer=_unrefunded,
        summary="更正误记的退款 · Correct a refund recorded by mistake, by another person than recorded it",
    ),
    Get(
        path="/v1/projects/{project_id}/refunds",
        roles=_KEEPERS | {Role.AUDITOR, Role.PROVIDER, Role.COMMUNITY},
        handler=get_refunds,
        answer=RefundsAnswer,
        summary="项目退款 · What the payee paid back, line by line",
    ),
)
