"""What a replay finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """Between what was said and what follows."""

    zh: str
    en: str
