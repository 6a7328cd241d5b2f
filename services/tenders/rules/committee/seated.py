"""What a project keeps of its committee and of the draw it came from."""

from schemas.committee import Member, PassedOver
from schemas.ids import PartyId
from schemas.model import Model


class Draw(Model):
    """`sealed`: the secret under the vault's `key`, readable to nobody before the draw."""

    pool: tuple[PartyId, ...]
    seats: int
    representative: PartyId | None
    commitment: str
    key: bytes
    sealed: bytes
    passed: tuple[PassedOver, ...] = ()
    """whom the last draw passed over; it stays so"""


class Committee(Model):
    """`record_number`: of the library's draw; none where it was drawn here."""

    members: tuple[Member, ...]
    record_number: str | None

    @property
    def ids(self) -> frozenset[PartyId]:
        return frozenset(member.evaluator_id for member in self.members)

    def without(self, evaluator_id: PartyId) -> "Committee":
        left = tuple(member for member in self.members if member.evaluator_id != evaluator_id)
        return self.model_copy(update={"members": left})
