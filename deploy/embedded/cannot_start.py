"""The one error of the embedded servers."""

from schemas.bilingual import Bilingual


class CannotStart(Bilingual):
    """An embedded server, or what needs one, cannot run here."""
