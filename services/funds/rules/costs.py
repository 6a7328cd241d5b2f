"""What a provider spent of a project's money (支出): lines by cost head, each on an invoice that is used once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID, uuid5

from schemas.clauses import CostLimit
from schemas.contract import ContractSigned, ProjectPublished
from schemas.cost import HeadTotal
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import ZERO, Money, sum_of
from schemas.rulebook import Rulebook
from services.funds.rules import release
from services.funds.rules.project import ProjectMoney

_COSTS = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000013")
HEADS = "funds.cost_heads"
"""the heads of agreements that set no limits: code → name"""
REFUSED_KINDS = "funds.refused_cost_kinds"


class CostKind(StrEnum):
    """What was bought."""

    STAFF = "staff"
    """人员"""
    SERVICE = "service"
    """劳务与服务"""
    MATERIAL = "material"
    """物资与耗材"""
    VENUE = "venue"
    """场地与交通"""
    TAX = "tax"
    """税费"""
    FIXED_ASSET = "fixed_asset"
    """固定资产"""
    INFRASTRUCTURE = "infrastructure"
    """基础建设"""
    CASH = "cash"
    """发放现金"""
    GIFT = "gift"
    """发放礼品"""
    OTHER = "other"
    """其他"""


class CostStatus(StrEnum):
    COUNTED = "counted"
    WITHDRAWN = "withdrawn"
    """by the provider"""
    REJECTED = "rejected"
    """by the funder's side"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadSum:
    """What lines of one head come to, by what became of them."""

    head: str
    counted: Money = ZERO
    withdrawn: Money = ZERO
    rejected: Money = ZERO

    def ended(self, amount: Money, to: CostStatus) -> "HeadSum":
        """A line of it ceased to count."""
        rest = replace(self, counted=self.counted - amount)
        if to is CostStatus.WITHDRAWN:
            return replace(rest, withdrawn=self.withdrawn + amount)
        return replace(rest, rejected=self.rejected + amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending(State):
    """A project's costs so far; bears the project's id, and the lock of its money guards it."""

    limits: tuple[CostLimit, ...] = ()
    """of the agreement; empty: any head up to the price"""
    signed_on: date | None = None
    """none of agreements that were signed before costs were reported"""
    heads: tuple[HeadSum, ...] = ()
    lines: int = 0
    """ever reported"""
    published: bool = False

    @property
    def counted(self) -> Money:
        return sum_of(head.counted for head in self.heads)

    def head(self, head: str) -> HeadSum:
        return next((one for one in self.heads if one.head == head), HeadSum(head=head))

    def with_head(self, changed: HeadSum) -> "Spending":
        if all(one.head != changed.head for one in self.heads):
            return replace(self, heads=(*self.heads, changed))
        return replace(self, heads=tuple(changed if one.head == changed.head else one for one in self.heads))

    def limit(self, head: str) -> CostLimit | None:
        return next((limit for limit in self.limits if limit.head == head), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBatch(State):
    """One report as it came in; what it says does not change when lines of it cease to count."""

    project_id: ProjectId
    batch: str
    digest: str
    lines: int
    heads: tuple[HeadTotal, ...]
    total: Money
    reported_at: datetime
    reported_by: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine(State):
    project_id: ProjectId
    batch_id: UUID
    batch: str
    row: int
    """in its batch, counted from 1"""
    head: str
    kind: CostKind
    amount: Money
    issuer: str
    """USCC or tax number"""
    issuer_name: str | None
    number: str
    """of the invoice"""
    spent_on: date
    description: str
    evidence_digest: str
    reported_at: datetime
    reported_by: UUID
    status: CostStatus = CostStatus.COUNTED
    reason: str | None = None
    """why it does not count any more"""
    ended_by: UUID | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(State):
    """One invoice in the whole installation, and the line that stands on it now or stood on it last."""

    issuer: str
    number: str
    project_id: ProjectId
    provider_id: PartyId
    line_id: UUID
    batch: str
    row: int
    uses: int = 1
    free: bool = False
    """its line was withdrawn"""


class CostsKept(Note):
    """What a report, a withdrawal or a rejection leaves behind."""

    spending: Spending
    batch: CostBatch | None = None
    lines: tuple[CostLine, ...]
    invoices: tuple[Invoice, ...]


class SpendingOpened(Note):
    spending: Spending


def batch_of(project_id: UUID, batch: str) -> UUID:
    return uuid5(_COSTS, f"{project_id}/{batch}")


def line_of(batch_id: UUID, row: int) -> UUID:
    """Lines of a batch are in the order of their rows."""
    return UUID(bytes=blake2b(batch_id.bytes, digest_size=14).digest() + row.to_bytes(2))


def invoice_of(issuer: str, number: str) -> UUID:
    return uuid5(_COSTS, f"{issuer}/{number}")


def refs_of_signing(fact: ContractSigned, cause: UUID) -> list[Ref]:
    return [*release.refs_of_signing(fact, cause), (Spending, fact.project_id)]


def commit(world: World, fact: ContractSigned, context: Context) -> Sequence[Model]:
    """The money is committed, and what the agreement says of cost heads is taken down. What was reported under one that
    was cancelled counts until the provider or the funder takes it off."""
    said = release.commit(world, fact, context)
    known = spending_of(world, fact.project_id)
    spending = replace(known, limits=fact.clauses.cost_limits, signed_on=context.day_said)
    return [*said, SpendingOpened(spending=spending)]


def refs_of_publication(fact: ProjectPublished, cause: UUID) -> list[Ref]:
    return [(ProjectMoney, fact.project_id), (Spending, fact.project_id)]


def published(world: World, fact: ProjectPublished) -> Iterable[State]:
    if world.find(ProjectMoney, fact.project_id) is None:
        return ()
    return (replace(spending_of(world, fact.project_id), published=True),)


def spending_of(world: World, project_id: UUID) -> Spending:
    return world.find(Spending, project_id) or Spending(id=project_id)


def kept(world: World, note: CostsKept) -> Iterable[State]:
    batch = () if note.batch is None else (note.batch,)
    return (note.spending, *batch, *note.lines, *note.invoices)


def heads_of(spending: Spending, rulebook: Rulebook) -> dict[str, str]:
    """Code → name of the heads there may be; empty when nothing says which."""
    if spending.limits:
        return {limit.head: limit.name for limit in spending.limits}
    return dict(rulebook.value(HEADS)) if HEADS in rulebook.rules else {}


def limit_of(price: Money, limit: CostLimit) -> Money:
    """In fen, rounded down: a limit is never exceeded by a rounding."""
    return Money(price.fen * limit.most_percent // 100)
