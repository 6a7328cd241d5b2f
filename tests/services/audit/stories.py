"""One project's whole story as facts, from the need to the published result."""

from uuid import UUID

from schemas.fact import Fact
from tests.services.audit.parts import BOOK, CEILING, DIGEST, NOON, PRICE
from tests.services.audit.told_deliveries import DeliveryTold
from tests.services.audit.told_needs import NeedTold
from tests.services.audit.told_tenders import TenderTold

__all__ = ["BOOK", "CEILING", "DIGEST", "NOON", "PRICE", "Told"]


class Told(NeedTold, TenderTold, DeliveryTold):
    """The facts of one project; `by` says which service said each."""

    def __init__(self, seed: UUID | None = None) -> None:
        super().__init__(seed)
        self.by: list[tuple[str, Fact]] = [
            *self._need(),
            *self._money_in(),
            *self._tender(),
            *self._award(),
            *self._contract(),
            *self._delivery(),
        ]

    @property
    def facts(self) -> list[Fact]:
        return [fact for _, fact in self.by]
