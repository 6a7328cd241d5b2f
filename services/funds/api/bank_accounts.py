"""Where a party has its money: stated, confirmed by another person, withdrawn, and looked at with the number masked."""

from datetime import datetime
from uuid import UUID

from events.database import Connection
from schemas.bank import mask
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import NATURAL_PERSONS
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.standing import Party
from services.funds.rules.bank_accounts import (
    BankAccount,
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
from services.funds.store import bank
from services.kit import standing
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault

_HOLDERS = frozenset({Role.PROVIDER, Role.COMMUNITY, Role.FINANCE})
_WITH_FUNDERS = _HOLDERS | {Role.FUNDER}
_READERS = _WITH_FUNDERS | {Role.AUDITOR}


class AccountShown(Model):
    account_id: UUID
    number: str | None
    """whole for people of the party, else its end; none once the account counts no more. While it waits to be confirmed
    only who stated it sees it whole: the second person reads it off the paper"""
    holder: str | None
    """not of a natural person, except for the party itself and who pays it"""
    bank: str | None
    cnaps: str | None
    bic: str | None
    ending: str
    stated_by: UUID
    stated_at: datetime
    confirmed_by: UUID | None
    confirmed_for: PartyId | None
    """the party whose person confirmed it"""
    confirmed_at: datetime | None
    ended_by: UUID | None
    ended_at: datetime | None


class BankAccountsAnswer(Answer):
    version: int
    party_id: PartyId
    registered_name: str | None
    """to be compared with the holder"""
    in_force: AccountShown | None
    stated: AccountShown | None
    """counts only once another person has confirmed it"""
    former: tuple[AccountShown, ...]
    """by whom and when each was stated, confirmed and ended; the numbers are forgotten"""


class BankAccountAnswer(Answer):
    """What became of it; the number is never repeated."""

    party_id: PartyId
    account_id: UUID
    ending: str
    in_force: bool


async def _key_stated(connection: Connection, command: StateAccount, vault: Vault) -> Keyed[StateAccount]:
    return Keyed(command=command, digest=_digest(vault, command.account.number))


async def _key_confirmed(connection: Connection, command: ConfirmAccount, vault: Vault) -> Keyed[ConfirmAccount]:
    return Keyed(command=command, digest=_digest(vault, command.number))


def _digest(vault: Vault, number: str) -> str:
    """A number has few digits nobody could guess, so a plain SHA-256 could be found by trying; this cannot."""
    return vault.digest(b"bank account\0" + number.encode()).hex()


def _subject(keyed: Keyed[StateAccount] | Keyed[ConfirmAccount], cause: UUID) -> Ref:
    return BankAccounts, keyed.command.party_id


def _stated(world: World, keyed: Keyed[StateAccount], cause: UUID) -> BankAccountAnswer:
    stated = world.get(BankAccounts, keyed.command.party_id).stated
    assert stated is not None  # just now
    return _answer(keyed.command.party_id, stated, in_force=False)


def _confirmed(world: World, keyed: Keyed[ConfirmAccount], cause: UUID) -> BankAccountAnswer:
    account = world.get(BankAccounts, keyed.command.party_id).in_force
    assert account is not None  # just now
    return _answer(keyed.command.party_id, account, in_force=True)


def _withdrawn(world: World, command: WithdrawAccount, cause: UUID) -> BankAccountAnswer:
    return _answer(command.party_id, world.get(BankAccounts, command.party_id).former[-1], in_force=False)


def _answer(party_id: PartyId, account: BankAccount, *, in_force: bool) -> BankAccountAnswer:
    return BankAccountAnswer(party_id=party_id, account_id=account.id, ending=account.ending, in_force=in_force)


async def get_bank_accounts(tx: Connection, asked: Asked) -> BankAccountsAnswer:
    """For the party, for funders that pay it and for auditors; only the party itself sees a number whole."""
    party_id = PartyId(asked.id("party_id"))
    whose = (await standing.read(tx, [(Party, party_id)])).get(Party, party_id)
    by = asked.actor
    may_see = by.role is Role.AUDITOR or by.party_id == party_id or await bank.pays(tx, by.party_id, party_id)
    if not may_see:
        raise Refused("not_your_party", status=403)
    accounts, version = (await bank.accounts_of(tx, [party_id])).get(party_id, (BankAccounts(id=party_id), 0))
    return BankAccountsAnswer(
        version=version,
        party_id=party_id,
        registered_name=whose.name,
        in_force=_shown(accounts.in_force, whose, by),
        stated=_shown(accounts.stated, whose, by),
        former=tuple(shown for one in accounts.former if (shown := _shown(one, whose, by)) is not None),
    )


def _shown(account: BankAccount | None, whose: Party, by: Actor) -> AccountShown | None:
    if account is None:
        return None
    details = account.details
    own = by.party_id == whose.id
    whole = own and (account.confirmed_at is not None or account.stated_by == by.person_id)
    named = own or by.role is Role.FINANCE or whose.kind not in NATURAL_PERSONS
    return AccountShown(
        account_id=account.id,
        number=None if details is None else details.number if whole else mask(account.ending),
        holder=details.holder if details is not None and named else None,
        bank=None if details is None else details.bank,
        cnaps=None if details is None else details.cnaps,
        bic=None if details is None else details.bic,
        ending=account.ending,
        stated_by=account.stated_by,
        stated_at=account.stated_at,
        confirmed_by=account.confirmed_by,
        confirmed_for=account.confirmed_for,
        confirmed_at=account.confirmed_at,
        ended_by=account.ended_by,
        ended_at=account.ended_at,
    )


BANK_ACCOUNTS = (
    Post(
        path="/v1/parties/{party_id}/bank-accounts",
        command=StateAccount,
        roles=_HOLDERS,
        prepare=_key_stated,
        refs=refs_of_stating,
        decide=state,
        subject=_subject,
        answer=_stated,
        summary="登记收(付)款账户 · State the party's bank account; it counts once another person has confirmed it",
    ),
    Post(
        path="/v1/parties/{party_id}/bank-accounts/{account_id}/confirmation",
        command=ConfirmAccount,
        roles=_WITH_FUNDERS,
        prepare=_key_confirmed,
        refs=refs_of_confirming,
        decide=confirm,
        subject=_subject,
        answer=_confirmed,
        summary="复核账户 · Confirm it by typing the number off the paper, by another person than stated it",
    ),
    Post(
        path="/v1/parties/{party_id}/bank-accounts/{account_id}/withdrawal",
        command=WithdrawAccount,
        roles=_HOLDERS,
        refs=refs_of_withdrawing,
        decide=withdraw,
        subject=lambda command, cause: (BankAccounts, command.party_id),
        answer=_withdrawn,
        summary="撤销账户 · Withdraw it: nothing is paid to it any more, and its number is forgotten",
    ),
    Get(
        path="/v1/parties/{party_id}/bank-accounts",
        roles=_READERS,
        handler=get_bank_accounts,
        answer=BankAccountsAnswer,
        summary="账户及其变更记录 · A party's bank account and its history, masked for others",
    ),
)
