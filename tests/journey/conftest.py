"""A town for the stories of one file: each brings its own parties, and the clock only moves forward.

One for all would outlive its keys: they end after 399 days, and half a year passes in a story.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journey.town import Town, a_town


@pytest.fixture(scope="module")
async def town(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    folder: Path = tmp_path_factory.mktemp("town")
    async with a_town(postgres_dsn, kafka_bootstrap, folder) as one:
        yield one
