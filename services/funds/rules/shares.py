"""Dividing an amount over accounts and lots, to the fen.

Accounts share in proportion. Within an account money restricted to the purpose goes first, and lots of the same
standing share in proportion. Always by the largest remainder, equal remainders to the earlier one, so that a
replay divides alike.
"""

from collections.abc import Sequence

from schemas.deciding import World
from schemas.ids import FundAccountId, LotId
from schemas.money import Money, sum_of
from schemas.project import FundShare, LotShare
from services.funds.rules.ledger import Account, Lot


def set_aside(world: World, account: Account, amount: Money, category: str) -> FundShare | None:
    """`amount` out of the account's free lots that may be spent on `category`; None when they do not suffice."""
    usable = [
        LotShare(lot_id=LotId(lot.id), amount=lot.free)
        for lot in (world.get(Lot, id) for id in account.lots)
        if lot.restricted_to in (None, category) and lot.free
    ]
    if sum(lot.amount.fen for lot in usable) < amount.fen:
        return None
    lots = _of_lots(world, usable, amount)
    return FundShare(account_id=FundAccountId(account.id), amount=amount, lots=lots)


def divide(
    world: World, shares: Sequence[FundShare], amount: Money
) -> tuple[tuple[FundShare, ...], tuple[FundShare, ...]]:
    """`amount`, at most what the shares hold, and what is left of them."""
    if not amount:
        return (), tuple(shares)
    parts = amount.split([share.amount.fen for share in shares])
    taken = tuple(
        FundShare(account_id=share.account_id, amount=part, lots=_of_lots(world, share.lots, part))
        for share, part in zip(shares, parts, strict=True)
        if part
    )
    return taken, less(shares, taken)


def less(shares: Sequence[FundShare], taken: Sequence[FundShare]) -> tuple[FundShare, ...]:
    """What of `shares` is left without `taken`; nothing is named twice and nothing of zero is left."""
    gone = {share.account_id: share for share in taken}
    left = []
    for share in shares:
        if share.account_id not in gone:
            left.append(share)
            continue
        lots_gone = {lot.lot_id: lot.amount.fen for lot in gone[share.account_id].lots}
        lots = tuple(
            LotShare(lot_id=lot.lot_id, amount=Money(rest))
            for lot in share.lots
            if (rest := lot.amount.fen - lots_gone.get(lot.lot_id, 0))
        )
        if lots:
            left.append(FundShare(account_id=share.account_id, amount=sum_of(lot.amount for lot in lots), lots=lots))
    return tuple(left)


def all_lots(shares: Sequence[FundShare]) -> tuple[LotShare, ...]:
    return tuple(lot for share in shares for lot in share.lots)


def _of_lots(world: World, lots: Sequence[LotShare], amount: Money) -> tuple[LotShare, ...]:
    """`amount` out of lots that hold at least as much, restricted ones first."""
    restricted = [lot for lot in lots if world.get(Lot, lot.lot_id).restricted_to is not None]
    open_to_all = [lot for lot in lots if world.get(Lot, lot.lot_id).restricted_to is None]
    first = min(amount.fen, sum(lot.amount.fen for lot in restricted))
    return (*_in_proportion(restricted, Money(first)), *_in_proportion(open_to_all, Money(amount.fen - first)))


def _in_proportion(lots: Sequence[LotShare], amount: Money) -> tuple[LotShare, ...]:
    if not amount:
        return ()
    if len(lots) == 1:
        return (LotShare(lot_id=lots[0].lot_id, amount=amount),)
    parts = amount.split([lot.amount.fen for lot in lots])
    return tuple(LotShare(lot_id=lot.lot_id, amount=part) for lot, part in zip(lots, parts, strict=True) if part)
