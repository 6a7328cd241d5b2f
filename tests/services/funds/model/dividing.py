"""Money by account and lot, and how an amount is divided."""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

Lots = dict[int, int]
"""place of a lot in its account → fen"""
Shares = dict[UUID, Lots]
"""by account"""


def hamilton(amount: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder: everybody the whole part, then one each to the largest fractions, earlier first."""
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    while sum(parts) < amount:
        place = max(range(len(exact)), key=lambda i: (exact[i] - parts[i], -i))
        parts[place] += 1
    return parts


def total(shares: Shares) -> int:
    return sum(fen for lots in shares.values() for fen in lots.values())


def add(shares: Shares, more: Shares) -> None:
    for account, lots in more.items():
        mine = shares.setdefault(account, {})
        for place, fen in lots.items():
            mine[place] = mine.get(place, 0) + fen


def minus(shares: Shares, taken: Shares) -> Shares:
    """What is left; nothing of zero stays."""
    left = {
        account: {place: rest for place, fen in lots.items() if (rest := fen - taken.get(account, {}).get(place, 0))}
        for account, lots in shares.items()
    }
    return {account: lots for account, lots in left.items() if lots}


def covers(shares: Shares, part: Shares) -> bool:
    return all(shares.get(account, {}).get(i, 0) >= fen for account, lots in part.items() for i, fen in lots.items())
