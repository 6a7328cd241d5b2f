"""Money arrives: a lot on a fund account. A funder's finance enters it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from pydantic import Field, StringConstraints

from schemas.dated import LotRecorded
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command
from schemas.fund import FundAppropriated, SourceType
from schemas.ids import FundAccountId, LotId, PartyId
from schemas.model import Model
from schemas.money import MOST_FEN, Money, Positive
from schemas.project import LotShare
from schemas.refused import Refused
from services.funds.rules.ledger import (
    Account,
    AccountKind,
    Booked,
    Lot,
    TransferState,
    fund_account,
    source_account,
)
from services.funds.rules.moves import move
from services.funds.rules.payment import EconomicCode

PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE)]
RULEBOOK = "example/below-limit"
"""whose catalogue of categories a restriction names"""
FunctionalCode = Annotated[str, StringConstraints(pattern=r"^2[0-9]{2}(?:[0-9]{2}){0,2}$")]
"""支出功能分类科目 to 类, 款 or 项, as in 2080299 (预算法 第三十二条; 财政部 政府收支分类科目)"""
CLASSIFIED = "funds.classified_sources"
"""the sources whose money is classified by function and by economic nature from its arrival on"""
MOST_LOTS = 100
"""with something left on one account: every reservation is allocated to all it may use"""


class Appropriate(Command):
    """Money of one source arrives and opens a fund account of the caller's party."""

    source_type: SourceType
    budget_line: Line
    """指标 or the giver's reference, as the treasury or the foundation writes it"""
    amount: Positive
    restricted_to: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = None
    """a need category, when the giver restricted the purpose"""
    functional_code: FunctionalCode | None = None
    """of public money: the application names it"""
    economic_code: EconomicCode | None = None
    """of public money: what it is to be spent on, where an order says nothing else"""
    arrived_on: date | None = None
    """by the bank, where it is entered later; it decides the budget year. The books take it in today all the same"""


class AppropriateMore(Appropriate):
    """Money of one source arrives on a fund account that exists."""

    account_id: FundAccountId


def source_of(account_id: UUID) -> UUID:
    """The account that stands for the outside a fund account's money comes from."""
    return uuid5(account_id, "source")


def account_of(command: Appropriate, cause: UUID) -> UUID:
    return command.account_id if isinstance(command, AppropriateMore) else new_id(cause, "account")


def refs(command: Appropriate, cause: UUID) -> list[Ref]:
    account_id = account_of(command, cause)
    return [(Account, account_id), (Account, source_of(account_id))]


def appropriate(world: World, command: Appropriate, context: Context) -> Sequence[Model]:
    """The giver's account is debited, the fund account credited, and the lot remembers whose money it is."""
    _has_a_purpose(command, context)
    if command.arrived_on is not None and command.arrived_on > context.today:
        raise Refused("paid_in_the_future", status=422, field="arrived_on", day=command.arrived_on, today=context.today)
    account_id = account_of(command, context.cause)
    if isinstance(command, AppropriateMore):
        account = world.get(Account, account_id)
        if account.kind is not AccountKind.FUND:
            raise Refused("not_found", status=404, what="Account", id=str(account_id))
        context.by.must_be(PartyId(account.owner_id))
        _has_room(account, command.amount)
    else:
        account = fund_account(account_id, context.by.party_id)
    codes = _codes(world, account, command, context)
    lot = Lot(
        id=context.new_id("lot"),
        account_id=FundAccountId(account_id),
        source_type=command.source_type,
        budget_line=command.budget_line,
        restricted_to=command.restricted_to,
        amount=command.amount,
        arrived_at=context.at,
        functional_code=codes[0],
        economic_code=codes[1],
    )
    arrival = move(
        context,
        id=context.new_id("arrival"),
        funder_id=context.by.party_id,
        debit_id=source_of(account_id),
        credit_id=account_id,
        amount=command.amount,
        state=TransferState.POSTED,
        lots=(LotShare(lot_id=LotId(lot.id), amount=command.amount),),
        reason="appropriation",
        effective=command.arrived_on,
        booked=context.today,
    )
    fact = FundAppropriated(
        account_id=FundAccountId(account_id),
        lot_id=LotId(lot.id),
        funder_id=context.by.party_id,
        source_type=command.source_type,
        budget_line=command.budget_line,
        amount=command.amount,
        restricted_to=command.restricted_to,
    )
    recorded = LotRecorded(
        account_id=FundAccountId(account_id),
        lot_id=LotId(lot.id),
        transfer_id=arrival.id,
        functional_code=lot.functional_code,
        economic_code=lot.economic_code,
        effective_date=arrival.effective_date,
        booked_on=arrival.booked_on,
    )
    opens = (account, source_account(source_of(account_id), context.by.party_id))
    return [fact, recorded, Booked(opens=opens, arrived=(lot,), transfers=(arrival,))]


def _has_a_purpose(command: Appropriate, context: Context) -> None:
    """Money restricted to a category nobody can need would lie idle for ever."""
    rulebook = context.rulebooks.named(RULEBOOK)
    categories = rulebook.value("need.categories")
    if command.restricted_to is not None and command.restricted_to not in categories:
        raise Refused(
            "no_such_purpose",
            rulebook.source("need.categories"),
            status=422,
            field="restricted_to",
            known="、".join(f"{name} {zh}" for name, zh in categories.items()),
        )


def _codes(
    world: World, account: Account, command: Appropriate, context: Context
) -> tuple[FunctionalCode | None, EconomicCode | None]:
    """功能分类 and 经济分类 of what arrives: as given, or as the account's youngest money of that source has them.

    Public money that continues nothing names both. What continues money from before that was asked goes on without.
    """
    given = command.functional_code, command.economic_code
    lots = (world.get(Lot, id) for id in reversed(account.lots))
    before = next((lot for lot in lots if lot.source_type is command.source_type), None)
    if before is not None:
        return given[0] or before.functional_code, given[1] or before.economic_code
    rulebook = context.rulebooks.named(RULEBOOK)
    if CLASSIFIED in rulebook.rules and command.source_type in rulebook.value(CLASSIFIED) and None in given:
        raise Refused(
            "codes_missing",
            rulebook.source(CLASSIFIED),
            status=422,
            field="functional_code" if given[0] is None else "economic_code",
            source_type=command.source_type,
            line=command.budget_line,
        )
    return given


def _has_room(account: Account, amount: Money) -> None:
    if len(account.lots) >= MOST_LOTS:
        raise Refused("too_many_lots", account=account.id, most=MOST_LOTS)
    if account.credits_posted.fen + amount.fen > MOST_FEN:
        raise Refused("account_too_large", status=422, field="amount", account=account.id, most=Money(MOST_FEN))
