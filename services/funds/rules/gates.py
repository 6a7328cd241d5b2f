"""Which gates of a project are open, which tranches stand behind open gates only, and until when the rest may open.

A gate is remembered from the day it opened, so that a tranche behind several is released with the last of them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from schemas.days import end_of
from schemas.deciding import Context, State, World
from schemas.fact import Note
from schemas.ids import ProjectId
from schemas.judging import Consequence
from schemas.money import ZERO, Money
from schemas.rulebook import Rulebook
from schemas.tranche import Gate
from services.funds.rules.instalment import Instalment, Step
from services.funds.rules.project import ProjectMoney

LATE = frozenset({Gate.MID_TERM_PASSED, Gate.AUDIT_REPORTED})
"""what may still happen after the grade; deliveries are accepted before it"""
CLOSE_DAYS = "funds.gates_close_days"
BANDS = "evaluation.bands"


class GateOpened(Note):
    project_id: ProjectId
    gate: Gate
    on: date


class GatesDated(Note):
    """What is not open by then stays closed."""

    project_id: ProjectId
    close_at: datetime


class GatesClosed(Note):
    project_id: ProjectId


def after(money: ProjectMoney, note: Note) -> ProjectMoney:
    match note:
        case GateOpened():
            return replace(money, opened={**money.opened, note.gate: note.on})
        case GatesDated():
            return replace(money, gates_close_at=note.close_at)
        case GatesClosed():
            return replace(money, gates_closed=True)
        case _:
            return money


def noted(world: World, note: GateOpened | GatesDated | GatesClosed) -> tuple[State, ...]:
    return (after(world.get(ProjectMoney, note.project_id), note),)


def due_of(money: ProjectMoney, instalment: Instalment, rulebook: Rulebook) -> Money | None:
    """What of a waiting tranche is payable now; None while it has to wait. Nothing, as soon as the grade says so."""
    factor = 100
    if Gate.FINAL_GRADED in instalment.gates and money.factor_percent is not None:
        factor = money.factor_percent if reaches(money.grade, instalment.grade_at_least, rulebook) else 0
    if factor == 0:
        return ZERO
    if money.gates_closed or money.consequence is not None or not all(map(money.is_open, instalment.gates)):
        return None
    return instalment.planned.portion(Fraction(factor, 100))


def reaches(grade: str | None, least: str | None, rulebook: Rulebook) -> bool:
    """By the order of the rulebook's bands. A least grade that is none of them is reached by no other."""
    if least is None or grade == least:
        return True
    lowest: Mapping[str, Decimal] = {str(band["grade"]): Decimal(str(band["from"])) for band in rulebook.value(BANDS)}
    return grade is not None and grade in lowest and least in lowest and lowest[grade] >= lowest[least]


def may_open(money: ProjectMoney) -> bool:
    """After the grade: a tranche waits for nothing but what may come later."""
    return any(
        i.step is Step.WAITING and all(gate in LATE or money.is_open(gate) for gate in i.gates)
        for i in money.instalments
    )


def is_over(money: ProjectMoney) -> bool:
    """Nothing more will be released: the agreement ended or was terminated, or the grade is there and nothing is
    waited for."""
    if money.consequence is Consequence.ENDS or money.terminated_due is not None:
        return True
    waits = money.gates_close_at is not None and not money.gates_closed and may_open(money)
    return money.factor_percent is not None and not waits


def closing(money: ProjectMoney, context: Context) -> datetime | None:
    """The end of the last day on which a gate may open after the grade; None under an edition that waits for none."""
    edition = context.rulebooks.by_hash(money.rulebook)
    if CLOSE_DAYS not in edition.rules or not may_open(money):
        return None
    return end_of(context.today + timedelta(days=edition.integer(CLOSE_DAYS)))
