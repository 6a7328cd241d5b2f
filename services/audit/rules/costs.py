"""What the provider spent, by cost head, told again from the log and held against the agreement."""

from collections.abc import Iterator

from schemas.change import CommitmentChanged
from schemas.contract import ContractSigned
from schemas.cost import CostRejected, CostsReported, CostWithdrawn
from schemas.finding import Finding
from schemas.model import Model
from schemas.money import ZERO, Money, sum_of
from services.audit.rules.story import Story
from services.audit.rules.told import yuan


class HeadSpent(Model):
    head: str
    reported: Money
    withdrawn: Money
    rejected: Money
    counted: Money
    """reported, and neither withdrawn nor rejected"""


def spent_by_head(story: Story) -> tuple[HeadSpent, ...]:
    """In the order in which heads were first reported."""
    reported: dict[str, Money] = {}
    withdrawn: dict[str, Money] = {}
    rejected: dict[str, Money] = {}
    for fact in story:
        match fact:
            case CostsReported():
                for part in fact.heads:
                    reported[part.head] = reported.get(part.head, ZERO) + part.amount
            case CostWithdrawn():
                withdrawn[fact.head] = withdrawn.get(fact.head, ZERO) + fact.amount
            case CostRejected():
                rejected[fact.head] = rejected.get(fact.head, ZERO) + fact.amount
    return tuple(
        _head(head, amount, withdrawn.get(head, ZERO), rejected.get(head, ZERO)) for head, amount in reported.items()
    )


def _head(head: str, reported: Money, withdrawn: Money, rejected: Money) -> HeadSpent:
    left = max(0, reported.fen - withdrawn.fen - rejected.fen)
    return HeadSpent(head=head, reported=reported, withdrawn=withdrawn, rejected=rejected, counted=Money(left))


class AboveNewLimit(Model):
    """Spent within the limit of its day, and above the one of the price that was lowered since: nobody's fault.

    What goes beyond is the provider's own, and expected back as far as it was paid.
    """

    head: str | None
    """none: all heads together, against the price"""
    spent: Money
    limit: Money
    """now"""
    above: Money
    zh: str
    en: str


class _Line(Model):
    """What counts of one head, or of all, and how much of it there might be: when last reported, and now."""

    head: str | None
    used: Money
    most_then: Money
    most: Money
    rule_then_zh: str
    rule_then: str
    """in words, for a finding"""


def beyond_limits(story: Story) -> Iterator[Finding]:
    """Findings: spending that funds should have refused on the day it was reported, by the price of that day."""
    for line in _lines(story):
        if line.used > line.most_then:
            what_zh = "支出合计" if line.head is None else f"费用科目 {line.head}"
            what = "costs" if line.head is None else f"cost head {line.head}"
            yield Finding(
                zh=f"{what_zh}:已支出 {line.used},超过{line.rule_then_zh}",
                en=f"{what}: {line.used} spent, above {line.rule_then}",
            )


def above_new_limits(story: Story) -> tuple[AboveNewLimit, ...]:
    """What a lower price left beyond its limits, each fen once: by head, then of what they leave; no findings."""
    found: list[AboveNewLimit] = []
    for line in _lines(story):
        told = sum(one.above.fen for one in found) if line.head is None else 0
        if line.most.fen < line.used.fen - told and line.used <= line.most_then:
            found.append(_above(line.model_copy(update={"used": Money(line.used.fen - told)})))
    return tuple(found)


def _above(line: _Line) -> AboveNewLimit:
    above = line.used - line.most
    zh = "支出合计" if line.head is None else f"费用科目 {line.head} 的支出"
    en = "All costs" if line.head is None else f"Costs of {line.head}"
    return AboveNewLimit(
        head=line.head,
        spent=line.used,
        limit=line.most,
        above=above,
        zh=f"{zh} {line.used} 填报时未超限额;价款下调后限额为 {line.most},"
        f"超出的 {above} 由承接方自行承担,已支付的应退回。",
        en=f"{en}, {yuan(line.used)}, were within the limit when reported; since the price was lowered it is "
        f"{yuan(line.most)}. The {yuan(above)} beyond it are the provider's own, and expected back where paid.",
    )


def _lines(story: Story) -> Iterator[_Line]:
    """One for each limited head, and one for all together."""
    signed = story.last(ContractSigned)
    if signed is None:
        return
    price, then = _prices(story, signed.price)
    spent = {head.head: head.counted for head in spent_by_head(story)}
    for limit in signed.clauses.cost_limits:
        before = then.get(limit.head, price)
        yield _Line(
            head=limit.head,
            used=spent.get(limit.head, ZERO),
            most_then=Money(before.fen * limit.most_percent // 100),
            most=Money(price.fen * limit.most_percent // 100),
            rule_then_zh=f"价款 {before} 的 {limit.most_percent}%",
            rule_then=f"{limit.most_percent}% of the price {before}",
        )
    before = then.get(None, price)
    yield _Line(
        head=None,
        used=sum_of(spent.values()),
        most_then=before,
        most=price,
        rule_then_zh=f"价款 {before}",
        rule_then=f"the price {before}",
    )


def _prices(story: Story, price: Money) -> tuple[Money, dict[str | None, Money]]:
    """The price now, and the one in force when each head (none: any) was last reported.

    Reports and changed commitments are both told by funds, so they stand in order.
    """
    then: dict[str | None, Money] = {}
    for fact in story.project:
        match fact:
            case CommitmentChanged():
                price = fact.price
            case CostsReported():
                then |= {part.head: price for part in fact.heads} | {None: price}
    return price, then
