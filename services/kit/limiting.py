"""A limit on how often one caller may ask: a token bucket per caller, in memory."""

import time
from collections import OrderedDict

from schemas.refused import Refused

MOST_CALLERS = 10_000


class Limiter:
    """`rate` requests a second on the long run, `burst` at once; the longest silent caller is forgotten first."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        now = time.monotonic()
        tokens, since = self._buckets.pop(caller, (self.burst, now))
        tokens = min(self.burst, tokens + (now - since) * self.rate)
        if tokens < 1:
            self._buckets[caller] = (tokens, now)
            retry_after = int((1 - tokens) / self.rate) + 1
            raise Refused("too_many_requests", status=429, retry_after=retry_after)
        self._buckets[caller] = (tokens - 1, now)
        while len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
