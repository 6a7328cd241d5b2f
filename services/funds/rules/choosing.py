"""Which of several amounts make up another, to the fen, and whether that is sure."""

from collections.abc import Sequence

from schemas.money import Money, sum_of

MOST_TRIED = 10
"""amounts of which every choice is tried, 1,024 at most; of more than these only all together are"""


class Ambiguous(Exception):
    """More than one choice adds up."""


def choose(amounts: Sequence[Money], total: Money) -> tuple[int, ...] | None:
    """The places of those that add up to `total`; None when none do. Raises `Ambiguous` when several choices do.

    All of them together is never ambiguous, for every amount is above zero.
    """
    if sum_of(amounts) == total:
        return tuple(range(len(amounts)))
    if len(amounts) > MOST_TRIED:
        return None
    sums = [0]
    for amount in amounts:  # the sum at a place is that of the amounts whose bits are set in it
        sums += [earlier + amount.fen for earlier in sums]
    found = [bits for bits, fen in enumerate(sums) if fen == total.fen]
    if len(found) > 1:
        raise Ambiguous
    return tuple(place for place in range(len(amounts)) if found[0] >> place & 1) if found else None
