"""A place for things to break in, and children to break."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from tests.chaos.child import Child, Life
from tests.chaos.place import Place, a_place

Bear = Callable[..., Child]


@pytest.fixture
async def place(postgres_dsn: str, kafka_bootstrap: str) -> AsyncIterator[Place]:
    async with a_place(postgres_dsn, kafka_bootstrap) as place:
        yield place


@pytest.fixture
def child(place: Place) -> Iterator[Bear]:
    """`child(step=…)`: a process at the place, ended with the test."""
    children: list[Child] = []

    def bear(**life: object) -> Child:
        children.append(Child(Life(dsn=place.dsn, cluster=place.cluster, **life)))  # type: ignore[arg-type]  # passed on as given
        return children[-1]

    yield bear
    for one in children:
        one.end()
