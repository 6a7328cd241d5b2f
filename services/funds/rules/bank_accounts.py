"""Where a party's money is: stated by one person, counted only when another has confirmed it against the paper.

A changed account is how money of others is stolen, so nobody changes one alone. The second person does not approve
what the first typed but types the number again, off the paper (开户许可证、开户信息表、银行卡): who only looks at
digits overlooks what two who type them alike do not. Until then the account confirmed before stays in force.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.bank import BankAccountConfirmed, BankAccountStated, BankAccountWithdrawn
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.party import NATURAL_PERSONS, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Source
from schemas.standing import Party, party
from services.funds.rules.project import ProjectMoney

MOST_ACCOUNTS = 100
"""that a party stated in all"""
SHOWN = 4
"""characters of a number that everybody may see who sees the account"""
CARD_CHECK = Source("ISO/IEC 7812-1 附录 B", Certainty.PUBLISHED)
IN_ITS_NAME = (PartyKind.ORGANIZATION, PartyKind.FUNDER)
"""who is paid, or pays, from an account in its own name only; a committee's may be kept by its street (居账街管)"""

_IN_XML = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+$"
"""printable, in the files of banks too: XML 1.0 section 2.2"""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=140, pattern=_IN_XML)]
"""of a holder or a branch, as long as the bank's file can carry (ISO 20022 Max140Text)"""


def _without_gaps(number: str) -> str:
    return number.replace(" ", "").replace("-", "")


AccountNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z](?:[ -]?[0-9A-Za-z]){7,33}$"),
    AfterValidator(_without_gaps),
    Field(repr=False),
]
"""账号, 8 to 34 digits or letters (ISO 20022 Max34Text), kept without blanks and hyphens"""


class AccountDetails(Model):
    holder: Name
    """户名"""
    number: AccountNumber
    bank: Name
    """开户行, the branch by its full name"""
    cnaps: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")] | None = None
    """联行号 of the branch"""
    bic: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")] | None = None
    """ISO 9362"""

    @model_validator(mode="after")
    def _the_branch_has_a_code(self) -> Self:
        if self.cnaps is None and self.bic is None:
            raise PydanticCustomError("bank_by_code", "name the branch by its cnaps, or by its bic")
        return self


class BankAccount(Model):
    """One statement, and how far it came."""

    id: UUID
    digest: str
    ending: str
    details: AccountDetails | None
    """None once it counts no more: nobody needs the number then, and files that left keep their own"""
    stated_by: UUID
    stated_at: datetime
    confirmed_by: UUID | None = None
    confirmed_for: PartyId | None = None
    confirmed_at: datetime | None = None
    ended_by: UUID | None = None
    """who stated or confirmed the next, or withdrew it"""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccounts(State):
    """Of one party, whose id it bears."""

    in_force: BankAccount | None = None
    stated: BankAccount | None = None
    """waits for another person"""
    former: tuple[BankAccount, ...] = ()


class BankAccountsKept(Note):
    accounts: BankAccounts


class StateAccount(Command):
    party_id: PartyId
    account: AccountDetails


class ConfirmAccount(Command):
    party_id: PartyId
    account_id: UUID
    number: AccountNumber
    """typed again, off the paper"""
    project_id: ProjectId | None = None
    """for finance of a funder: a project for which it pays the party"""


class WithdrawAccount(Command):
    party_id: PartyId
    account_id: UUID


C = TypeVar("C", StateAccount, ConfirmAccount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed(Generic[C]):
    """A command with a number in it, and the keyed digest of that number."""

    command: C
    digest: str


def refs_of_stating(keyed: Keyed[StateAccount], cause: UUID) -> list[Ref]:
    return [(Party, keyed.command.party_id), (BankAccounts, keyed.command.party_id)]


def refs_of_confirming(keyed: Keyed[ConfirmAccount], cause: UUID) -> list[Ref]:
    command = keyed.command
    project: list[Ref] = [] if command.project_id is None else [(ProjectMoney, command.project_id)]
    return [*project, (BankAccounts, command.party_id)]


def refs_of_withdrawing(command: WithdrawAccount, cause: UUID) -> list[Ref]:
    return [(BankAccounts, command.party_id)]


def state(world: World, keyed: Keyed[StateAccount], context: Context) -> Sequence[Model]:
    """A later statement takes the place of one that nobody has confirmed yet."""
    details, id = keyed.command.account, keyed.command.party_id
    context.by.must_be(id)
    _must_fit(party(world, id), details)
    before = world.find(BankAccounts, id) or BankAccounts(id=id)
    if len(before.former) + (before.in_force is not None) + (before.stated is not None) >= MOST_ACCOUNTS:
        raise Refused("too_many_bank_accounts", most=MOST_ACCOUNTS)
    account = BankAccount(
        id=context.new_id("bank account"),
        digest=keyed.digest,
        ending=details.number[-SHOWN:],
        details=details,
        stated_by=context.by.person_id,
        stated_at=context.at,
    )
    told = BankAccountStated(
        party_id=id,
        account_id=account.id,
        digest=account.digest,
        ending=account.ending,
        stated_by=PartyId(context.by.person_id),
    )
    after = replace(before, stated=account, former=(*before.former, *_ended(before.stated, context)))
    return [told, BankAccountsKept(accounts=after)]


def confirm(world: World, keyed: Keyed[ConfirmAccount], context: Context) -> Sequence[Model]:
    """By another person of the party, or of the finance of a funder that pays it.

    The second way is for those who are one person only, a social worker above all; the funder has the agreement with
    the account in it, and it is the funder's money that a wrong account loses.
    """
    command, by = keyed.command, context.by
    before = world.get(BankAccounts, command.party_id)
    if by.party_id != command.party_id:
        _must_pay(world, command, context)
    account = before.stated
    if account is None or account.id != command.account_id:
        raise Refused("account_waits_for_nobody", account=command.account_id)
    if account.stated_by == by.person_id:
        raise Refused("who_stated_does_not_confirm", status=403, person=by.person_id)
    if account.digest != keyed.digest:
        raise Refused("number_differs", status=422, field="number", ending=account.ending)
    told = BankAccountConfirmed(
        party_id=command.party_id,
        account_id=account.id,
        digest=account.digest,
        ending=account.ending,
        replaces=None if before.in_force is None else before.in_force.id,
        stated_by=PartyId(account.stated_by),
        confirmed_by=PartyId(by.person_id),
        confirmed_for=by.party_id,
    )
    confirmed = {"confirmed_by": by.person_id, "confirmed_for": by.party_id, "confirmed_at": context.at}
    after = replace(
        before,
        in_force=account.model_copy(update=confirmed),
        stated=None,
        former=(*before.former, *_ended(before.in_force, context)),
    )
    return [told, BankAccountsKept(accounts=after)]


def withdraw(world: World, command: WithdrawAccount, context: Context) -> Sequence[Model]:
    """By the party, one person alone: nothing is paid by it. Its number, holder and bank are forgotten."""
    context.by.must_be(command.party_id)
    before = world.get(BankAccounts, command.party_id)
    account = next((one for one in (before.in_force, before.stated) if one and one.id == command.account_id), None)
    if account is None:
        raise Refused("account_counts_no_more", account=command.account_id)
    after = replace(
        before,
        in_force=None if account is before.in_force else before.in_force,
        stated=None if account is before.stated else before.stated,
        former=(*before.former, *_ended(account, context)),
    )
    told = BankAccountWithdrawn(
        party_id=command.party_id,
        account_id=account.id,
        digest=account.digest,
        ending=account.ending,
        withdrawn_by=PartyId(context.by.person_id),
    )
    return [told, BankAccountsKept(accounts=after)]


def _ended(account: BankAccount | None, context: Context) -> Iterable[BankAccount]:
    if account is not None:
        forgotten = {"details": None, "ended_by": context.by.person_id, "ended_at": context.at}
        yield account.model_copy(update=forgotten)


def _must_pay(world: World, command: ConfirmAccount, context: Context) -> None:
    money = None if command.project_id is None else world.get(ProjectMoney, command.project_id)
    pays = money is not None and money.payee is not None and money.payee.id == command.party_id
    if context.by.role is not Role.FINANCE or money is None or not pays:
        raise Refused("not_your_party", status=403)
    context.by.must_be(money.funder_id)


def _must_fit(whose: Party, details: AccountDetails) -> None:
    if whose.kind in IN_ITS_NAME and whose.name is not None and _plain(whose.name) != _plain(details.holder):
        raise Refused("account_in_another_name", status=422, field="account.holder", name=whose.name)
    if whose.kind in NATURAL_PERSONS and _is_card(details.number) and not _luhn(details.number):
        raise Refused("card_number_mistyped", CARD_CHECK, status=422, field="account.number")


def _plain(name: str) -> str:
    """Brackets are written full width in one paper and half width in the next."""
    return "".join(name.split()).replace("（", "(").replace("）", ")")


def _is_card(number: str) -> bool:
    """A person's account that begins like a UnionPay card; other accounts have no check that is published."""
    return number.isdecimal() and number.startswith("62") and 16 <= len(number) <= 19


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
