"""An agreement's term as people ask for it: its days, how many are left, and how it stands, in words."""

from datetime import date

from schemas.contract import Milestone
from schemas.model import Model
from schemas.term import LongTermGround
from services.contracts import rules
from services.contracts.rules.term import TermState, state_of_term
from services.kit import reasons


class TermAnswer(Model):
    """`first_day` and `last_day` belong to it. `days_left` counts today and the last day: 0 when it is over.

    An answer to a command says no `days_left`.
    """

    first_day: date
    last_day: date
    grounds: tuple[LongTermGround, ...]
    days_left: int | None
    undelivered: tuple[Milestone, ...]
    code: TermState
    zh: str
    en: str


def term_answer(contract: rules.Contract, today: date | None) -> TermAnswer | None:
    term = contract.agreement.term
    if term is None:
        return None
    code = state_of_term(contract)
    zh, en = (reasons.sentence(f"TermState.{code}", language, {}) for language in reasons.LANGUAGES)
    return TermAnswer(
        first_day=term.first_day,
        last_day=term.last_day,
        grounds=term.grounds,
        days_left=None if today is None else max(0, (term.last_day - today).days + 1),
        undelivered=contract.undelivered,
        code=code,
        zh=zh,
        en=en,
    )
