"""Dividing an amount over accounts and lots, to the fen.

Accounts share in proportion. Within an account money restricted to the purpose goes first, and lots of the same
standing share in proportion. Always by the largest remainder, equal remainders to the earlier one, so that a
replay divides alike.
"""

from collections import Counter
from collections.abc import Sequence

from schemas.deciding import World
from schemas.ids import FundAccountId, LotId
from schemas.money import Money, sum_of
from schemas.project import FundShare, LotShare
from services.funds.rules.ledger import Account, Lot


def set_aside(world: World, account: Account, amount: Money, category: str) -> FundShare | None:
    """`amount` out of the account's free lots that may be spent on `category`; None when they do not suffice."""
    usable = []
    free_fen = 0
    for id in account.lots:
        lot = world.get(Lot, id)
        if lot.restricted_to is None or lot.restricted_to == category:
            free = lot.free
            free_fen += free.fen
            usable.append((lot, free))
    if free_fen < amount.fen:
        return None
    return FundShare(account_id=FundAccountId(account.id), amount=amount, lots=_of_lots(usable, amount))


def divide(
    world: World, shares: Sequence[FundShare], amount: Money
) -> tuple[tuple[FundShare, ...], tuple[FundShare, ...]]:
    """`amount`, at most what the shares hold, and what is left of them."""
    if not amount:
        return (), tuple(shares)
    parts = amount.split([share.amount.fen for share in shares])
    taken = tuple(
        FundShare(account_id=share.account_id, amount=part, lots=_of_lots(_held(world, share), part))
        for share, part in zip(shares, parts, strict=True)
        if part
    )
    return taken, less(shares, taken)


def less(shares: Sequence[FundShare], taken: Sequence[FundShare]) -> tuple[FundShare, ...]:
    """What of `shares` is left without `taken`, which may name a lot more than once; nothing of zero is left."""
    gone: Counter[LotId] = Counter()
    for lot in all_lots(taken):
        gone[lot.lot_id] += lot.amount.fen
    left = []
    for share in shares:
        lots = tuple(
            LotShare(lot_id=lot.lot_id, amount=Money(rest))
            for lot in share.lots
            if (rest := lot.amount.fen - gone[lot.lot_id])
        )
        if lots:
            amount = sum_of(lot.amount for lot in lots)
            left.append(FundShare(account_id=share.account_id, amount=amount, lots=lots))
    return tuple(left)


def plus(shares: Sequence[FundShare], more: Sequence[FundShare]) -> tuple[FundShare, ...]:
    """Both together, each account and each lot once, in the order in which they were first named."""
    fen: dict[FundAccountId, dict[LotId, int]] = {}
    for share in (*shares, *more):
        lots = fen.setdefault(share.account_id, {})
        for part in share.lots:
            lots[part.lot_id] = lots.get(part.lot_id, 0) + part.amount.fen
    return tuple(
        FundShare(
            account_id=account_id,
            amount=Money(sum(lots.values())),
            lots=tuple(LotShare(lot_id=lot_id, amount=Money(part)) for lot_id, part in lots.items()),
        )
        for account_id, lots in fen.items()
    )


def in_proportion(shares: Sequence[FundShare], amount: Money) -> tuple[FundShare, ...]:
    """`amount`, at most what the shares hold, over all their lots alike, whatever they are restricted to."""
    parts = iter(amount.split([lot.amount.fen for lot in all_lots(shares)]))
    divided = (
        (share, tuple(LotShare(lot_id=lot.lot_id, amount=part) for lot in share.lots if (part := next(parts))))
        for share in shares
    )
    return tuple(
        FundShare(account_id=share.account_id, amount=sum_of(lot.amount for lot in lots), lots=lots)
        for share, lots in divided
        if lots
    )


def all_lots(shares: Sequence[FundShare]) -> tuple[LotShare, ...]:
    return tuple(lot for share in shares for lot in share.lots)


def _held(world: World, share: FundShare) -> list[tuple[Lot, Money]]:
    return [(world.get(Lot, part.lot_id), part.amount) for part in share.lots]


def _of_lots(lots: Sequence[tuple[Lot, Money]], amount: Money) -> tuple[LotShare, ...]:
    """`amount` out of what the lots hold, at least as much: restricted ones first."""
    if len(lots) == 1:
        return (LotShare(lot_id=LotId(lots[0][0].id), amount=amount),)
    restricted = [(lot, held) for lot, held in lots if lot.restricted_to is not None]
    open_to_all = [(lot, held) for lot, held in lots if lot.restricted_to is None]
    first = min(amount.fen, sum(held.fen for _, held in restricted))
    return (*_in_proportion(restricted, Money(first)), *_in_proportion(open_to_all, Money(amount.fen - first)))


def _in_proportion(lots: Sequence[tuple[Lot, Money]], amount: Money) -> tuple[LotShare, ...]:
    if not amount:
        return ()
    parts = amount.split([held.fen for _, held in lots])
    return tuple(
        LotShare(lot_id=LotId(lot.id), amount=part) for (lot, _), part in zip(lots, parts, strict=True) if part
    )
