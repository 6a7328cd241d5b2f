"""Lines of costs measured: each within its head's limit and the price, on an invoice nobody used."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from schemas import uscc
from schemas.cost import HeadTotal
from schemas.deciding import Context, World
from schemas.ids import PartyId, ProjectId
from schemas.money import ZERO, Money, sum_of
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from services.funds.rules.costs import (
    HEADS,
    REFUSED_KINDS,
    CostBatch,
    CostLine,
    Invoice,
    batch_of,
    heads_of,
    limit_of,
    line_of,
    spending_of,
)
from services.funds.rules.project import ProjectMoney
from services.funds.rules.spent_lines import SpentLine

MOST_OF_A_PROJECT = 10_000
MOST_USES = 2
"""of one invoice: again once, after its line was withdrawn"""
LIMITS = Source("项目协议书:费用科目限额", Certainty.COMMON)
PRICE = Source("项目协议书:价款", Certainty.COMMON)


class Taking:
    """The lines of a batch one after the other: each is measured against what the ones before it left.

    A refusal calls a line by its row, and the field at fault `lines.{place}.…`; `rows` are those of the file the lines
    came in, or else they are counted from 1. What it refused, it did not take.
    """

    def __init__(self, world: World, money: ProjectMoney, batch: str, rows: Sequence[int], context: Context) -> None:
        assert money.price is not None  # signed
        self._world, self._rows, self._context = world, rows, context
        self._project_id, self._batch = ProjectId(money.id), batch
        self._batch_id = batch_of(money.id, batch)
        self._price = money.price
        self._rulebook: Rulebook = context.rulebooks.by_hash(money.rulebook)
        self.spending = spending_of(world, money.id)
        self._heads = heads_of(self.spending, self._rulebook)
        self.lines: list[CostLine] = []
        self.invoices: dict[UUID, Invoice] = {}
        if self.spending.lines + len(rows) > MOST_OF_A_PROJECT:
            raise Refused("too_many_costs", field="lines", most=MOST_OF_A_PROJECT, known=self.spending.lines)

    def take(self, place: int, line: SpentLine) -> None:
        self._fits(place, line)
        self._is_within_limits(place, line)
        self.invoices[line.invoice.id] = self._invoice(place, line)
        head = self.spending.head(line.head)
        counted = self.spending.with_head(replace(head, counted=head.counted + line.amount))
        self.spending = replace(counted, lines=counted.lines + 1)
        self.lines.append(self._line(place, line))

    def heads(self) -> tuple[HeadTotal, ...]:
        """What the lines come to under each."""
        heads: dict[str, Money] = {}
        for line in self.lines:
            heads[line.head] = heads.get(line.head, ZERO) + line.amount
        return tuple(HeadTotal(head=head, amount=amount) for head, amount in heads.items())

    def batch(self, digest: str) -> CostBatch:
        """Once all lines are taken."""
        return CostBatch(
            id=self._batch_id,
            project_id=self._project_id,
            batch=self._batch,
            digest=digest,
            lines=len(self.lines),
            heads=self.heads(),
            total=sum_of(line.amount for line in self.lines),
            reported_at=self._context.at,
            reported_by=self._context.by.person_id,
        )

    def _fits(self, place: int, line: SpentLine) -> None:
        """The head, what was bought, the day and who made out the invoice."""
        row, rules = self._rows[place], self._rulebook.rules
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
        must_be_public(issuer.name or "", f"lines.{place}.invoice.issuer.name")
        must_be_public(issuer.tax_id or "", f"lines.{place}.invoice.issuer.tax_id")

    def _is_within_limits(self, place: int, line: SpentLine) -> None:
        limit, used = self.spending.limit(line.head), self.spending.head(line.head).counted
        field = f"lines.{place}.amount"
        if limit is not None and used.fen + line.amount.fen > (most := limit_of(self._price, limit)).fen:
            raise Refused(
                "cost_above_limit",
                LIMITS,
                field=field,
                row=self._rows[place],
                head=limit.name,
                percent=limit.most_percent,
                price=self._price,
                limit=most,
                used=used,
                left=Money(max(0, most.fen - used.fen)),  # the price may have come down since
                amount=line.amount,
            )
        if (used := self.spending.counted).fen + line.amount.fen > self._price.fen:
            raise Refused(
                "costs_above_price",
                PRICE,
                field=field,
                row=self._rows[place],
                price=self._price,
                used=used,
                left=Money(max(0, self._price.fen - used.fen)),
                amount=line.amount,
            )

    def _invoice(self, place: int, line: SpentLine) -> Invoice:
        """Only its own provider learns where an invoice was used."""
        id, row, field = line.invoice.id, self._rows[place], f"lines.{place}.invoice.number"
        number = line.invoice.number
        if id in self.invoices:
            first = self._rows[self.invoices[id].row - 1]
            raise Refused("invoice_twice", status=422, field=field, row=row, number=number, first=first)
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
            project_id=self._project_id,
            provider_id=PartyId(self._context.by.party_id),
            line_id=line_of(self._batch_id, place + 1),
            batch=self._batch,
            row=place + 1,
            uses=1 if known is None else known.uses + 1,
        )

    def _line(self, place: int, line: SpentLine) -> CostLine:
        return CostLine(
            id=line_of(self._batch_id, place + 1),
            project_id=self._project_id,
            batch_id=self._batch_id,
            batch=self._batch,
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
