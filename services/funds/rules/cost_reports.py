"""A provider reports what it spent (支出报告): all lines of a batch, or none, each within its head's limit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas import uscc
from schemas.canonical import digest_of
from schemas.clauses import Code
from schemas.cost import CostsReported, HeadTotal
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import ZERO, Money, Positive, sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from services.funds.rules.appropriate import Line
from services.funds.rules.costs import (
    HEADS,
    REFUSED_KINDS,
    CostBatch,
    CostKind,
    CostLine,
    CostsKept,
    Invoice,
    Spending,
    batch_of,
    heads_of,
    invoice_of,
    limit_of,
    line_of,
    spending_of,
)
from services.funds.rules.holds import Words
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import Reference

MOST_LINES = 200
"""in one batch"""
MOST_OF_A_PROJECT = 10_000
MOST_USES = 2
"""of one invoice: again once, after its line was withdrawn"""
LIMITS = Source("项目协议书:费用科目限额", Certainty.COMMON)
PRICE = Source("项目协议书:价款", Certainty.COMMON)

Number = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z-]{1,40}$")]
TaxNumber = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[0-9A-Za-z]{15,20}$")]


class Issuer(Model):
    """Who made out the invoice: by its USCC, or by name and tax number where it has none that may register here."""

    uscc: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=40)] | None = None
    """统一社会信用代码"""
    name: Line | None = None
    tax_id: TaxNumber | None = None
    """纳税人识别号"""

    @model_validator(mode="after")
    def _is_named_in_one_way(self) -> Self:
        if (self.uscc is None) == (self.tax_id is None) or (self.tax_id is not None and self.name is None):
            raise PydanticCustomError("issuer_by_one_code", "give the uscc, or a name and a tax_id")
        return self

    @property
    def code(self) -> str:
        """What tells issuers apart: a USCC given as a tax number is the same issuer."""
        code = self.uscc or self.tax_id
        assert code is not None  # one of them was given
        return code


class InvoiceGiven(Model):
    number: Number
    """发票号码; of an old paper invoice its code and number together (发票代码+号码)"""
    issuer: Issuer

    @property
    def id(self) -> UUID:
        return invoice_of(self.issuer.code, self.number)


class SpentLine(Model):
    head: Code
    """of the agreement, where it names heads"""
    kind: CostKind
    amount: Positive
    invoice: InvoiceGiven
    spent_on: date
    description: Words
    evidence_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the picture or file of the invoice"""


class ReportCosts(Command):
    project_id: ProjectId
    batch: Reference
    """the provider's own number of this report; the same one again with the same lines changes nothing"""
    lines: Annotated[tuple[SpentLine, ...], Field(min_length=1, max_length=MOST_LINES)]


def refs(command: ReportCosts, cause: UUID) -> list[Ref]:
    return [
        (ProjectMoney, command.project_id),
        (Spending, command.project_id),
        (CostBatch, batch_of(command.project_id, command.batch)),
        *((Invoice, line.invoice.id) for line in command.lines),
    ]


def report(world: World, command: ReportCosts, context: Context) -> Sequence[Model]:
    """Counts from signing on, and after settlement too: what was paid last is spent last."""
    money = world.get(ProjectMoney, command.project_id)
    if money.payee is None:
        raise Refused("not_your_party", status=403)  # nobody's yet
    context.by.must_be(money.payee.id)
    id, digest = batch_of(command.project_id, command.batch), digest_of(command)
    known = world.find(CostBatch, id)
    if known is not None:
        if known.digest != digest:
            raise Refused("batch_reported_otherwise", field="batch", batch=command.batch, digest=known.digest)
        return []
    must_be_public(command.batch, "batch")
    reading = _Report(world, money, command, context)
    for place in range(len(command.lines)):
        reading.take(place)
    batch = reading.batch(digest)
    fact = CostsReported(
        project_id=command.project_id,
        batch_id=batch.id,
        batch=batch.batch,
        provider_id=context.by.party_id,
        lines=batch.lines,
        heads=batch.heads,
        total=batch.total,
        digest=batch.digest,
    )
    kept = CostsKept(
        spending=reading.spending,
        batch=batch,
        lines=tuple(reading.lines),
        invoices=tuple(reading.invoices.values()),
    )
    return [fact, kept]


class _Report:
    """The lines of a batch one after the other: each is measured against what the ones before it left."""

    def __init__(self, world: World, money: ProjectMoney, command: ReportCosts, context: Context) -> None:
        assert money.price is not None  # signed
        self._world, self._command, self._context = world, command, context
        self._batch_id = batch_of(command.project_id, command.batch)
        self._price = money.price
        self._rulebook: Rulebook = context.rulebooks.by_hash(money.rulebook)
        self.spending = spending_of(world, money.id)
        self._heads = heads_of(self.spending, self._rulebook)
        self.lines: list[CostLine] = []
        self.invoices: dict[UUID, Invoice] = {}
        if self.spending.lines + len(command.lines) > MOST_OF_A_PROJECT:
            raise Refused("too_many_costs", field="lines", most=MOST_OF_A_PROJECT, known=self.spending.lines)

    def take(self, place: int) -> None:
        line = self._command.lines[place]
        self._fits(place, line)
        self._is_within_limits(place, line)
        self.invoices[line.invoice.id] = self._invoice(place, line)
        head = self.spending.head(line.head)
        counted = self.spending.with_head(replace(head, counted=head.counted + line.amount))
        self.spending = replace(counted, lines=counted.lines + 1)
        self.lines.append(self._line(place, line))

    def batch(self, digest: str) -> CostBatch:
        """Once all lines are taken."""
        heads: dict[str, Money] = {}
        for line in self.lines:
            heads[line.head] = heads.get(line.head, ZERO) + line.amount
        return CostBatch(
            id=self._batch_id,
            project_id=self._command.project_id,
            batch=self._command.batch,
            digest=digest,
            lines=len(self.lines),
            heads=tuple(HeadTotal(head=head, amount=amount) for head, amount in heads.items()),
            total=sum_of(heads.values()),
            reported_at=self._context.at,
            reported_by=self._context.by.person_id,
        )

    def _fits(self, place: int, line: SpentLine) -> None:
        """The head, what was bought, the day and who made out the invoice."""
        row, rules = place + 1, self._rulebook.rules
        if self._heads and line.head not in self._heads:
            known = "、".join(f"{head} {name}" for head, name in self._heads.items())
            source = LIMITS if self.spending.limits else self._rulebook.source(HEADS)
            field = f"lines.{place}.head"
            raise Refused("no_such_cost_head", source, status=422, field=field, row=row, head=line.head, known=known)
        if REFUSED_KINDS in rules and line.kind in self._rulebook.value(REFUSED_KINDS):
            source = self._rulebook.source(REFUSED_KINDS)
            raise Refused("cost_kind_refused", source, status=422, field=f"lines.{place}.kind", row=row, kind=line.kind)
        first, last = self.spending.signed_on, self._context.today
        if line.spent_on > last or (first is not None and line.spent_on < first):
            raise Refused(
                "cost_day_out_of_range",
                status=422,
                field=f"lines.{place}.spent_on",
                row=row,
                day=line.spent_on,
                first=first or "—",
                last=last,
            )
        issuer = line.invoice.issuer
        if issuer.uscc is not None and (fault := uscc.check(issuer.uscc)):
            raise Refused(
                "issuer_uscc_wrong",
                fault.source,
                status=422,
                field=f"lines.{place}.invoice.issuer.uscc",
                row=row,
                zh=fault.zh,
                en=fault.en,
            )
        must_be_public(f"{issuer.name or ''} {issuer.tax_id or ''}", f"lines.{place}.invoice.issuer")

    def _is_within_limits(self, place: int, line: SpentLine) -> None:
        limit, used = self.spending.limit(line.head), self.spending.head(line.head).counted
        field = f"lines.{place}.amount"
        if limit is not None and used.fen + line.amount.fen > (most := limit_of(self._price, limit)).fen:
            raise Refused(
                "cost_above_limit",
                LIMITS,
                field=field,
                row=place + 1,
                head=limit.name,
                percent=limit.most_percent,
                price=self._price,
                limit=most,
                used=used,
                left=most - used,
                amount=line.amount,
            )
        if (used := self.spending.counted).fen + line.amount.fen > self._price.fen:
            raise Refused(
                "costs_above_price",
                PRICE,
                field=field,
                row=place + 1,
                price=self._price,
                used=used,
                left=self._price - used,
                amount=line.amount,
            )

    def _invoice(self, place: int, line: SpentLine) -> Invoice:
        """Only its own provider learns where an invoice was used."""
        id, row, field = line.invoice.id, place + 1, f"lines.{place}.invoice.number"
        number = line.invoice.number
        if id in self.invoices:
            raise Refused("invoice_twice", status=422, field=field, row=row, number=number, first=self.invoices[id].row)
        known = self._world.find(Invoice, id)
        if known is not None and not known.free:
            if known.provider_id != self._context.by.party_id:
                raise Refused("invoice_used", field=field, row=row, number=number)
            raise Refused(
                "invoice_used_by_you",
                field=field,
                row=row,
                number=number,
                project=known.project_id,
                batch=known.batch,
                line=known.row,
            )
        if known is not None and known.uses >= MOST_USES:
            raise Refused("invoice_used_up", field=field, row=row, number=number, most=MOST_USES)
        return Invoice(
            id=id,
            issuer=line.invoice.issuer.code,
            number=number,
            project_id=self._command.project_id,
            provider_id=PartyId(self._context.by.party_id),
            line_id=line_of(self._batch_id, row),
            batch=self._command.batch,
            row=row,
            uses=1 if known is None else known.uses + 1,
        )

    def _line(self, place: int, line: SpentLine) -> CostLine:
        return CostLine(
            id=line_of(self._batch_id, place + 1),
            project_id=self._command.project_id,
            batch_id=self._batch_id,
            batch=self._command.batch,
            row=place + 1,
            head=line.head,
            kind=line.kind,
            amount=line.amount,
            issuer=line.invoice.issuer.code,
            issuer_name=line.invoice.issuer.name,
            number=line.invoice.number,
            spent_on=line.spent_on,
            description=line.description,
            evidence_digest=line.evidence_digest,
            reported_at=self._context.at,
            reported_by=self._context.by.person_id,
        )
