"""Bank accounts that money goes to or comes from, and payments that left in a bank's file.

No fact holds an account number: it says the last four characters, for people, and a digest keyed with the
installation's master key (HMAC-SHA-256), which is the same for the same number and cannot be found by trying.
"""

from typing import ClassVar
from uuid import UUID

from schemas.fact import FUNDS, Fact
from schemas.ids import PartyId, PaymentId
from schemas.project import ProjectFact


def mask(ending: str) -> str:
    """How a number is shown to all but its party."""
    return f"****{ending}"


class BankAccountFact(Fact):
    stream: ClassVar[str] = FUNDS
    key_field: ClassVar[str] = "party_id"

    party_id: PartyId
    """whose account it is"""
    account_id: UUID
    digest: str
    """HMAC-SHA-256 of the number, hexadecimal"""
    ending: str
    """the last four characters of the number"""


class BankAccountStated(BankAccountFact):
    """A person of the party said where its money is; it counts only when another person has confirmed it."""

    type: ClassVar[str] = "bank_account.stated"

    stated_by: PartyId


class BankAccountConfirmed(BankAccountFact):
    """Another person typed the same number off the paper: from here on the account is the party's."""

    type: ClassVar[str] = "bank_account.confirmed"

    replaces: UUID | None
    """the account that was in force before"""
    stated_by: PartyId
    confirmed_by: PartyId
    confirmed_for: PartyId
    """the party whose person confirmed: the same one, or a funder that pays it"""


class BankAccountWithdrawn(BankAccountFact):
    """The party took it back; it is paid to no more, and its number is forgotten."""

    type: ClassVar[str] = "bank_account.withdrawn"

    withdrawn_by: PartyId


class PaymentInstructed(ProjectFact):
    """A foundation's payment was put into a file for its bank, and to which account it goes."""

    type: ClassVar[str] = "payment.instructed"

    payment_id: PaymentId
    number: int
    """the tranche"""
    payee_id: PartyId
    message_id: str
    """of the file: the bank refuses a second one with the same"""
    account_id: UUID
    account_digest: str
    account_ending: str
    pain_digest: str
    """SHA-256 of the file as pain.001"""
    csv_digest: str
    """SHA-256 of the file as CSV in UTF-8"""
