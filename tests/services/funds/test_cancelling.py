"""A decision cancels an agreement: its money is free or set aside anew, and nothing of it can be paid any more."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from schemas.cancelled import CancellationAsked, CommitmentCancelled, CommitmentStands
from schemas.contract import ContractSigned
from schemas.fund import FundsCommitted, PaymentOrdered, ReservationReleased
from schemas.ids import FundAccountId, PaymentId, ProjectId
from schemas.model import Model
from schemas.objection import Remedy
from services.funds.rules import approving
from services.funds.rules.approving import ApprovePayment, DeclinePayment
from services.funds.rules.order import OrderPayment
from services.funds.rules.payment import Payment, payment_of, reference_of
from services.funds.rules.project import Phase
from tests.services.funds.desk import (
    OTHER_FINANCE,
    RULEBOOK,
    Desk,
    a_signing,
    an_approval,
    fen,
    the,
    voided,
)
from tests.services.funds.ledger import Ledger, a_ledger
from tests.support.pure import refused

ABOVE = 3_000_001
"""what takes a second person"""


@pytest.fixture
async def ledger(postgres_dsn: str) -> AsyncIterator[Ledger]:
    async with a_ledger(postgres_dsn) as one:
        yield one


def asked(signing: ContractSigned, remedy: Remedy = Remedy.NEXT) -> CancellationAsked:
    return CancellationAsked(
        project_id=signing.project_id,
        contract_id=signing.contract_id,
        complaint_id=signing.contract_id,
        remedy=remedy,
        source="示例",
        rulebook=RULEBOOK.hash,
    )


def committed(desk: Desk, more: int = 0) -> tuple[ContractSigned, tuple[FundAccountId, FundAccountId]]:
    """Of a ceiling of 900 from two accounts, 600 by the agreement and half of that released."""
    accounts = desk.appropriate(600 + more), desk.appropriate(300 + more)
    approval = an_approval({accounts[0]: 600, accounts[1]: 300})
    desk.hear(approval)
    signing = a_signing(approval.project_id, 600)
    desk.hear(signing)
    return signing, accounts


@pytest.mark.parametrize("remedy", [Remedy.NEXT, Remedy.REEVALUATE])
def test_where_another_may_be_chosen_the_ceiling_is_set_aside_again(remedy: Remedy) -> None:
    desk = Desk()
    signing, accounts = committed(desk)

    told = the(desk.hear(asked(signing, remedy)), CommitmentCancelled)

    assert (fen(told.freed), fen(told.taken_back), fen(told.set_aside)) == ([200, 100], [200, 100], [600, 300])
    money = desk.money(signing.project_id)
    assert (money.phase, money.set_aside.fen, money.contract_id, money.instalments) == (Phase.RESERVED, 900, None, ())
    assert [desk.free(account) for account in accounts] == [0, 0]
    assert money.lapses_at is not None
    assert desk.account(signing.project_id).credits_posted == desk.account(signing.project_id).debits_posted


def test_where_the_tender_is_run_again_all_of_it_is_free() -> None:
    desk = Desk()
    signing, accounts = committed(desk)

    told = the(desk.hear(asked(signing, Remedy.RERUN)), CommitmentCancelled)

    assert (told.set_aside, told.reserved) == ((), False)
    assert desk.money(signing.project_id).phase is Phase.RETURNED
    assert [desk.free(account) for account in accounts] == [600, 300]
    assert desk.hear(voided(signing.project_id)) == []


def test_where_the_ceiling_is_not_there_any_more_nothing_is_set_aside_and_it_is_said() -> None:
    desk = Desk()
    signing, accounts = committed(desk)
    desk.hear(an_approval({accounts[1]: 1}))

    told = the(desk.hear(asked(signing)), CommitmentCancelled)

    assert (told.set_aside, told.reserved) == ((), False)
    assert desk.money(signing.project_id).phase is Phase.RETURNED
    assert [desk.free(account) for account in accounts] == [600, 299]


def test_nothing_of_it_is_paid_afterwards() -> None:
    desk = Desk()
    signing, _ = committed(desk)
    desk.hear(asked(signing))

    with refused("no_such_tranche", status=404):
        desk.order(signing.project_id, 1)


def test_after_a_payment_was_ordered_or_made_it_stands_and_no_money_moves() -> None:
    desk = Desk()
    ordered, _ = committed(desk)
    desk.order(ordered.project_id, 1)
    paid, _ = committed(desk)
    desk.pay(paid.project_id, 1)

    for signing in (ordered, paid):
        before = desk.money(signing.project_id)
        the(desk.hear(asked(signing)), CommitmentStands)
        assert desk.money(signing.project_id) == before


def test_where_its_commitment_was_refused_what_is_reserved_stays_so() -> None:
    desk = Desk()
    account = desk.appropriate(900)
    approval = an_approval({account: 900})
    desk.hear(approval)
    signing = a_signing(approval.project_id, 901)
    desk.hear(signing)

    told = the(desk.hear(asked(signing)), CommitmentCancelled)

    assert (told.freed, told.taken_back, told.set_aside, told.reserved) == ((), (), (), True)
    assert desk.money(approval.project_id).phase is Phase.RESERVED
    the(desk.hear(voided(approval.project_id)), ReservationReleased)


def test_what_is_asked_twice_moves_nothing_the_second_time() -> None:
    desk = Desk()
    signing, accounts = committed(desk)
    desk.hear(asked(signing))
    before = desk.money(signing.project_id)

    again = the(desk.hear(asked(signing)), CommitmentCancelled)

    assert (again.freed, again.taken_back, again.set_aside) == ((), (), ())
    assert desk.money(signing.project_id) == before
    assert [desk.free(account) for account in accounts] == [0, 0]


def test_the_next_agreement_may_cost_more_and_is_paid_under_numbers_of_its_own() -> None:
    desk = Desk()
    signing, _ = committed(desk)
    desk.hear(asked(signing))
    project = signing.project_id

    the(desk.hear(a_signing(project, 880)), FundsCommitted)
    ordered = the(desk.order(project, 1), PaymentOrdered)

    assert ordered.amount.fen == 440


def test_what_was_drawn_up_for_it_is_never_approved_and_takes_no_number_of_the_next() -> None:
    desk = Desk()
    approval = an_approval({desk.appropriate(3 * ABOVE): 3 * ABOVE})
    project = approval.project_id
    first = a_signing(project, 3 * ABOVE)
    desk.hear(approval)
    desk.hear(first)
    desk.order(project, 1)
    former = desk.world.get(Payment, payment_of(reference_of(project, 1)))
    desk.hear(asked(first))
    with refused("payment_waits_for_nobody"):
        answered(desk, former)

    desk.hear(a_signing(project, 3 * ABOVE))
    desk.order(project, 1)
    later = desk.world.get(Payment, payment_of(reference_of(project, 1, 1)))
    with refused("payment_waits_for_nobody"):
        answered(desk, former)
    answered(desk, former, reason="协议已撤销")

    the(answered(desk, later), PaymentOrdered)


def answered(desk: Desk, payment: Payment, reason: str | None = None) -> list[Model]:
    """By the second person of finance."""
    id = PaymentId(payment.id)
    command = ApprovePayment(payment_id=id) if reason is None else DeclinePayment(payment_id=id, reason=reason)
    decide = approving.approve if reason is None else approving.decline
    return desk.story.do(decide, command, OTHER_FINANCE, approving.refs(command, uuid4()))


async def test_the_books_add_up_whatever_comes_after(ledger: Ledger) -> None:
    account, other = await ledger.appropriate(1_000), await ledger.appropriate(1_000)
    approval = an_approval({account: 601, other: 300})
    project = approval.project_id
    first, second = a_signing(project, 700), a_signing(project, 880)
    for fact in (
        approval,
        first,
        asked(first),
        second,
        asked(second, Remedy.RERUN),
        voided(project),
        approval,
        a_signing(project, 500),
    ):
        await ledger.hear(fact)
        assert await ledger.findings() == []
    await ledger.do(OrderPayment(project_id=ProjectId(project), number=1))
    assert await ledger.findings() == []


async def test_in_one_batch_it_comes_to_the_same_and_twice_counts_once(ledger: Ledger) -> None:
    account = await ledger.appropriate(900)
    approval = an_approval({account: 900})
    signing = a_signing(approval.project_id, 600)

    await ledger.hear(approval, signing, asked(signing), asked(signing))

    assert await ledger.findings() == []
    (row,) = await ledger.fetch("SELECT debits_pending_fen AS fen FROM accounts WHERE id = $1", account)
    assert row["fen"] == 900
