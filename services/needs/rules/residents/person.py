"""What is known of one resident, and whether that admits to a vote. Outside a decision it is ciphertext."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.canonical import canonical
from schemas.model import Model
from schemas.need import VoterGround
from schemas.refused import Refused

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class IdentityDocument(StrEnum):
    """By which a clerk at the counter saw who it is."""

    IDENTITY_CARD = "identity_card"
    """居民身份证, or a residence permit numbered like one (GB 11643)"""
    PASSPORT = "passport"
    OTHER = "other"


class ResidentDraft(Model):
    """One person, as the clerk saw it on a document. Never told to anybody but the community that wrote it down."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S", repr=False)]
    document: IdentityDocument
    number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{5,30}$", repr=False)]
    born_on: Annotated[date, Field(repr=False)]
    ground: VoterGround
    """by household registration, by living there, or as a newcomer"""
    since: date
    """living there"""

    def checked(self, at: str = "") -> "ResidentDraft":
        """With the number as it is compared; a refusal repeats none of it. `at`: where in the body it stands."""
        for fault in self.faults(at):
            raise fault
        return self.plain

    @property
    def plain(self) -> "ResidentDraft":
        """With the number as it is compared."""
        return self.model_copy(update={"number": self.number.upper()})

    def faults(self, at: str = "") -> Iterator[Refused]:
        """All that speaks against it, each repeating nothing personal."""
        number = self.number.upper()
        if self.document is IdentityDocument.IDENTITY_CARD and not _is_identity_number(number, self.born_on):
            yield Refused("identity_number_wrong", status=422, field=f"{at}number")
        if self.since < self.born_on:
            yield Refused("resident_before_birth", status=422, field=f"{at}since")

    @property
    def compared(self) -> bytes:
        """What makes two entries the same person."""
        return canonical([self.document.value, self.number])


def _is_identity_number(number: str, born_on: date) -> bool:
    """18 places, the date of birth within, and the check of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number) or number[6:14] != f"{born_on:%Y%m%d}":
        return False
    return _CHECKS[sum(int(n) * w for n, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def age_on(born_on: date, day: date) -> int:
    """周岁: full years; who was born on 29 February turns a year older on 1 March of other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
