"""A payee's bank account stated, confirmed and withdrawn, and a payment that left in a bank's file."""

from schemas.bank import BankAccountConfirmed, BankAccountStated, BankAccountWithdrawn, PaymentInstructed
from schemas.fact import Fact
from schemas.ids import PaymentId
from tests.services.audit.stories import Told


def by_a_bank(told: Told) -> list[Fact]:
    account = {"party_id": told.provider, "account_id": told.contract, "digest": "d" * 64, "ending": "3456"}
    confirming = {"replaces": None, "confirmed_by": told.other, "confirmed_for": told.funder}
    return [
        BankAccountStated.model_validate(account | {"stated_by": told.person}),
        BankAccountConfirmed.model_validate(account | confirming | {"stated_by": told.person}),
        BankAccountWithdrawn.model_validate(account | {"withdrawn_by": told.person}),
        an_instruction(told),
    ]


def an_instruction(told: Told) -> PaymentInstructed:
    return PaymentInstructed(
        project_id=told.project,
        payment_id=PaymentId(told.contract),
        number=1,
        payee_id=told.provider,
        message_id="YHAAAABBBBCCCCDDDD",
        account_id=told.contract,
        account_digest="d" * 64,
        account_ending="3456",
        pain_digest="d" * 64,
        csv_digest="d" * 64,
    )
