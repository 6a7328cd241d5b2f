"""Money is set aside before anything opens, and given back when no agreement comes of it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from schemas.commission import ContractRetracted
from schemas.days import day_of
from schemas.deciding import Context, Due, Ref, World
from schemas.fund import ReservationReleased, SourceType
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import sum_of
from schemas.project import BudgetReserved, FundShare, ProjectApproved, ProjectDeclined, ProjectFact
from schemas.refused import Refused
from schemas.rulebook import Source
from schemas.tender import TenderVoided
from services.funds.rules import shares
from services.funds.rules.lapse import lapses_at
from services.funds.rules.ledger import Account, AccountKind, Booked, Lot, TransferState, project_account
from services.funds.rules.moves import resolve, set_aside
from services.funds.rules.project import Lapsed, Phase, ProjectMoney, ReservationDated, ReservationLapsed


def refs_of_approval(fact: ProjectApproved, cause: UUID) -> list[Ref]:
    asked: list[Ref] = [(Account, share.account_id) for share in fact.shares]
    return [(ProjectMoney, fact.project_id), (Account, fact.project_id), *asked]


def refs_of_project(fact: ProjectFact, cause: UUID) -> list[Ref]:
    """The store adds the accounts and lots of the project."""
    return [(ProjectMoney, fact.project_id)]


def reserve(world: World, fact: ProjectApproved, context: Context) -> Sequence[Model]:
    """The whole ceiling, or nothing: two projects never stand on the same fen."""
    money = world.get(ProjectMoney, fact.project_id)
    if money.phase is not Phase.ASKED:
        return ()
    amounts = {share.account_id: share.amount.fen for share in fact.shares}
    if len(amounts) != len(fact.shares) or not all(amounts.values()) or sum(amounts.values()) != fact.ceiling.fen:
        raise Refused("shares_do_not_add_up", _source(context, fact, "funds.reservation"), ceiling=fact.ceiling)
    reserved = tuple(_from_account(world, share, fact, context) for share in fact.shares)
    entry = Booked(opens=(project_account(money.id),), transfers=set_aside(money, reserved, context))
    until = ReservationDated(project_id=fact.project_id, lapses_at=lapses_at(fact.rulebook, context))
    return [BudgetReserved(project_id=fact.project_id, ceiling=fact.ceiling, shares=reserved), until, entry]


def _from_account(world: World, share: FundShare, fact: ProjectApproved, context: Context) -> FundShare:
    account = world.find(Account, share.account_id)
    if account is None or account.kind is not AccountKind.FUND:
        raise Refused("no_such_fund_account", _source(context, fact, "funds.reservation"), account=share.account_id)
    if account.owner_id != fact.brief.funder_id:
        raise Refused(
            "account_of_another_funder", _source(context, fact, "funds.reservation"), account=share.account_id
        )
    found = shares.set_aside(world, account, share.amount, fact.brief.category)
    if found is None:
        raise _too_little(world, account, share, fact, context)
    return found


def _too_little(world: World, account: Account, share: FundShare, fact: ProjectApproved, context: Context) -> Refused:
    """Say whether money lacks altogether, or is there for another purpose."""
    lots = [world.get(Lot, id) for id in account.lots]
    free = sum_of(lot.free for lot in lots)
    usable = sum_of(lot.free for lot in lots if lot.restricted_to in (None, fact.brief.category))
    others = [lot for lot in lots if lot.free and lot.restricted_to not in (None, fact.brief.category)]
    if free < share.amount:
        code, rule = "not_enough_money", "funds.reservation"
    elif all(lot.source_type is SourceType.LOTTERY for lot in others):
        code, rule = "restricted_to_another_purpose", "funds.restricted_lottery"
    else:
        code, rule = "restricted_to_another_purpose", "funds.restricted_purpose"
    rulebook = context.rulebooks.by_hash(fact.rulebook)
    names = rulebook.value("need.categories")
    return Refused(
        code,
        rulebook.source(rule),
        account=share.account_id,
        wanted=share.amount,
        usable=usable,
        category=names.get(fact.brief.category, fact.brief.category),
        purposes="、".join(sorted({names.get(lot.restricted_to, lot.restricted_to) for lot in others})),
    )


def _source(context: Context, fact: ProjectApproved, path: str) -> Source:
    return context.rulebooks.by_hash(fact.rulebook).source(path)


def give_back(
    world: World, fact: ProjectDeclined | TenderVoided | ContractRetracted, context: Context
) -> Sequence[Model]:
    """The project ended without an agreement: what was set aside is free again."""
    money = world.find(ProjectMoney, fact.project_id)
    if money is None or money.phase is not Phase.RESERVED:
        return ()
    return _freed(money, context)


def lapse(world: World, due: Due, context: Context) -> Sequence[Model]:
    """Its time is over: an agreement signed from now on finds nothing reserved."""
    money = world.find(ProjectMoney, due.ref[1])
    if money is None or money.due().get(due.name) != due.at:
        return ()
    shares, last_day = money.shares, day_of(due.at) - timedelta(days=1)
    lapsed = Lapsed(last_day=last_day, shares=shares, rulebook=money.rulebook)
    return [*_freed(money, context), ReservationLapsed(project_id=ProjectId(money.id), lapsed=lapsed)]


def _freed(money: ProjectMoney, context: Context) -> Sequence[Model]:
    freed = resolve(money, money.shares, TransferState.VOIDED, "no agreement", context)
    return [ReservationReleased(project_id=ProjectId(money.id), shares=money.shares), Booked(transfers=freed)]
