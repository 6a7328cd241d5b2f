"""No fact of a tender is told by a bare code."""

import re
from pathlib import Path

import pytest

from services import tenders
from services.audit.rules.sentences.codes import SPOILED, VOIDED

SOURCE = "".join(path.read_text() for path in sorted((Path(tenders.__file__).parent / "rules").rglob("*.py")))


@pytest.mark.parametrize(
    ("said", "words"),
    [(r'(?:TenderVoided|Cause)\([^()]*code="(\w+)"', VOIDED), (r'_spoiled\(bid, code="(\w+)"', SPOILED)],
    ids=["voided", "spoiled"],
)
def test_every_code_that_tenders_tells_has_words_and_no_other(said: str, words: dict[str, tuple[str, str]]) -> None:
    assert set(re.findall(said, SOURCE)) == set(words)
