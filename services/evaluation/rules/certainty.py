"""How sure a share is: the Wilson score interval, in Decimal, rounded outward.

E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American Statistical
Association 22 (1927) 209–212. Where a good part of all was asked, the variance shrinks by (N − n) ÷ (N − 1) (Cochran,
Sampling Techniques, 3rd ed. 1977, section 2.6): as if n(N − 1) ÷ (N − n) of an endless population had answered.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

DIGITS = 50
"""of the working; the result has two places"""
PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Interval:
    """In percent, two places."""

    lower: Decimal
    upper: Decimal


def wilson(of: int, n: int, z: Decimal, population: int | None = None) -> Interval:
    """`of` successes in `n` ≥ 1 answers, from a population of that many, or endless."""
    with localcontext() as exact:
        exact.prec = DIGITS
        share = Decimal(of) / n
        if population is not None and n >= population:
            return _outward(share, share)
        size = Decimal(n) if population is None else Decimal(n * (population - 1)) / (population - n)
        z2 = z * z
        middle = (share + z2 / (2 * size)) / (1 + z2 / size)
        half = z / (1 + z2 / size) * (share * (1 - share) / size + z2 / (4 * size * size)).sqrt()
        return _outward(max(Decimal(0), middle - half), min(Decimal(1), middle + half))


def _outward(lower: Decimal, upper: Decimal) -> Interval:
    """Half a unit in the 40th place is the error of the working, not of the answer."""
    low, high = ((share * 100).quantize(Decimal(1).scaleb(-(DIGITS - 10))) for share in (lower, upper))
    return Interval(low.quantize(PLACES, ROUND_FLOOR), high.quantize(PLACES, ROUND_CEILING))
