"""Servers for the run: existing ones named by the environment."""

import os

import pytest


@pytest.fixture(scope="session")
def postgres_dsn() -> str:
    return os.environ["SANSHE_DATABASE"]


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    return os.environ["SANSHE_KAFKA"]
