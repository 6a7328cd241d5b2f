"""The second person at a payment above the limit."""

from uuid import UUID

from schemas.deciding import World
from schemas.role import Role
from services.funds.api.answers import PaymentAnswer
from services.funds.api.reading import payment_answer
from services.funds.rules import approving
from services.funds.rules.payment import Payment
from services.kit.service import Post

_KEEPERS = frozenset({Role.FUNDER, Role.FINANCE})


def _answer(world: World, command: approving.ApprovePayment | approving.DeclinePayment, cause: UUID) -> PaymentAnswer:
    return payment_answer(world.get(Payment, command.payment_id))


APPROVALS = (
    Post(
        path="/v1/payments/{payment_id}/approval",
        command=approving.ApprovePayment,
        roles=_KEEPERS,
        refs=approving.refs,
        decide=approving.approve,
        subject=lambda command, cause: (Payment, command.payment_id),
        answer=_answer,
        summary="核准支付申请 · Approve a payment above the limit, by another person than drew it up; it leaves",
    ),
    Post(
        path="/v1/payments/{payment_id}/declination",
        command=approving.DeclinePayment,
        roles=_KEEPERS,
        refs=approving.refs,
        decide=approving.decline,
        subject=lambda command, cause: (Payment, command.payment_id),
        answer=_answer,
        summary="退回支付申请 · Send a payment above the limit back, with the reason, to be drawn up again",
    ),
)
