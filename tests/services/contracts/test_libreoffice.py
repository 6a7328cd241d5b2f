"""What we write opens in LibreOffice, with every amount and party in it, where LibreOffice is there to be asked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from schemas.capitals import in_capitals, in_figures
from services.contracts import rules
from tests.services.contracts.awarded import signed

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")


def as_text(file: Path) -> str:
    command = (
        "soffice",
        f"-env:UserInstallation=file://{file.parent}/profile",
        "--headless",
        "--convert-to",
        "txt:Text",
    )
    subprocess.run((*command, "--outdir", str(file.parent), str(file)), check=True, capture_output=True, timeout=100)
    return file.with_suffix(".txt").read_text("utf-8-sig")


@pytest.mark.timeout(120)
def test_the_agreement_opens_with_its_amounts_and_parties(tmp_path: Path) -> None:
    story = signed()
    file = tmp_path / "agreement.docx"
    file.write_bytes(rules.agreement_paper(story.contract))

    text = as_text(file)

    terms = story.contract.agreement
    for amount in (terms.price, *(tranche.amount for tranche in terms.tranches)):
        assert in_figures(amount) in text
        assert in_capitals(amount) in text
    assert all(str(party) in text for party in story.contract.parties)
