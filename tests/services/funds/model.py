"""The books again, in plain Python and from the rules' words alone: what funds should say, and what should stand.

Written without the code under test: dictionaries, integers, fractions. `step` takes one move and answers with the
types of the facts that should follow, or the code of the refusal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

SHARES = (50, 40, 10)
GATES = ("signed", "accepted", "graded")
TODAY = date(2026, 3, 2)


def hamilton(amount: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder: everybody the whole part, then one each to the largest fractions, earlier first."""
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    while sum(parts) < amount:
        place = max(range(len(exact)), key=lambda i: (exact[i] - parts[i], -i))
        parts[place] += 1
    return parts


@dataclass
class ALot:
    restricted: bool
    amount: int
    reserved: int = 0
    spent: int = 0
    corrected: int = 0

    @property
    def free(self) -> int:
        return self.amount - self.corrected - self.reserved - self.spent


@dataclass
class ATranche:
    planned: int
    gate: str
    step: str = "waiting"
    amount: int = 0
    parts: dict[UUID, dict[int, int]] = field(default_factory=dict)
    returns: int = 0
    """how often the bank sent it back: its number counts them"""
    paid_on: date | None = None
    """of the payment that stands; None once the bank sent it back for good"""


@dataclass
class AProject:
    held: dict[UUID, dict[int, int]]
    """account → place of the lot → set aside"""
    phase: str = "reserved"
    tranches: list[ATranche] = field(default_factory=list)
    graded: bool = False
    returned: int = 0
    refunded: dict[UUID, dict[int, int]] = field(default_factory=dict)
    refund_lines: dict[str, dict[tuple[UUID, int], int]] = field(default_factory=dict)
    """what of each line went to which lot, and was not corrected"""
    returned_lines: set[str] = field(default_factory=set)
    """of the bank, by which a payment came back after the end"""
    mirrored: int = 0
    """paid, and sent back after that: the postings stay"""

    def paid(self) -> dict[UUID, dict[int, int]]:
        """account → place of the lot → paid and not given back"""
        paid: dict[UUID, dict[int, int]] = {}
        for tranche in self.tranches:
            for account, lots in tranche.parts.items() if tranche.step == "paid" else ():
                for i, fen in lots.items():
                    mine = paid.setdefault(account, {})
                    mine[i] = mine.get(i, 0) + fen
        return {a: {i: fen - self.refunded.get(a, {}).get(i, 0) for i, fen in lots.items()} for a, lots in paid.items()}

    def paid_left(self) -> int:
        return _total(self.paid())

    def totals(self) -> tuple[int, int, int, int]:
        """Set aside, released, ordered and not paid, paid."""
        by_step = {step: sum(t.amount for t in self.tranches if t.step == step) for step in ("ordered", "paid")}
        released, paid = sum(t.amount for t in self.tranches) + self.mirrored, by_step["paid"] + self.mirrored
        return _total(self.held), released, by_step["ordered"], paid


@dataclass
class Model:
    accounts: dict[UUID, list[ALot]] = field(default_factory=dict)
    projects: dict[UUID, AProject] = field(default_factory=dict)
    payee: int = 0
    lines: set[str] = field(default_factory=set)
    frozen: date | None = None
    closed: list[date] = field(default_factory=list)
    booked: list[tuple[date, date]] = field(default_factory=list)
    """for each receipt that paid: the day it counts, and the day it was booked on"""
    back: dict[UUID, int] = field(default_factory=dict)
    """account → what was refunded to it"""

    def fund(self, account: UUID, amount: int, restricted: bool) -> list[str]:
        self.accounts.setdefault(account, []).append(ALot(restricted, amount))
        return ["fund.appropriated"]

    def approve(self, project: UUID, shares: Mapping[Any, int]) -> list[str]:
        if project in self.projects and self.projects[project].phase not in ("refused", "returned"):
            return []
        for account, amount in shares.items():
            if amount == 0 or sum(lot.free for lot in self.accounts[account]) < amount:
                self.projects[project] = AProject({}, phase="refused")
                return ["budget.refused"]
        held = {}
        for account, amount in shares.items():
            lots = self.accounts[account]
            held[account] = self._of_lots(account, {i: lot.free for i, lot in enumerate(lots) if lot.free}, amount)
            for i, part in held[account].items():
                lots[i].reserved += part
        self.projects[project] = AProject(held)
        return ["budget.reserved"]

    def end(self, project: UUID) -> list[str]:
        found = self.projects.get(project)
        if found is None or found.phase != "reserved":
            return []
        self._give_back(found, found.held)
        found.phase = "returned"
        return ["reservation.released"]

    def sign(self, project: UUID, price: int) -> list[str]:
        found = self.projects.get(project)
        if found is None or found.phase != "reserved" or price > _total(found.held):
            return ["tranche.refused"]
        kept = self._part(found, price)
        rest = {a: {i: fen - kept.get(a, {}).get(i, 0) for i, fen in lots.items()} for a, lots in found.held.items()}
        self._give_back(found, rest)
        found.phase = "committed"
        found.tranches = [ATranche(a, g) for a, g in zip(hamilton(price, SHARES), GATES, strict=True)]
        return ["funds.committed", *self._open(found, "signed", 100)]

    def accept(self, project: UUID) -> list[str]:
        found = self.projects.get(project)
        if found is None or found.phase != "committed":
            return ["tranche.refused"]
        return self._open(found, "accepted", 100)

    def grade(self, project: UUID, factor: int) -> list[str]:
        found = self.projects.get(project)
        if found is None or found.phase != "committed":
            return ["tranche.refused"]
        said = [] if found.graded else self._open(found, "graded", factor)
        found.graded = True
        return said + self._settle(found)

    def order(self, project: UUID, number: int) -> list[str]:
        found = self.projects.get(project)
        if found is None:
            return ["not_found"]
        if number > len(found.tranches):
            return ["no_such_tranche"]
        tranche = found.tranches[number - 1]
        if tranche.step == "released":
            tranche.step = "ordered"
            return ["payment.ordered"]
        return [
            {"waiting": "tranche_not_released", "nothing_due": "nothing_due"}.get(
                tranche.step, "payment_already_ordered"
            )
        ]

    def correct(self, account: UUID, place: int, fen: int) -> list[str]:
        lot = self.accounts[account][place]
        if fen > lot.free:
            return ["more_than_is_free"]
        lot.corrected += fen
        return ["fund.corrected"]

    def refund(self, project: UUID, fen: int, line: str) -> list[str]:
        found = self.projects.get(project)
        if found is None:
            return ["not_found"]
        if line in found.refund_lines or line in found.returned_lines:
            return ["refund_recorded_already"]
        if fen > found.paid_left():
            return ["refund_above_paid"]
        standing = found.refund_lines.setdefault(line, {})
        paid = [(a, i, left) for a, lots in found.paid().items() for i, left in lots.items()]
        for (account, i, _), part in zip(paid, hamilton(fen, [left for _, _, left in paid]), strict=True):
            back = found.refunded.setdefault(account, {})
            back[i] = back.get(i, 0) + part
            standing |= {(account, i): part} if part else {}
            self.accounts[account][i].spent -= part
            self.back[account] = self.back.get(account, 0) + part
        self.payee -= fen
        return ["payment.refunded"]

    def correct_refund(self, project: UUID, line: str, fen: int) -> list[str]:
        """The payee is paid again by as much, and each lot has spent its part again."""
        found = self.projects[project]
        standing = found.refund_lines[line]
        if fen > sum(standing.values()):
            return ["more_than_was_refunded"]
        parts = dict(zip(standing, hamilton(fen, list(standing.values())), strict=True))
        if any(part > self.accounts[account][i].free for (account, i), part in parts.items()):
            return ["more_than_is_free"]
        for (account, i), part in parts.items():
            standing[account, i] -= part
            found.refunded[account][i] -= part
            self.accounts[account][i].spent += part
        self.payee += fen
        return ["refund.corrected"]

    def freeze(self, through: date) -> list[str]:
        if through > TODAY:
            return ["period_not_over"]
        if self.closed and through <= self.closed[-1]:
            return ["period_closed_already"]
        if self.frozen:
            return ["period_frozen_already"]
        self.frozen = through
        return ["period.frozen"]

    def reopen(self, through: date) -> list[str]:
        if self.frozen != through:
            return ["period_not_frozen"]
        self.frozen = None
        return ["period.reopened"]

    def close(self, through: date) -> list[str]:
        said = self.reopen(through)
        if said != ["period.reopened"]:
            return said
        self.closed.append(through)
        return ["period.closed"]

    def send_back(self, line: str, project: UUID, number: int, amount: int, day: date, returns: int) -> list[str]:
        """The bank's word on a payment: under way it is void; paid, it comes back, after the end to its sources."""
        found = self._payment(line, project, number, amount, returns)
        if found is None:
            return []
        tranche = found.tranches[number - 1]
        if tranche.step == "ordered":
            tranche.step, tranche.returns = "released", tranche.returns + 1
            return ["payment.returned"]
        if tranche.step != "paid" or tranche.paid_on is None or day < tranche.paid_on:
            return []
        left = found.paid()
        if any(left[a][i] < fen for a, lots in tranche.parts.items() for i, fen in lots.items()):
            return []
        tranche.paid_on = None
        self.payee -= amount
        if found.phase != "settled":
            found.mirrored += amount
            tranche.step, tranche.returns = "released", tranche.returns + 1
            return ["payment.returned"]
        found.returned_lines.add(line)
        for account, lots in tranche.parts.items():
            for i, fen in lots.items():
                back = found.refunded.setdefault(account, {})
                back[i] = back.get(i, 0) + fen
                self.accounts[account][i].spent -= fen
                self.back[account] = self.back.get(account, 0) + fen
        return ["payment.refunded"]

    def _payment(self, line: str, project: UUID, number: int, amount: int, returns: int) -> AProject | None:
        """The project, when the line is new and names the payment of its tranche that stands, to the fen."""
        if line in self.lines:
            return None
        self.lines.add(line)
        found = self.projects.get(project)
        if found is None or number > len(found.tranches):
            return None
        tranche = found.tranches[number - 1]
        return found if (tranche.returns, tranche.amount) == (returns, amount) else None

    def receive(self, line: str, project: UUID, number: int, amount: int, paid_on: date, returns: int) -> list[str]:
        found = self._payment(line, project, number, amount, returns)
        if found is None or found.tranches[number - 1].step != "ordered":
            return []
        tranche = found.tranches[number - 1]
        tranche.step, tranche.paid_on = "paid", paid_on
        self.payee += amount
        shut = self.frozen or (self.closed[-1] if self.closed else date.min)
        self.booked.append((paid_on, paid_on if paid_on > shut else shut + timedelta(days=1)))
        return ["tranche.paid", *self._settle(found)]

    def snapshot(self) -> dict[str, object]:
        """What should stand: lots and funds by account, projects with their four running totals, what was paid."""
        return {
            "lots": {
                a: [(lot.amount, lot.corrected, lot.reserved, lot.spent) for lot in lots]
                for a, lots in self.accounts.items()
            },
            "funds": {
                a: (
                    sum(x.amount for x in lots) + self.back.get(a, 0),
                    sum(x.reserved for x in lots),
                    sum(x.spent + x.corrected for x in lots) + self.back.get(a, 0),
                )
                for a, lots in self.accounts.items()
            },
            "projects": {
                id: (p.phase, p.returned, _total(p.refunded), tuple((t.step, t.amount) for t in p.tranches))
                for id, p in self.projects.items()
            },
            "books": {id: p.totals() for id, p in self.projects.items() if p.phase != "refused"},
            "payee": self.payee,
            "booked": sorted(self.booked),
            "closed": self.closed,
        }

    def _of_lots(self, account: UUID, lots: dict[int, int], amount: int) -> dict[int, int]:
        """Restricted lots first, each kind in proportion."""
        parts: dict[int, int] = {}
        for kind in (True, False):
            places = [i for i in lots if self.accounts[account][i].restricted is kind]
            portion = min(amount, sum(lots[i] for i in places))
            if portion:
                parts |= dict(zip(places, hamilton(portion, [lots[i] for i in places]), strict=True))
            amount -= portion
        return {i: part for i, part in parts.items() if part}

    def _part(self, project: AProject, amount: int) -> dict[UUID, dict[int, int]]:
        """`amount` of what is set aside: accounts in proportion, then their lots."""
        held = {account: lots for account, lots in project.held.items() if sum(lots.values())}
        if not amount:
            return {}
        parts = hamilton(amount, [sum(lots.values()) for lots in held.values()])
        return {a: self._of_lots(a, lots, part) for (a, lots), part in zip(held.items(), parts, strict=True)}

    def _take(self, project: AProject, parts: dict[UUID, dict[int, int]], spent: bool) -> None:
        for account, lots in parts.items():
            for i, fen in lots.items():
                lot = self.accounts[account][i]
                lot.reserved -= fen
                lot.spent += fen if spent else 0
        project.held = {
            a: {i: left for i, fen in lots.items() if (left := fen - parts.get(a, {}).get(i, 0))}
            for a, lots in project.held.items()
        }

    def _give_back(self, project: AProject, parts: dict[UUID, dict[int, int]]) -> None:
        self._take(project, {a: dict(lots) for a, lots in parts.items()}, spent=False)

    def _open(self, project: AProject, gate: str, factor: int) -> list[str]:
        said = []
        for tranche in project.tranches:
            if tranche.gate == gate and tranche.step == "waiting":
                tranche.amount = (tranche.planned * factor * 2 + 100) // 200  # half up
                tranche.step = "released" if tranche.amount else "nothing_due"
                tranche.parts = self._part(project, tranche.amount)
                self._take(project, tranche.parts, spent=True)
                said.append("tranche.released")
        return said

    def _settle(self, project: AProject) -> list[str]:
        if not project.graded or any(t.step in ("released", "ordered") for t in project.tranches):
            return []
        project.phase = "settled"
        project.returned = _total(project.held)
        self._give_back(project, project.held)
        return ["project.settled"]


def _total(held: dict[UUID, dict[int, int]]) -> int:
    return sum(fen for lots in held.values() for fen in lots.values())
