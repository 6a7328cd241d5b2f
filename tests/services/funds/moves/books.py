"""Money that arrives, is corrected, comes back; periods."""

from datetime import date

from schemas.fund import SourceType
from schemas.ids import FundAccountId, ProjectId
from schemas.money import Money
from services.funds.rules.appropriate import Appropriate, AppropriateMore
from services.funds.rules.periods import FreezePeriod, ReopenPeriod
from tests.services.funds.desk import CARE, FUNDER, a_refund
from tests.services.funds.model import refunds
from tests.services.funds.model.dividing import total
from tests.services.funds.moves.bodies import Closing, Correcting, CorrectingRefund
from tests.services.funds.moves.known import Known, Meant

MONTHS = (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
"""stories begin on 2026-03-02, and go on in April once the last of these is to be frozen"""


def appropriation(more: FundAccountId | None, fen: int, restricted: bool) -> Appropriate:
    command = Appropriate(
        source_type=SourceType.BUDGET,
        budget_line="208-02",
        amount=Money(fen),
        restricted_to=CARE if restricted else None,
        functional_code="2080299",
        economic_code="50205",
    )
    return command if more is None else AppropriateMore(account_id=more, **dict(command))


def correct(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """A part of what is free of a lot, all of it, now and then a fen more."""
    account = known.accounts[b % len(known.accounts)]
    lots = known.model.accounts.lots[account]
    place = n % len(lots)
    fen = max(1, lots[place].free * (n % 110) // 100 + n % 2)
    return Correcting(account, place, fen), lambda m: m.accounts.correct(account, place, fen)


def refund(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """A part of what was paid, all of it, now and then a fen more or a line that is known."""
    left = total(known.found(project).paid)
    fen = max(1, left * (n % 101) // 100 + n % 2)
    known.refunds += n % 7 != 0
    line = f"R{known.refunds}"
    return a_refund(project, fen, line, received_on=known.today), lambda m: refunds.refund(m, project, fen, line)


def correct_refund(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    """A part of what a line brought back, all of it, now and then a fen more; where none did, a refund."""
    lines = known.found(project).refund_lines
    if not lines:
        return refund(known, project, b, n)
    line = list(lines)[n % len(lines)]
    fen = max(1, total(lines[line]) * (n % 150) // 100 + n % 2)
    return CorrectingRefund(project, line, fen), lambda m: refunds.correct_refund(m, project, line, fen)


def freeze(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    through = MONTHS[b % len(MONTHS)]
    return FreezePeriod(funder_id=FUNDER, through=through), lambda m: m.periods.freeze(through)


def reopen(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    through = _frozen(known, b)
    body = ReopenPeriod(funder_id=FUNDER, through=through, reason="x")
    return body, lambda m: m.periods.reopen(through)


def close(known: Known, project: ProjectId, b: int, n: int) -> Meant:
    through = _frozen(known, b)
    return Closing(through), lambda m: m.periods.close(through)


def _frozen(known: Known, b: int) -> date:
    return known.model.periods.frozen or MONTHS[b % len(MONTHS)]
