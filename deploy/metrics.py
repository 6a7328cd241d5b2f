"""Figures for Prometheus: lag, outbox age, parked keys, and the requests served."""

import time
from collections.abc import Iterable, Iterator

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from deploy.condition import Condition


class Requests:
    """Counts what the doors answered. Routes by their pattern, so that an id makes no series of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count = Counter(
            "sanshe_http_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram("sanshe_http_seconds", "Time to answer", ["method", "route"], registry=self.registry)

    @web.middleware
    async def counted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        answer = await handler(request)
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "other"
        self._count.labels(request.method, route, answer.status).inc()
        self._seconds.labels(request.method, route).observe(time.perf_counter() - began)
        return answer


class _Conditions(Collector):
    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._conditions = tuple(conditions)

    def collect(self) -> Iterator[Metric]:
        unsent = GaugeMetricFamily("sanshe_outbox_unsent", "Lines said and not yet told", labels=["service"])
        oldest = GaugeMetricFamily("sanshe_outbox_oldest_seconds", "Age of the oldest of them", labels=["service"])
        lag = GaugeMetricFamily("sanshe_consumer_lag", "Records behind the log's end", labels=["service", "stream"])
        parked = GaugeMetricFamily("sanshe_parked_keys", "Keys that stand still", labels=["service", "reason"])
        paused = GaugeMetricFamily("sanshe_paused_partitions", "Partitions that stand still", labels=["service"])
        for one in self._conditions:
            unsent.add_metric([one.name], one.unsent.lines)
            oldest.add_metric([one.name], one.unsent.oldest_s)
            paused.add_metric([one.name], len(one.paused))
            for stream, behind in one.lag.items():
                lag.add_metric([one.name, stream], behind)
            for reason in ("poison", "waiting", "gap"):
                parked.add_metric([one.name, reason], sum(key.reason == reason for key in one.parked))
        yield from (unsent, oldest, lag, parked, paused)


def rendered(requests: Requests, conditions: Iterable[Condition]) -> bytes:
    now = CollectorRegistry()
    now.register(_Conditions(conditions))
    return generate_latest(requests.registry) + generate_latest(now)
