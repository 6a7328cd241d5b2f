"""All that stands."""

from dataclasses import dataclass, field
from uuid import UUID

from tests.services.funds.model.accounts import Accounts
from tests.services.funds.model.dividing import total
from tests.services.funds.model.periods import Periods
from tests.services.funds.model.projects import AProject


@dataclass
class Model:
    accounts: Accounts = field(default_factory=Accounts)
    projects: dict[UUID, AProject] = field(default_factory=dict)
    periods: Periods = field(default_factory=Periods)
    payee: int = 0
    lines: set[str] = field(default_factory=set)

    def committed(self, project: UUID) -> AProject | None:
        found = self.projects.get(project)
        return found if found is not None and found.phase == "committed" else None

    def snapshot(self) -> dict[str, object]:
        """Lots and funds by account, projects with their four running totals, what was paid from which lot."""
        accounts, back = self.accounts.lots, self.accounts.back
        return {
            "lots": {
                a: [(lot.amount, lot.corrected, lot.reserved, lot.spent) for lot in lots]
                for a, lots in accounts.items()
            },
            "funds": {
                a: (
                    sum(x.amount for x in lots) + back.get(a, 0),
                    sum(x.reserved for x in lots),
                    sum(x.spent + x.corrected for x in lots) + back.get(a, 0),
                )
                for a, lots in accounts.items()
            },
            "projects": {id: _row(p) for id, p in self.projects.items()},
            "books": {id: p.totals for id, p in self.projects.items() if p.phase != "refused"},
            "payee": self.payee,
            "booked": sorted(self.periods.booked),
            "closed": self.periods.closed,
        }


def _row(project: AProject) -> dict[str, object]:
    return {
        "phase": project.phase,
        "price": project.price,
        "returned": project.returned,
        "refunded": total(project.refunded),
        "expected refund": project.expected_refund,
        "holds": project.holds,
        "tranches": [(t.step, t.planned, t.amount or 0, total(t.paid), t.under_way) for t in project.tranches],
        "paid": {(account, i): fen for account, lots in project.paid.items() for i, fen in lots.items()},
    }
