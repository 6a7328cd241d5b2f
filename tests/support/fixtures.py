"""Fixtures over `postgres_dsn` and `kafka_bootstrap` (tests/conftest.py)."""

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from services.kit.logs import configure
from tests.support.system import System, system

configure("info", sys.stdout)

Running = Callable[..., AbstractAsyncContextManager[System]]


@pytest.fixture
def running(postgres_dsn: str, kafka_bootstrap: str) -> Running:
    """`async with running(SERVICE, …, virtual=True) as system:` an installation of its own."""

    def start(*services: Any, **options: Any) -> AbstractAsyncContextManager[System]:
        return system(postgres_dsn, kafka_bootstrap, services, **options)

    return start
