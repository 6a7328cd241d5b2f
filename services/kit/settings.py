"""Settings: environment variables named `SANSHE_…`, checked when the program starts."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_folder() -> Path:
    """Where an unprivileged user keeps data; root keeps it where its child user may go."""
    if os.geteuid() == 0:
        return Path("/var/lib/sanshe")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "sanshe"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SANSHE_", extra="ignore", frozen=True)

    database: str | None = None
    """postgresql:// address of an existing server; without it an embedded one is started"""
    kafka: str | None = None
    """host:port of an existing cluster; without it an embedded broker is started"""
    prefix: str = ""
    """before every topic's name"""
    partitions: int = Field(default=6, ge=1, le=1000)
    """partitions of each topic, fixed when it is made"""
    replication: int = Field(default=1, ge=1, le=9)
    """copies of each topic; 3 on a cluster"""
    data: Path = Field(default_factory=_data_folder)
    """embedded servers' data, the master key, files"""
    holidays: Path | None = None
    """an operator's file of holidays and make-up days; without it <data>/holidays.csv, where there is one"""
    division: str = Field(default="320508", pattern=r"^\d{6}(\d{3}){0,2}$")
    """of the first registrar and auditor, when the installation is founded: as far as their codes reach, they see"""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """of the first HTTP server; 0 takes any free one"""
    requests_per_second: int = Field(default=200, ge=1, le=1_000_000)
    """what one caller may ask in the long run; twice as many at once"""
    virtual_clock: bool = False
    """business time stands still until it is moved (demonstrations and tests only)"""
    pool: int = Field(default=6, ge=2, le=100)
    """PostgreSQL connections of each service"""
    batch: int = Field(default=2000, ge=1, le=20_000)
    """most events a consumer takes in one transaction"""
    session_ms: int = Field(default=15_000, ge=1000, le=600_000)
    """how long a silent consumer keeps its partitions"""
    log_level: str = "info"
