"""A service at work, as far as its HTTP doors need it."""

from typing import Protocol

from events.database import Database
from services.kit.apply import Shell


class Desk(Protocol):
    shell: Shell
    database: Database

    def wake(self) -> None: ...
