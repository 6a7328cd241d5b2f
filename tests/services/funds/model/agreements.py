"""From the approval to the end: what is set aside, changed, released, and given back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tests.services.funds.model.books import Model
from tests.services.funds.model.dividing import Shares, add, hamilton, minus, total
from tests.services.funds.model.projects import AProject, ATranche

SHARES = (50, 40, 10)
GATES = ("signed", "accepted", "graded")
Plan = Sequence[tuple[int, str]]
"""fen and gate of each tranche"""


def approve(m: Model, project: UUID, shares: Mapping[Any, int]) -> list[str]:
    if project in m.projects and m.projects[project].phase not in ("refused", "returned"):
        return []
    if any(amount == 0 or m.accounts.free(account) < amount for account, amount in shares.items()):
        m.projects[project] = AProject({}, phase="refused")
        return ["budget.refused"]
    held = {account: m.accounts.of_free(account, amount) for account, amount in shares.items()}
    m.accounts.move(held, reserved=1)
    m.projects[project] = AProject(held)
    return ["budget.reserved"]


def end(m: Model, project: UUID) -> list[str]:
    found = m.projects.get(project)
    if found is None or found.phase != "reserved":
        return []
    _give_back(m, found, found.held)
    found.phase = "returned"
    return ["reservation.released"]


def sign(m: Model, project: UUID, price: int) -> list[str]:
    found = m.projects.get(project)
    if found is None or found.phase != "reserved" or price > total(found.held):
        return ["tranche.refused"]
    _give_back(m, found, minus(found.held, m.accounts.part(found.held, price)))
    found.phase, found.price = "committed", price
    found.tranches = [ATranche(a, g) for a, g in zip(hamilton(price, SHARES), GATES, strict=True)]
    return ["funds.committed", *_open(m, found, "signed")]


def change(m: Model, project: UUID, before: int, plan: Plan) -> list[str]:
    """The new price is set aside from the same accounts, and what was released is not touched; or all stays."""
    found = m.committed(project)
    if found is None or found.due is not None or found.price != before:
        return ["change.refused"]
    released = {i: t for i, t in enumerate(found.tranches) if t.amount is not None}
    if any(i >= len(plan) or plan[i][0] != tranche.planned for i, tranche in released.items()):
        return ["change.refused"]
    price = sum(fen for fen, _ in plan)
    if price > before:
        more = _supplement(m, found, price - before)
        if more is None:
            return ["change.refused"]
        m.accounts.move(more, reserved=1)
        add(found.held, more)
    else:
        _give_back(m, found, minus(found.held, m.accounts.part(found.held, total(found.held) + price - before)))
    found.price = price
    found.tranches = [released.get(i, ATranche(fen, gate)) for i, (fen, gate) in enumerate(plan)]
    return ["commitment.changed", *_release_open(m, found)]


def _supplement(m: Model, project: AProject, more: int) -> Shares | None:
    """Of each account in proportion to what it has set aside; None when one of them has not so much free."""
    if not project.held:
        return None
    parts = hamilton(more, [sum(lots.values()) for lots in project.held.values()])
    asked = {account: part for account, part in zip(project.held, parts, strict=True) if part}
    if any(m.accounts.free(account) < part for account, part in asked.items()):
        return None
    return {account: m.accounts.of_free(account, part) for account, part in asked.items()}


def accept(m: Model, project: UUID) -> list[str]:
    found = m.committed(project)
    return ["tranche.refused"] if found is None else _open(m, found, "accepted")


def grade(m: Model, project: UUID, factor: int) -> list[str]:
    found = m.committed(project)
    if found is None:
        return ["tranche.refused"]
    found.factor = factor if found.factor is None else found.factor
    return _open(m, found, "graded") + settle(m, found)


def terminate(m: Model, project: UUID, due: int) -> list[str]:
    """Nothing that waited is paid; what is due in all and was not released, as far as it is there, is payable."""
    found = m.committed(project)
    if found is None:
        return []
    for tranche in found.tranches:
        tranche.amount = tranche.amount or 0
    found.due = due
    left = min(max(0, due - found.released), total(found.held))
    said = []
    if left:
        found.tranches.append(ATranche(left, "signed"))
        said = _release(m, found, found.tranches[-1], left)
    return said + settle(m, found)


def settle(m: Model, project: AProject) -> list[str]:
    """Once all that was released is paid, and no more will be, the rest goes back."""
    over = project.factor is not None or project.due is not None
    if not over or any(tranche.step in ("released", "ordered") for tranche in project.tranches):
        return []
    project.phase, project.returned = "settled", total(project.held)
    _give_back(m, project, project.held)
    return ["project.settled"]


def _open(m: Model, project: AProject, gate: str) -> list[str]:
    project.opened.add(gate)
    return _release_open(m, project)


def _release_open(m: Model, project: AProject) -> list[str]:
    said = []
    for tranche in project.tranches:
        if tranche.amount is None and tranche.gate in project.opened:
            factor = project.factor if tranche.gate == "graded" and project.factor is not None else 100
            said += _release(m, project, tranche, (tranche.planned * factor * 2 + 100) // 200)  # half up
    return said


def _release(m: Model, project: AProject, tranche: ATranche, amount: int) -> list[str]:
    tranche.amount, tranche.shares = amount, m.accounts.part(project.held, amount)
    m.accounts.move(tranche.shares, reserved=-1, spent=1)
    project.held = minus(project.held, tranche.shares)
    return ["tranche.released"]


def _give_back(m: Model, project: AProject, shares: Shares) -> None:
    m.accounts.move(shares, reserved=-1)
    project.held = minus(project.held, shares)
