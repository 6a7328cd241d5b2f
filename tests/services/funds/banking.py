"""Accounts, payments and files for banks, in memory; numbers that pass their checks and belong to nobody."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from schemas.fund import SourceType
from schemas.ids import FundAccountId, LotId, PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.uscc import make as make_uscc
from services.funds import rules
from services.funds.rules.bank_accounts import (
    AccountDetails,
    BankAccounts,
    ConfirmAccount,
    Keyed,
    StateAccount,
    WithdrawAccount,
    confirm,
    refs_of_confirming,
    refs_of_stating,
    refs_of_withdrawing,
    state,
    withdraw,
)
from services.funds.rules.bank_files import BankFile, MakeBankFile, file_of, refs
from services.funds.rules.instructing import make
from services.funds.rules.payment import FORM, Payment, PaymentLine, payment_of, reference_of
from services.funds.rules.project import Payee, ProjectMoney
from tests.services.funds.desk import RULEBOOK
from tests.support.pure import Story, an_actor

CARD = "6222020200112233446"
"""19 digits that begin like a UnionPay card, with the check digit they need"""
CNAPS = "102305001234"
FOUNDATION_CODE = make_uscc("53", "320500", "50000001")


def an_account(number: str = "1102 0208 0900 0123 456", **changes: Any) -> AccountDetails:
    fields = {"holder": "示例社会服务中心", "number": number, "bank": "示例银行苏州姑苏支行", "cnaps": CNAPS}
    return AccountDetails.model_validate(fields | changes)


def a_party(kind: PartyKind, name: str | None, id: UUID | None = None, uscc: str | None = None) -> Party:
    return Party(
        id=id or uuid4(),
        kind=kind,
        name=name,
        uscc=uscc,
        division="320508",
        certificate=None,
        verified=True,
        suspended=False,
        ties=frozenset(),
    )


def a_payment(
    funder_id: UUID,
    payee: Party,
    fen: int = 12_345,
    *,
    title: str = "为老助餐",
    source_type: SourceType = SourceType.DONATION,
    **changes: Any,
) -> Payment:
    project_id = ProjectId(uuid4())
    reference = reference_of(project_id, 1)
    line = PaymentLine(
        account_id=FundAccountId(uuid4()),
        lot_id=LotId(uuid4()),
        source_type=source_type,
        budget_line="示例捐赠 2026-7",
        amount=Money(fen),
    )
    payment = Payment(
        id=payment_of(reference),
        project_id=project_id,
        funder_id=PartyId(funder_id),
        number=1,
        reference=reference,
        title=title,
        payee=Payee(id=PartyId(payee.id), name=payee.name, code=None),
        amount=Money(fen),
        lines=(line,),
        ordered_by=uuid4(),
        ordered_on=date(2026, 3, 2),
        file_digest="0" * 64,
        form=FORM,
    )
    return replace(payment, **changes)


def digest_of(number: str) -> str:
    """Of the tests; the vault's own is looked at through the doors."""
    return sha256(f"keyed {number}".encode()).hexdigest()


class Counter:
    """Where accounts are stated and files made: one foundation with two people in finance, and whoever it pays."""

    def __init__(self) -> None:
        self.story = Story(evolve=rules.evolve, rulebook=RULEBOOK)
        self.foundation = a_party(PartyKind.FUNDER, "示例社区发展基金会", uscc=FOUNDATION_CODE)
        self.story.world.loaded(self.foundation)
        self.finance, self.other = (an_actor(Role.FINANCE, self.foundation.id) for _ in range(2))

    def payee(self, name: str | None = "示例社会服务中心", kind: PartyKind = PartyKind.ORGANIZATION) -> Party:
        party = a_party(kind, name)
        self.story.world.loaded(party)
        return party

    def accounts(self, party_id: UUID) -> BankAccounts:
        self.story.world.ask([(BankAccounts, party_id)])
        return self.story.world.find(BankAccounts, party_id) or BankAccounts(id=party_id)

    def states(self, by: Actor, account: AccountDetails | None = None) -> list[Model]:
        account = account or an_account()
        command = StateAccount(party_id=by.party_id, account=account)
        keyed = Keyed(command=command, digest=digest_of(account.number))
        return self.story.do(state, keyed, by, refs_of_stating(keyed, uuid4()))

    def confirms(
        self, by: Actor, party_id: UUID, number: str, *, project_id: UUID | None = None, account_id: UUID | None = None
    ) -> list[Model]:
        waiting = self.accounts(party_id).stated
        id = account_id or (waiting.id if waiting else uuid4())
        fields = {"party_id": party_id, "account_id": id, "number": number, "project_id": project_id}
        command = ConfirmAccount.model_validate(fields)
        keyed = Keyed(command=command, digest=digest_of(command.number))
        return self.story.do(confirm, keyed, by, refs_of_confirming(keyed, uuid4()))

    def withdraws(self, by: Actor, account_id: UUID) -> list[Model]:
        command = WithdrawAccount(party_id=by.party_id, account_id=account_id)
        return self.story.do(withdraw, command, by, refs_of_withdrawing(command, uuid4()))

    def has_account(self, party: Party, account: AccountDetails | None = None) -> None:
        """Stated by one of its people and confirmed by another."""
        account = account or an_account(holder=party.name or "示例持卡人")
        role = Role.FINANCE if party.kind is PartyKind.FUNDER else Role.PROVIDER
        self.states(an_actor(role, party.id), account)
        self.confirms(an_actor(role, party.id), party.id, account.number)

    def orders(self, payee: Party, fen: int = 12_345, **changes: Any) -> Payment:
        """A payment of the foundation that left."""
        payment = a_payment(self.foundation.id, payee, fen, **changes)
        self.story.world.loaded(payment)
        self.story.world.ask([(BankAccounts, payee.id), (ProjectMoney, payment.project_id)])
        return payment

    def files(self, *payments: Payment, by: Actor | None = None) -> list[Model]:
        command = a_command(self.foundation.id, *payments)
        return self.story.do(make, command, by or self.finance, refs(command, uuid4()))

    def file(self, *payments: Payment) -> BankFile:
        """Made now, or before."""
        self.files(*payments)
        return self.story.world.get(BankFile, file_of(a_command(self.foundation.id, *payments)))


def a_command(funder_id: UUID, *payments: Payment) -> MakeBankFile:
    return MakeBankFile(funder_id=PartyId(funder_id), payments=tuple(PaymentId(payment.id) for payment in payments))
