"""Fund accounts and the lots their money arrived in."""

from dataclasses import dataclass, field
from uuid import UUID

from tests.services.funds.model.dividing import Lots, Shares, hamilton


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
class Accounts:
    lots: dict[UUID, list[ALot]] = field(default_factory=dict)
    back: dict[UUID, int] = field(default_factory=dict)
    """account → what was refunded to it"""

    def fund(self, account: UUID, amount: int, restricted: bool) -> list[str]:
        self.lots.setdefault(account, []).append(ALot(restricted, amount))
        return ["fund.appropriated", "lot.recorded"]

    def correct(self, account: UUID, place: int, fen: int) -> list[str]:
        lot = self.lots[account][place]
        if fen > lot.free:
            return ["more_than_is_free"]
        lot.corrected += fen
        return ["fund.corrected"]

    def free(self, account: UUID) -> int:
        return sum(lot.free for lot in self.lots[account])

    def of_free(self, account: UUID, amount: int) -> Lots:
        return self._of_lots(account, {i: lot.free for i, lot in enumerate(self.lots[account]) if lot.free}, amount)

    def part(self, shares: Shares, amount: int) -> Shares:
        """`amount` of them: accounts in proportion, then their lots."""
        if not amount:
            return {}
        parts = hamilton(amount, [sum(lots.values()) for lots in shares.values()])
        divided = ((a, self._of_lots(a, lots, part)) for (a, lots), part in zip(shares.items(), parts, strict=True))
        return {account: lots for account, lots in divided if lots}

    def _of_lots(self, account: UUID, lots: Lots, amount: int) -> Lots:
        """Restricted lots first, each kind in proportion."""
        parts: Lots = {}
        for kind in (True, False):
            places = [i for i in lots if self.lots[account][i].restricted is kind]
            portion = min(amount, sum(lots[i] for i in places))
            if portion:
                parts |= dict(zip(places, hamilton(portion, [lots[i] for i in places]), strict=True))
            amount -= portion
        return {i: part for i, part in parts.items() if part}

    def move(self, shares: Shares, *, reserved: int = 0, spent: int = 0) -> None:
        """Each lot's part; `reserved` and `spent` are 1 where it grows, -1 where it shrinks."""
        for account, lots in shares.items():
            for i, fen in lots.items():
                self.lots[account][i].reserved += reserved * fen
                self.lots[account][i].spent += spent * fen

    def come_back(self, shares: Shares) -> None:
        self.move(shares, spent=-1)
        for account, lots in shares.items():
            self.back[account] = self.back.get(account, 0) + sum(lots.values())
