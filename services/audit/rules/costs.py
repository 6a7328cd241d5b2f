"""What the provider spent, by cost head, told again from the log and held against the agreement."""

from collections.abc import Iterator

from schemas.change import ContractChanged
from schemas.contract import ContractSigned
from schemas.cost import CostRejected, CostsReported, CostWithdrawn
from schemas.finding import Finding
from schemas.model import Model
from schemas.money import ZERO, Money
from services.audit.rules.story import Story


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


def beyond_limits(story: Story) -> Iterator[Finding]:
    """Findings: spending that funds should have refused, by the price last agreed."""
    signed = story.last(ContractSigned)
    if signed is None:
        return
    price = (story.last(ContractChanged) or signed).price
    spent = spent_by_head(story)
    for limit in signed.clauses.cost_limits:
        used = sum(head.counted.fen for head in spent if head.head == limit.head)
        if used * 100 > price.fen * limit.most_percent:
            yield Finding(
                zh=f"费用科目 {limit.head}:已支出 {Money(used)},超过价款 {price} 的 {limit.most_percent}%",
                en=f"cost head {limit.head}: {Money(used)} spent, above {limit.most_percent}% of the price {price}",
            )
    total = sum(head.counted.fen for head in spent)
    if total > price.fen:
        yield Finding(
            zh=f"支出合计 {Money(total)},超过价款 {price}", en=f"costs: {Money(total)} spent, above the price {price}"
        )
