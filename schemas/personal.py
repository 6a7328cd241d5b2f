"""Personal data that must not become public: found in free text before it is published.

Finds what identifies a person by itself and follows a form: citizen identity numbers (GB 11643-1999) and mobile
numbers. Names and addresses it cannot find; those stay the care of whoever publishes.
"""

import re
import unicodedata
from enum import StrEnum

from pydantic import BaseModel

from schemas.refused import Refused
from schemas.rulebook import Certainty, Source

NO_PUBLICATION = Source("个人信息保护法 第二十五条", Certainty.LAW)


class PersonalData(StrEnum):
    IDENTITY_NUMBER = "居民身份证号码"
    MOBILE_NUMBER = "手机号码"


_GAP = r"[ \-–—.·]{0,2}"
_IDENTITY_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:19|20)\d\d{_GAP}(?:0[1-9]|1[0-2]){_GAP}(?:0[1-9]|[12]\d|3[01]){_GAP}\d{{3}}[\dXx](?!\d)"
)
"""Region, date of birth, number and check; the check is not computed: a mistyped number still points at somebody."""
_MOBILE_NUMBER = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_REFERENCE = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{64})(?![0-9a-z])", re.IGNORECASE
)
"""A UUID or a SHA-256: names a thing and never a person, though one in a hundred has digits like a telephone's."""


def personal_data(text: str) -> PersonalData | None:
    """The first kind of personal data in `text`, also in full-width digits or split by blanks and hyphens."""
    plain = _REFERENCE.sub("#", unicodedata.normalize("NFKC", text))
    if _IDENTITY_NUMBER.search(plain):
        return PersonalData.IDENTITY_NUMBER
    return PersonalData.MOBILE_NUMBER if _MOBILE_NUMBER.search(plain) else None


def must_be_public(said: object, field: str) -> None:
    """Refuses words that will be published with somebody's number in them; the number is not repeated.

    A text, or a model or tuple of them, which is looked through to its last word: the refusal names the place.
    """
    match said:
        case str():
            found = personal_data(said)
            if found is not None:
                raise Refused("personal_data", NO_PUBLICATION, status=422, field=field, where=field, found=found)
        case tuple():
            for place, one in enumerate(said):
                must_be_public(one, f"{field}.{place}")
        case BaseModel():
            for name, value in said:
                must_be_public(value, f"{field}.{name}")
