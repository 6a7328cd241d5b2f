"""Personal data that must not become public: found in free text before it is published.

Finds what identifies a person by itself and follows a form: citizen identity numbers (GB 11643-1999), bank cards
(GB/T 14504: 16 to 19 digits with a check digit), mobile numbers and landlines with their area code. Names and addresses
it cannot find; those stay the care of whoever publishes.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from schemas.refused import Refused
from schemas.rulebook import Certainty, Source

NO_PUBLICATION = Source("个人信息保护法 第二十五条", Certainty.LAW)


class PersonalData(StrEnum):
    IDENTITY_NUMBER = "居民身份证号码"
    BANK_CARD = "银行卡号"
    MOBILE_NUMBER = "手机号码"
    LANDLINE = "固定电话号码"


_GAP = r"[ \-–—.·]{0,2}"
_IDENTITY_NUMBER = re.compile(
    rf"(?<!\d)[1-9]\d{{5}}{_GAP}(?:19|20)\d\d{_GAP}(?:0[1-9]|1[0-2]){_GAP}(?:0[1-9]|[12]\d|3[01]){_GAP}\d{{3}}[\dXx](?!\d)"
)
"""Region, date of birth, number and check; the check is not computed: a mistyped number still points at somebody."""
_MOBILE_NUMBER = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)[1-9](?:[ \-]?\d){15,18}(?!\d)")
_LANDLINE = re.compile(
    rf"(?<![\d-])(?:(?:\+|00)86{_GAP})?"
    rf"(?:[(]0\d{{2,3}}[)]{_GAP}|0(?:10|2\d|[3-9]\d\d)[ \-]{{1,2}})[2-8]\d{{2,3}}{_GAP}\d{{4}}(?![\d-])"
)
"""With an area code that is set off, as people write it: by itself, a row of digits says too little."""
_OF_AN_OFFICE = re.compile(r"(?:热线|总机|值班|办公|咨询|服务|举报|监督|投诉|报修|传真)\w{0,4}\W{0,3}$")
"""Said right before a landline: it is an office's, and nobody's own."""
_REFERENCE = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{64})(?![0-9a-z])", re.IGNORECASE
)
"""A UUID or a SHA-256: names a thing and never a person, though one in a hundred has digits like a telephone's."""
MARKS = {
    PersonalData.IDENTITY_NUMBER: "〔证件号码〕",
    PersonalData.BANK_CARD: "〔银行卡号〕",
    PersonalData.MOBILE_NUMBER: "〔电话〕",
    PersonalData.LANDLINE: "〔电话〕",
}
"""What stands in place of a number that was taken out."""


@dataclass(frozen=True, slots=True)
class Found:
    """One number: from character `first` up to, not including, `end`; counted from 0."""

    kind: PersonalData
    first: int
    end: int


def find_all(text: str) -> list[Found]:
    """Every number in `text` in its order, also in full-width digits or split by blanks and hyphens."""
    plain, places = _plain(text)
    hidden = _REFERENCE.sub(lambda match: "#" * len(match[0]), plain)
    found: list[Found] = []
    for kind, pattern in _FORMS.items():
        for match in pattern.finditer(hidden):
            if kind is PersonalData.BANK_CARD and not _checks(match[0]):
                continue
            if kind is PersonalData.LANDLINE and _OF_AN_OFFICE.search(hidden, 0, match.start()):
                continue
            found.append(Found(kind, places[match.start()], places[match.end() - 1] + 1))
            hidden = hidden[: match.start()] + "#" * len(match[0]) + hidden[match.end() :]
    return sorted(found, key=lambda one: one.first)


_FORMS = {
    PersonalData.IDENTITY_NUMBER: _IDENTITY_NUMBER,
    PersonalData.BANK_CARD: _BANK_CARD,
    PersonalData.MOBILE_NUMBER: _MOBILE_NUMBER,
    PersonalData.LANDLINE: _LANDLINE,
}


def _plain(text: str) -> tuple[str, list[int]]:
    """Each character by itself as its plainest form, and the place it came from: some become several."""
    parts = [unicodedata.normalize("NFKC", character) for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _checks(card: str) -> bool:
    """Luhn's check digit, ISO/IEC 7812-1 annex B."""
    digits = [int(character) for character in reversed(card) if character.isdecimal()]
    return (sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0


def redacted(text: str) -> str:
    """The text with a mark in place of every number."""
    for found in reversed(find_all(text)):
        text = text[: found.first] + MARKS[found.kind] + text[found.end :]
    return text


def personal_data(text: str) -> PersonalData | None:
    """The first kind of personal data in `text`."""
    found = find_all(text)
    return found[0].kind if found else None


def must_be_public(said: object, field: str) -> None:
    """Refuses words that will be published with somebody's number in them; the number is not repeated.

    A text, or a model or tuple of them, which is looked through to its last word: the refusal names the place.
    """
    match said:
        case str():
            for found in find_all(said):
                where = {"where": field, "found": found.kind, "at": found.first + 1}
                raise Refused("personal_data", NO_PUBLICATION, status=422, field=field, **where)
        case tuple():
            for place, one in enumerate(said):
                must_be_public(one, f"{field}.{place}")
        case BaseModel():
            for name, value in said:
                must_be_public(value, f"{field}.{name}")
