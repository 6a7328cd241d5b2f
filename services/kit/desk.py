"""A service at work, as far as its HTTP doors need it."""

from typing import Protocol

from events.database import Database
from services.kit.apply import Shell
from services.kit.sharing import Sharing


class Desk(Protocol):
    shell: Shell
    database: Database
    sharing: Sharing

    def wake(self) -> None: ...
